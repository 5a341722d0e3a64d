"""What is known of a lead's screening."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("lead", sa.Column("screening", JSONB()))


def downgrade() -> None:
    op.drop_column("lead", "screening")
