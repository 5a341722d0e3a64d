"""Consent with its proof, export and erasure."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.plumbing import create_v2, drop_v2

revision: str = "0005"
down_revision: str | None = "0004"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_v2(op)
    op.add_column("consent_statement", sa.Column("purpose", sa.Text, nullable=False, server_default="marketing"))
    op.add_column("consent_statement", sa.Column("version", sa.Text))
    op.add_column("consent_statement", sa.Column("state", sa.Text, nullable=False, server_default="said"))
    op.add_column(
        "consent_statement", sa.Column("proofs", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb"))
    )
    for name in ("purpose", "state", "proofs"):
        op.alter_column("consent_statement", name, server_default=None)
    op.create_table(
        "erasure",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        *(sa.Column(name, JSONB, nullable=False) for name in ("person_ids", "lead_ids", "inquiry_ids")),
        sa.PrimaryKeyConstraint("id", name="erasure_pkey"),
    )
    op.create_index("erasure_requested", "erasure", ["requested_at"])
    op.create_table(
        "erasure_report",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("erasure_id", sa.Uuid, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("erased_at", TIME, nullable=False),
        *(sa.Column(name, JSONB, nullable=False) for name in ("removed", "kept", "passed_on")),
        sa.PrimaryKeyConstraint("key", name="erasure_report_pkey"),
    )
    op.create_index("erasure_report_erasure_id_idx", "erasure_report", ["erasure_id"])
    op.create_table(
        "suppression",
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("refused", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("hash", name="suppression_pkey"),
    )


def downgrade() -> None:
    for table in ("suppression", "erasure_report", "erasure"):
        op.drop_table(table)
    for name in ("proofs", "state", "version", "purpose"):
        op.drop_column("consent_statement", name)
    drop_v2(op)
