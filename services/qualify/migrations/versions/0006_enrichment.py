"""Answers of services that are asked about firms and places."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "enrichment_answer",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("answered_at", TIMESTAMP, nullable=False),
        sa.Column("expires_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("key", name="enrichment_answer_pkey"),
    )
    op.create_index("enrichment_answer_expires_at", "enrichment_answer", ["expires_at"])


def downgrade() -> None:
    op.drop_table("enrichment_answer")
