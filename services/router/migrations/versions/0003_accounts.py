"""Who serves an account; begins with those who hold an accepted lead of a person now."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name="account_pkey"),
    )
    op.execute(
        """
        INSERT INTO account (account, owner_id, lead_id, since)
        SELECT DISTINCT ON (lead.person_id)
               'person:' || lead.person_id, assignment.owner_id, lead.lead_id, assignment.accepted_at
        FROM assignment JOIN lead USING (lead_id)
        WHERE assignment.accepted_at IS NOT NULL
        ORDER BY lead.person_id, assignment.accepted_at DESC
        """
    )


def downgrade() -> None:
    op.drop_table("account")
