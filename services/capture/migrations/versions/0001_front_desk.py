"""The front desk's first tables."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from shared.migrations.plumbing import create_v1, drop_v1

revision: str = "0001"
down_revision: str | None = None
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "raw_inquiry",
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("dialect", sa.Text, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("stored_at", TIME, nullable=False),
        sa.Column("intake", JSONB, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("inquiries", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("receipt_id", name="raw_inquiry_pkey"),
    )
    op.create_table(
        "inquiry",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("receipt_id", sa.Uuid, nullable=False),
        sa.Column("row", sa.Integer, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("medium", sa.Text),
        sa.Column("campaign", sa.Text),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("registered_at", TIME, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("detail", sa.Text),
        sa.Column("duplicate_of", sa.Uuid),
        sa.Column("person_id", sa.Uuid),
        sa.Column("lead_id", sa.Uuid),
        sa.Column("also_person_id", sa.Uuid),
        sa.Column("parsed", JSONB, nullable=False),
        sa.Column("notes", JSONB, nullable=False),
        sa.Column("products", JSONB, nullable=False),
        sa.Column("message", sa.Text),
        sa.Column("answers", JSONB, nullable=False),
        sa.Column("attribution", JSONB, nullable=False),
        sa.Column("consent", JSONB, nullable=False),
        sa.Column("completeness", sa.Float, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="inquiry_pkey"),
        _refers("inquiry", "receipt_id", "raw_inquiry", "receipt_id"),
    )
    op.create_index("inquiry_receipt", "inquiry", ["receipt_id", "row"])
    op.create_index(
        "inquiry_quarantined", "inquiry", ["received_at", "id"], postgresql_where=sa.text("outcome = 'quarantined'")
    )
    op.create_index("inquiry_outcome", "inquiry", ["outcome"])
    op.create_index("inquiry_person", "inquiry", ["person_id"])
    op.create_index("inquiry_lead", "inquiry", ["lead_id"])
    op.create_table(
        "submission_key",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("inquiry_id", sa.Uuid, nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="submission_key_pkey"),
        _refers("submission_key", "inquiry_id", "inquiry", "id"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid, nullable=False),
        *(sa.Column(name, sa.Text) for name in ("name", "given_name", "family_name", "salutation", "email", "phone")),
        *(sa.Column(name, sa.Text) for name in ("company", "job_title", "website")),
        sa.Column("address", JSONB),
        sa.Column("language", sa.Text),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("said_at", JSONB, nullable=False),
        sa.Column("registered_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="person_pkey"),
    )
    op.create_table(
        "person_key",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("key", name="person_key_pkey"),
        _refers("person_key", "person_id", "person", "id"),
    )
    op.create_index("person_key_person", "person_key", ["person_id"])
    op.create_table(
        "lead",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("source", sa.Text),
        sa.Column("campaign", sa.Text),
        sa.Column("registered_at", TIME),
        sa.Column("first_response_at", TIME),
        sa.Column("last_response_at", TIME),
        sa.Column("responses", sa.Integer, nullable=False),
        sa.Column("previous_lead_id", sa.Uuid),
        sa.Column("resolution", sa.Text, nullable=False),
        sa.Column("resolved_at", TIME),
        sa.PrimaryKeyConstraint("id", name="lead_pkey"),
    )
    op.create_index("lead_person", "lead", ["person_id"])
    op.create_table(
        "consent_statement",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("allowed", sa.Boolean, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("text", sa.Text),
        sa.Column("inquiry_id", sa.Uuid),
        sa.PrimaryKeyConstraint("id", name="consent_statement_pkey"),
    )
    op.create_index("consent_statement_person", "consent_statement", ["person_id", "channel", "changed_at"])


def downgrade() -> None:
    for table in ("consent_statement", "lead", "person_key", "person", "submission_key", "inquiry", "raw_inquiry"):
        op.drop_table(table)
    drop_v1(op)


def _refers(table: str, column: str, other: str, key: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{key}"], name=f"{table}_{column}_fkey", deferrable=True, initially="DEFERRED"
    )
