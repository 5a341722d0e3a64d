"""Whose a lead is after merges, and who became part of whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("profile", sa.Column("person_revision", sa.Integer, nullable=False, server_default="0"))
    op.add_column("profile", sa.Column("moved_away", JSONB, nullable=False, server_default="[]"))
    op.add_column("person", sa.Column("current_id", sa.Uuid, nullable=True))
    op.add_column("person", sa.Column("current_revision", sa.Integer, nullable=False, server_default="0"))
    op.add_column("person", sa.Column("absorbed", sa.ARRAY(sa.Uuid), nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("person", "absorbed")
    op.drop_column("person", "current_revision")
    op.drop_column("person", "current_id")
    op.drop_column("profile", "moved_away")
    op.drop_column("profile", "person_revision")
