"""When a lead or an inquiry was credited to its campaign."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

FACTS = ("lead_fact", "inquiry_fact")


def upgrade() -> None:
    for table in FACTS:
        op.add_column(table, sa.Column("campaign_at", sa.DateTime(timezone=True)))
    # Whatever is credited later wins over what is there now.
    op.execute("UPDATE lead_fact SET campaign_at = registered_at WHERE campaign IS NOT NULL")
    op.execute("UPDATE inquiry_fact SET campaign_at = received_at WHERE campaign IS NOT NULL")


def downgrade() -> None:
    for table in FACTS:
        op.drop_column(table, "campaign_at")
