"""Leads that employees forward, and what they earn."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "referral",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("inquiry_id", sa.Uuid, nullable=False),
        sa.Column("referrer", sa.Text),
        sa.Column("refused", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("registered_at", TIME, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="referral_pkey"),
        sa.UniqueConstraint("inquiry_id", name="referral_inquiry_id_key"),
        _refers("referral", "inquiry_id", "inquiry"),
    )
    op.create_index("referral_referrer", "referral", ["referrer", "received_at"])
    op.create_table(
        "referred_lead",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("status", sa.Text),
        sa.Column("status_revision", sa.Integer, nullable=False),
        sa.Column("status_at", TIME),
        sa.PrimaryKeyConstraint("lead_id", name="referred_lead_pkey"),
    )
    op.create_table(
        "referral_credit",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("referral_id", sa.Uuid, nullable=False),
        sa.Column("referrer", sa.Text, nullable=False),
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("credited_at", TIME, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="referral_credit_pkey"),
        _refers("referral_credit", "referral_id", "referral"),
    )
    op.create_index("referral_credit_referral", "referral_credit", ["referral_id"])
    op.create_index("referral_credit_time", "referral_credit", ["credited_at"])
    op.create_table(
        "referral_payment",
        sa.Column("credit_id", sa.Uuid, nullable=False),
        sa.Column("paid_at", TIME, nullable=False),
        sa.Column("paid_by", sa.Text, nullable=False),
        sa.Column("reference", sa.Text),
        sa.PrimaryKeyConstraint("credit_id", name="referral_payment_pkey"),
        _refers("referral_payment", "credit_id", "referral_credit"),
    )


def downgrade() -> None:
    for table in ("referral_payment", "referral_credit", "referred_lead", "referral"):
        op.drop_table(table)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=f"{table}_{column}_fkey", deferrable=True, initially="DEFERRED"
    )
