"""Plumbing and the tally."""

import sqlalchemy as sa
from alembic import op

from shared.migrations.plumbing import create_v1, create_v2, drop_v1, drop_v2

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_v1(op)
    create_v2(op)
    op.create_table(
        "tally", sa.Column("lead_id", sa.UUID, primary_key=True), sa.Column("times", sa.Integer, nullable=False)
    )


def downgrade() -> None:
    op.drop_table("tally")
    drop_v2(op)
    drop_v1(op)
