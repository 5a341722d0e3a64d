"""Leads, people, permissions and pieces, beside the plumbing."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.plumbing import create_v1, drop_v1

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "lead",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("requests", JSONB, nullable=False),
        sa.Column("rank", sa.Text),
        sa.Column("decision", sa.Text),
        sa.Column("verdict_revision", sa.Integer),
        sa.Column("verdict_at", TIMESTAMP),
        sa.Column("owner", JSONB),
        sa.Column("owner_revision", sa.Integer),
        sa.Column("owner_since", TIMESTAMP),
        sa.PrimaryKeyConstraint("lead_id", name="lead_pkey"),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("precedence", sa.Integer, nullable=False),
        sa.Column("told_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="person_pkey"),
    )
    op.create_table(
        "permission",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("said_at", TIMESTAMP, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="permission_pkey"),
    )
    op.create_index("permission_person_id", "permission", ["person_id"])
    op.create_table(
        "piece",
        sa.Column("piece_id", sa.Uuid, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("piece", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("inquiry_id", sa.Uuid),
        sa.Column("items", JSONB, nullable=False),
        sa.Column("because", JSONB, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.Column("requested_at", TIMESTAMP, nullable=False),
        sa.Column("caused_at", TIMESTAMP, nullable=False),
        sa.Column("planned_at", TIMESTAMP, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("settled_at", TIMESTAMP),
        sa.Column("owner_id", sa.Text),
        sa.Column("reference", sa.Text),
        sa.Column("pages", sa.Integer),
        sa.Column("reason", sa.Text),
        sa.PrimaryKeyConstraint("piece_id", name="piece_pkey"),
        sa.UniqueConstraint("key", name="piece_key_key"),
    )
    op.create_index("piece_lead_id", "piece", ["lead_id"])
    op.create_index("piece_person_id", "piece", ["person_id"])
    op.create_index("piece_channel_state", "piece", ["channel", "state"])


def downgrade() -> None:
    for table in ("piece", "permission", "person", "lead"):
        op.drop_table(table)
    drop_v1(op)
