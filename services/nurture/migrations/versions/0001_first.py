"""Nurture's first tables."""

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
        "lead",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid),
        sa.Column("registered_at", TIME),
        sa.Column("source", sa.Text),
        sa.Column("campaign", sa.Text),
        sa.Column("channel", sa.Text),
        sa.Column("products", JSONB),
        sa.Column("score_revision", sa.Integer),
        sa.Column("decision", sa.Text),
        sa.Column("rank", sa.Text),
        sa.Column("score", sa.Integer),
        sa.Column("ready_on", sa.Date),
        sa.Column("scored_at", TIME),
        sa.Column("not_ready_since", TIME),
        sa.Column("qualified_at", TIME),
        sa.Column("accepted_at", TIME),
        sa.Column("closed_as", sa.Text),
        sa.Column("closed_at", TIME),
        sa.Column("recycled_at", TIME),
        sa.Column("recycled_until", sa.Date),
        sa.Column("recycled_because", sa.Text),
        sa.Column("enrolment_id", sa.Uuid),
        sa.PrimaryKeyConstraint("lead_id", name="lead_pkey"),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("document", JSONB),
        sa.Column("revision", sa.Integer),
        sa.Column("seen_at", TIME),
        sa.Column("email_allowed", sa.Boolean),
        sa.Column("email_said_at", TIME),
        sa.Column("post_allowed", sa.Boolean),
        sa.Column("post_said_at", TIME),
        sa.Column("unsubscribed", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        sa.Column("last_step_at", TIME),
        sa.Column("lead_ids", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")),
        sa.PrimaryKeyConstraint("person_id", name="person_pkey"),
    )
    op.create_table(
        "enrolment",
        sa.Column("enrolment_id", sa.Uuid, nullable=False),
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("programme", sa.Text, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("steps", JSONB, nullable=False),
        sa.Column("horizon_months", sa.Integer, nullable=False),
        sa.Column("resume_days_before_ready", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Column("entered_at", TIME, nullable=False),
        sa.Column("resume_at", TIME),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("taken", JSONB, nullable=False),
        sa.Column("left_at", TIME),
        sa.PrimaryKeyConstraint("enrolment_id", name="enrolment_pkey"),
    )
    op.create_index("enrolment_lead", "enrolment", ["lead_id"])
    op.create_index("enrolment_state", "enrolment", ["state"])


def downgrade() -> None:
    for table in ("enrolment", "person", "lead"):
        op.drop_table(table)
    drop_v1(op)
