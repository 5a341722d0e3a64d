"""What owners said of their leads, by every way."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "owner_word",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("fields", JSONB(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("request_key", sa.Text(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("corrected_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.lead_id"], name="owner_word_lead_id_fkey", deferrable=True, initially="DEFERRED"
        ),
        sa.PrimaryKeyConstraint("id", name="owner_word_pkey"),
        sa.UniqueConstraint("lead_id", "number", name="owner_word_lead_id_number_key"),
        sa.UniqueConstraint("lead_id", "request_key", name="owner_word_lead_id_request_key_key"),
    )
    op.create_table(
        "lead_return",
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.lead_id"], name="lead_return_lead_id_fkey", deferrable=True, initially="DEFERRED"
        ),
        sa.PrimaryKeyConstraint("assignment_id", name="lead_return_pkey"),
    )
    op.create_table(
        "owner_reply",
        sa.Column("receipt_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=True),
        sa.Column("assignment_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Text(), nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=True),
        sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.lead_id"], name="owner_reply_lead_id_fkey", deferrable=True, initially="DEFERRED"
        ),
        sa.PrimaryKeyConstraint("receipt_id", name="owner_reply_pkey"),
    )
    op.create_index("owner_reply_waiting", "owner_reply", ["received_at"], postgresql_where=sa.text("waits"))
    op.add_column("lead", sa.Column("words", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("lead", sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("lead", sa.Column("blocked", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("blocked", "appointment_at", "words"):
        op.drop_column("lead", column)
    op.drop_table("owner_reply")
    op.drop_table("lead_return")
    op.drop_table("owner_word")
