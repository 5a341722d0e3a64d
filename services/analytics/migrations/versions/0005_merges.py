"""Whose a lead is after merges."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("lead_fact", sa.Column("person_revision", sa.Integer(), nullable=True))
    op.create_index("lead_fact_person", "lead_fact", ["person_id"])


def downgrade() -> None:
    op.drop_index("lead_fact_person", "lead_fact")
    op.drop_column("lead_fact", "person_revision")
