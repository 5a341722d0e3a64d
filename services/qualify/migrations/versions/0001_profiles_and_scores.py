"""Profiles, persons and scores."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.plumbing import create_v1, drop_v1

revision = "0001"
down_revision = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "profile",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("responses", JSONB, nullable=False),
        sa.Column("recyclings", JSONB, nullable=False),
        sa.Column("closings", JSONB, nullable=False),
        sa.Column("previous_resolution", sa.Text),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("rank", sa.Text),
        sa.Column("decision", sa.Text),
        sa.Column("score", sa.Integer),
        sa.Column("digest", sa.Text),
        sa.Column("times_qualified", sa.Integer, nullable=False),
        sa.Column("times_disqualified", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name="profile_pkey"),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("updates", JSONB, nullable=False),
        sa.Column("leads", sa.ARRAY(sa.Uuid), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="person_pkey"),
    )
    op.create_table(
        "score",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.Column("fit", sa.Integer, nullable=False),
        sa.Column("engagement", sa.Integer, nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("rank", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("because", JSONB, nullable=False),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("scored_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("lead_id", "revision", name="score_pkey"),
    )


def downgrade() -> None:
    for table in ("score", "person", "profile"):
        op.drop_table(table)
    drop_v1(op)
