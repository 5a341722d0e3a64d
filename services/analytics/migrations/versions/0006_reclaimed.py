"""Leads that were given up once, and came back: when, and when they were last ready for sales."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("lead_fact", sa.Column("discarded_at", TIME))
    op.add_column("lead_fact", sa.Column("last_qualified_at", TIME))
    # What the journal says of leads from before.
    op.execute(
        """
        UPDATE lead_fact SET discarded_at = told.discarded_at, last_qualified_at = told.qualified_at
        FROM (
            SELECT lead_id,
                   min(coalesce((body->>'recycled_at')::timestamptz, (body->>'disqualified_at')::timestamptz))
                       FILTER (WHERE type IN ('lead_recycled', 'lead_disqualified')) AS discarded_at,
                   max((body->>'qualified_at')::timestamptz) FILTER (WHERE type = 'lead_qualified') AS qualified_at
            FROM journal WHERE type IN ('lead_recycled', 'lead_disqualified', 'lead_qualified') GROUP BY lead_id
        ) AS told
        WHERE lead_fact.lead_id = told.lead_id
        """
    )


def downgrade() -> None:
    op.drop_column("lead_fact", "last_qualified_at")
    op.drop_column("lead_fact", "discarded_at")
