"""Rule sets, approvals, publications; who owns a lead; back-tests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "rule_set",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("proposed_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="rule_set_pkey"),
        sa.UniqueConstraint("version", name="rule_set_version_key"),
        sa.CheckConstraint("digest = encode(sha256(convert_to(text, 'UTF8')), 'hex')", name="rule_set_digest_of_text"),
        sa.CheckConstraint("version = left(digest, 12)", name="rule_set_version_of_digest"),
    )
    op.create_table(
        "rule_approval",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("party", sa.Text, nullable=False),
        sa.Column("approved_by", sa.Text, nullable=False),
        sa.Column("approver", sa.Text, nullable=False),
        sa.Column("approved_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("digest", "party", name="rule_approval_pkey"),
        sa.UniqueConstraint("digest", "approver", name="rule_approval_approver_key"),
        sa.ForeignKeyConstraint(["digest"], ["rule_set.digest"], name="rule_approval_digest_fkey"),
        sa.CheckConstraint("party IN ('marketing', 'sales')", name="rule_approval_party"),
    )
    op.create_table(
        "rule_publication",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("published_by", sa.Text, nullable=False),
        sa.Column("published_at", TIMESTAMP, nullable=False),
        sa.Column("marketing", sa.Text, nullable=False),
        sa.Column("sales", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="rule_publication_pkey"),
        sa.ForeignKeyConstraint(
            ["digest", "marketing"],
            ["rule_approval.digest", "rule_approval.party"],
            name="rule_publication_marketing_fkey",
        ),
        sa.ForeignKeyConstraint(
            ["digest", "sales"],
            ["rule_approval.digest", "rule_approval.party"],
            name="rule_publication_sales_fkey",
        ),
        sa.CheckConstraint("share BETWEEN 1 AND 100", name="rule_publication_share"),
        sa.CheckConstraint("marketing = 'marketing' AND sales = 'sales'", name="rule_publication_parties"),
    )
    op.create_table(
        "reassessment",
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("after", sa.Uuid),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("started_at", TIMESTAMP, nullable=False),
        sa.Column("ended_at", TIMESTAMP),
        sa.PrimaryKeyConstraint("number", name="reassessment_pkey"),
    )
    op.create_table(
        "lead_owner",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("sales_revision", sa.BigInteger, nullable=False),
        sa.Column("sales_owner_id", sa.Text),
        sa.PrimaryKeyConstraint("lead_id", name="lead_owner_pkey"),
    )
    op.create_table(
        "backtest",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("ran_by", sa.Text, nullable=False),
        sa.Column("ran_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="backtest_pkey"),
    )


def downgrade() -> None:
    for table in ("backtest", "lead_owner", "reassessment", "rule_publication", "rule_approval", "rule_set"):
        op.drop_table(table)
