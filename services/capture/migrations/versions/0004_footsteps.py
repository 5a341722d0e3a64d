"""Activities of visitors, anonymous and known."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "activity_batch",
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in ("received", "stored", "duplicate", "refused")),
        sa.Column("problems", JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary),
        sa.PrimaryKeyConstraint("receipt_id", name="activity_batch_pkey"),
    )
    op.create_table(
        "visitor",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("first_at", TIME),
        sa.Column("first_touch", JSONB),
        sa.Column("last_at", TIME),
        sa.Column("last_touch", JSONB),
        sa.Column("identified", JSONB, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("bot", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("id", name="visitor_pkey"),
    )
    op.create_index(
        "visitor_identified",
        "visitor",
        ["identified"],
        postgresql_using="gin",
        postgresql_ops={"identified": "jsonb_path_ops"},
    )
    op.create_table(
        "activity",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("visitor", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("source", "kind", "what")),
        *(sa.Column(name, TIME, nullable=False) for name in ("at", "received_at")),
        *(sa.Column(name, sa.Text) for name in ("url", "title", "referrer")),
        sa.Column("touch", JSONB, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("campaign", "traffic_source", "tactic")),
        sa.Column("details", JSONB, nullable=False),
        sa.Column("occasion", sa.Uuid),
        sa.Column("sent_at", TIME),
        *(sa.Column(name, sa.Text) for name in ("user_agent", "network")),
        *(sa.Column(name, sa.Uuid) for name in ("named_person_id", "person_id", "origin_person_id", "lead_id")),
        sa.Column("anonymous_before", sa.Boolean, nullable=False),
        sa.Column("signs", JSONB, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="activity_pkey"),
    )
    for name, columns, condition in (
        ("activity_visitor", ["visitor", "at"], "visitor IS NOT NULL"),
        ("activity_person", ["person_id", "at", "id"], "person_id IS NOT NULL"),
        ("activity_occasion", ["occasion"], "occasion IS NOT NULL"),
        ("activity_origin", ["origin_person_id"], "origin_person_id IS NOT NULL"),
    ):
        op.create_index(name, "activity", columns, postgresql_where=sa.text(condition))


def downgrade() -> None:
    for table in ("activity", "visitor", "activity_batch"):
        op.drop_table(table)
