"""Whose a lead is after merges, and which inquiries are no part of it any more."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("lead", sa.Column("person_revision", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("lead", sa.Column("moved_away", JSONB(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("lead", "moved_away")
    op.drop_column("lead", "person_revision")
