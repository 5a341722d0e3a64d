"""Ways by which owners receive leads, and how each of them does."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("far_id", sa.Text(), nullable=True),
        sa.Column("far_status", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("planned_at", TIMESTAMP, nullable=False),
        sa.Column("tried_at", TIMESTAMP, nullable=True),
        sa.Column("settled_at", TIMESTAMP, nullable=True),
        sa.Column("payload", JSONB(), nullable=True),
        sa.Column("batch", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="delivery_pkey"),
    )
    op.create_index("delivery_lead", "delivery", ["lead_id"])
    op.create_index(
        "delivery_parked",
        "delivery",
        ["owner_id", "way"],
        postgresql_where=sa.text("state IN ('failed', 'unknown')"),
    )
    op.create_index("delivery_waiting", "delivery", ["owner_id", "way"], postgresql_where=sa.text("state = 'waiting'"))
    op.create_index(
        "delivery_far", "delivery", ["owner_id", "way", "far_id"], postgresql_where=sa.text("far_id IS NOT NULL")
    )
    op.create_table(
        "delivery_channel",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", TIMESTAMP, nullable=True),
        sa.Column("not_before", TIMESTAMP, nullable=True),
        sa.Column("tokens", sa.Float(), nullable=True),
        sa.Column("tokens_at", TIMESTAMP, nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("delivered_at", TIMESTAMP, nullable=True),
        sa.Column("disabled_at", TIMESTAMP, nullable=True),
        sa.PrimaryKeyConstraint("channel", name="delivery_channel_pkey"),
    )


def downgrade() -> None:
    op.drop_table("delivery_channel")
    op.drop_table("delivery")
