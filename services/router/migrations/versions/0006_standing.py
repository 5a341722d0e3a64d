"""How owners stand: what they were given, what they said of themselves, how they do."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "owner",
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("given", JSONB(), nullable=False),
        sa.Column("open", sa.Integer(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("daily_limit", sa.Integer(), nullable=True),
        sa.Column("results", JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name="owner_pkey"),
    )
    op.add_column("assignment", sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("assignment", "counted", server_default=None)
    # Who works on what now; numbers of days before are nobody's limit any more.
    op.execute(
        """
        UPDATE assignment SET counted = true FROM lead
        WHERE lead.assignment_id = assignment.id AND lead.closed_at IS NULL AND assignment.ended_at IS NULL
          AND assignment.occasion NOT IN ('initial', 'kept', 'disqualified', 'recycled', 'screening', 'screened')
        """
    )
    op.execute(
        """
        INSERT INTO owner (owner_id, given, open, paused, results)
        SELECT owner_id, '{}', count(*), false, '{}' FROM assignment WHERE counted GROUP BY owner_id
        """
    )


def downgrade() -> None:
    op.drop_column("assignment", "counted")
    op.drop_table("owner")
