"""Analytics' first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.plumbing import create_v1, drop_v1

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "journal",
        sa.Column("event_id", sa.Uuid, nullable=False),
        sa.Column("time", TIME, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("lead_id", sa.Uuid),
        sa.Column("person_id", sa.Uuid),
        sa.Column("correlation_id", sa.Uuid, nullable=False),
        sa.Column("causation_id", sa.Uuid),
        sa.Column("body", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="journal_pkey"),
    )
    op.create_index("journal_lead", "journal", ["lead_id"], postgresql_where=sa.text("lead_id IS NOT NULL"))
    op.create_index(
        "journal_person",
        "journal",
        ["person_id"],
        postgresql_where=sa.text("lead_id IS NULL AND person_id IS NOT NULL"),
    )
    op.create_index("journal_kind", "journal", ["room", "type"])
    op.create_index("journal_time", "journal", ["time"], postgresql_using="brin")
    op.create_table(
        "lead_fact",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("registered_at", TIME),
        sa.Column("source", sa.Text),
        sa.Column("channel", sa.Text),
        sa.Column("campaign", sa.Text),
        sa.Column("responses", sa.Integer),
        sa.Column("score_revision", sa.Integer),
        sa.Column("rank", sa.Text),
        sa.Column("score", sa.Integer),
        sa.Column("decision", sa.Text),
        sa.Column("owner_revision", sa.Integer),
        sa.Column("owner_id", sa.Text),
        sa.Column("owner", JSONB),
        sa.Column("status_revision", sa.Integer),
        sa.Column("status", sa.Text),
        sa.Column("qualified_at", TIME),
        sa.Column("accepted_at", TIME),
        sa.Column("quoted_at", TIME),
        sa.Column("won_at", TIME),
        sa.Column("lost_at", TIME),
        sa.Column("last_lost_at", TIME),
        sa.Column("recycled_at", TIME),
        sa.Column("nurture_steps", sa.Integer),
        sa.Column("pieces_sent", sa.Integer),
        sa.PrimaryKeyConstraint("lead_id", name="lead_fact_pkey"),
        postgresql_with={"fillfactor": 70},
    )
    op.create_index("lead_fact_registered", "lead_fact", ["registered_at"])
    op.create_index("lead_fact_campaign", "lead_fact", ["campaign", "registered_at"])
    op.create_index("lead_fact_source", "lead_fact", ["source", "registered_at"])
    op.create_table(
        "inquiry_fact",
        sa.Column("inquiry_id", sa.Uuid, nullable=False),
        sa.Column("word", sa.Integer),
        sa.Column("received_at", TIME),
        sa.Column("source", sa.Text),
        sa.Column("channel", sa.Text),
        sa.Column("campaign", sa.Text),
        sa.Column("outcome", sa.Text),
        sa.Column("completeness", sa.Float),
        sa.PrimaryKeyConstraint("inquiry_id", name="inquiry_fact_pkey"),
    )
    op.create_index("inquiry_fact_received", "inquiry_fact", ["received_at"])
    op.create_index("inquiry_fact_campaign", "inquiry_fact", ["campaign", "received_at"])
    op.create_index("inquiry_fact_source", "inquiry_fact", ["source", "received_at"])


def downgrade() -> None:
    for table in ("inquiry_fact", "lead_fact", "journal"):
        op.drop_table(table)
    drop_v1(op)
