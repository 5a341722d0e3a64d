"""Notes, findings, and a count of changes that no fact brought."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

DOCUMENTS = ("notes", "findings")


def upgrade() -> None:
    for name in DOCUMENTS:
        op.add_column("profile", sa.Column(name, JSONB, nullable=False, server_default="{}"))
    op.add_column("profile", sa.Column("turns", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    for name in ("turns", *DOCUMENTS):
        op.drop_column("profile", name)
