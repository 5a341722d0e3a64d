"""Whose a lead is after merges, and to which lead its requests went."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("lead", sa.Column("person_revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("lead", sa.Column("moved_away", JSONB(), nullable=False, server_default="{}"))
    op.create_index("lead_person_id", "lead", ["person_id"])


def downgrade() -> None:
    op.drop_index("lead_person_id", "lead")
    op.drop_column("lead", "moved_away")
    op.drop_column("lead", "person_revision")
