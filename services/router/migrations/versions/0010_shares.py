"""Leads that several owners work on, what is charged for them, who moved a lead by hand, and until when it is held."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

revision = "0010"
down_revision = "0009"

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("assignment", sa.Column("by", sa.Text(), nullable=True))
    op.add_column("assignment", sa.Column("because", sa.Text(), nullable=True))
    op.add_column("assignment", sa.Column("held_until", TIMESTAMP, nullable=True))
    op.add_column("lead", sa.Column("shares", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("account", sa.Column("people", JSONB(), nullable=False, server_default="[]"))
    op.create_table(
        "share",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("lead_id", UUID(as_uuid=True), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("territory", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("assigned_at", TIMESTAMP, nullable=False),
        sa.Column("accepted_at", TIMESTAMP, nullable=True),
        sa.Column("ended_at", TIMESTAMP, nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("assignment_id", UUID(as_uuid=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="share_pkey"),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.lead_id"], name="share_lead_id_fkey", deferrable=True, initially="DEFERRED"
        ),
    )
    op.create_index("share_lead_id", "share", ["lead_id"])
    op.create_index("share_of_owner", "share", ["owner_id"], postgresql_where=sa.text("ended_at IS NULL"))
    op.create_index(
        "share_live_owner", "share", ["lead_id", "owner_id"], unique=True, postgresql_where=sa.text("ended_at IS NULL")
    )
    op.create_table(
        "charge",
        sa.Column("entry_id", UUID(as_uuid=True), nullable=False),
        sa.Column("lead_id", UUID(as_uuid=True), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("charged_at", TIMESTAMP, nullable=False),
        sa.Column("credited_at", TIMESTAMP, nullable=True),
        sa.Column("credited_because", sa.Text(), nullable=True),
        sa.Column("credited_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("entry_id", name="charge_pkey"),
    )
    op.create_index("charge_owner_id", "charge", ["owner_id", "charged_at"])


def downgrade() -> None:
    op.drop_table("charge")
    op.drop_table("share")
    op.drop_column("account", "people")
    op.drop_column("lead", "shares")
    for column in ("held_until", "because", "by"):
        op.drop_column("assignment", column)
