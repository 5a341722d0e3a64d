"""Who was erased."""

from alembic import op

from shared.migrations.plumbing import create_v2, drop_v2

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    create_v2(op)


def downgrade() -> None:
    drop_v2(op)
