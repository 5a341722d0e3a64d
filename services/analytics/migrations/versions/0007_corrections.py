"""Endings that their owners take back: the newest word holds."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("lead_fact", sa.Column("ending_revision", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("lead_fact", "ending_revision")
