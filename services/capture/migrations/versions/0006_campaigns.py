"""The campaign register and its costs."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    register = op.create_table(
        "campaign_register",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="campaign_register_pkey"),
    )
    op.bulk_insert(register, [{"id": 1, "version": 0}])
    op.create_table(
        "campaign",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("edited", sa.Boolean, nullable=False),
        sa.Column("file_fields", JSONB),
        sa.Column("conflict", JSONB),
        sa.PrimaryKeyConstraint("id", name="campaign_pkey"),
    )
    op.create_table(
        "campaign_version",
        sa.Column("campaign_id", sa.Text, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("fields", JSONB, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "revision", name="campaign_version_pkey"),
        _of_campaign("campaign_version"),
    )
    op.create_table(
        "campaign_cost",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("campaign_id", sa.Text, nullable=False),
        sa.Column("spent_on", sa.Date, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("amount", sa.Numeric(14, 2), nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("from_file", sa.Boolean, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="campaign_cost_pkey"),
        _of_campaign("campaign_cost"),
    )
    op.create_index("campaign_cost_campaign", "campaign_cost", ["campaign_id", "spent_on"])
    op.create_table(
        "campaign_code",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("campaign_id", sa.Text, nullable=False),
        sa.Column("written", sa.Text, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("added_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", name="campaign_code_pkey"),
        _of_campaign("campaign_code"),
    )
    op.create_index("campaign_code_campaign", "campaign_code", ["campaign_id"])
    op.create_table(
        "code_sighting",
        sa.Column("inquiry_id", sa.Uuid, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("written", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("outranked", sa.Boolean, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.Column("attributed_at", TIME),
        sa.Column("campaign_before", sa.Text),
        sa.PrimaryKeyConstraint("inquiry_id", "place", name="code_sighting_pkey"),
        sa.ForeignKeyConstraint(
            ["inquiry_id"], ["inquiry.id"], name="code_sighting_inquiry_id_fkey", deferrable=True, initially="DEFERRED"
        ),
    )
    op.create_index("code_sighting_open", "code_sighting", ["code"], postgresql_where=sa.text("attributed_at IS NULL"))
    op.create_index(
        "inquiry_campaign",
        "inquiry",
        ["campaign", "received_at", "outcome"],
        postgresql_where=sa.text("outcome IN ('registered', 'responded')"),
    )


def downgrade() -> None:
    op.drop_index("inquiry_campaign", "inquiry")
    for table in (
        "code_sighting", "campaign_code", "campaign_cost", "campaign_version", "campaign", "campaign_register",
    ):  # fmt: skip
        op.drop_table(table)


def _of_campaign(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["campaign_id"], ["campaign.id"], name=f"{table}_campaign_id_fkey", deferrable=True, initially="DEFERRED"
    )
