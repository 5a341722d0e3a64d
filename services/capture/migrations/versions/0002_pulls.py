"""Inquiries whose answers are fetched from the platform that announced them, and repairs of what was quarantined."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("inquiry", sa.Column("corrections", JSONB))
    op.add_column("inquiry", sa.Column("junked_at", TIME))
    op.add_column("inquiry", sa.Column("repairs", sa.Integer, nullable=False, server_default="0"))
    op.alter_column("inquiry", "repairs", server_default=None)
    op.create_table(
        "pulled_answer",
        sa.Column("inquiry_id", sa.Uuid, nullable=False),
        sa.Column("pulled_at", TIME, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("inquiry_id", name="pulled_answer_pkey"),
        _of_inquiry("pulled_answer"),
    )
    op.create_table(
        "inquiry_repair",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("inquiry_id", sa.Uuid, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason_before", sa.Text),
        sa.Column("detail_before", sa.Text),
        sa.Column("outcome_after", sa.Text, nullable=False),
        sa.Column("reason_after", sa.Text),
        sa.Column("corrections", JSONB, nullable=False),
        sa.Column("trusted", sa.Boolean, nullable=False),
        sa.Column("run_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="inquiry_repair_pkey"),
        _of_inquiry("inquiry_repair"),
    )
    op.create_index("inquiry_repair_inquiry", "inquiry_repair", ["inquiry_id", "number"], unique=True)
    op.create_table(
        "release_run",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("preview", sa.Boolean, nullable=False),
        sa.Column("trusted", sa.Boolean, nullable=False),
        sa.Column("filter", JSONB, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("handled", sa.Integer, nullable=False),
        sa.Column("outcomes", JSONB, nullable=False),
        sa.Column("cursor", sa.Text),
        sa.Column("finished_at", TIME),
        sa.PrimaryKeyConstraint("id", name="release_run_pkey"),
    )


def downgrade() -> None:
    for table in ("release_run", "inquiry_repair", "pulled_answer"):
        op.drop_table(table)
    op.drop_column("inquiry", "repairs")
    op.drop_column("inquiry", "junked_at")
    op.drop_column("inquiry", "corrections")


def _of_inquiry(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["inquiry_id"], ["inquiry.id"], name=f"{table}_inquiry_id_fkey", deferrable=True, initially="DEFERRED"
    )
