"""Leads, their assignments and clocks, people, turns of shared territories."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID, ExcludeConstraint

from shared.migrations.plumbing import create_v1, drop_v1

revision = "0001"
down_revision = None

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    create_v1(op)
    op.create_table(
        "lead",
        sa.Column("lead_id", UUID(as_uuid=True), nullable=False),
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.Column("registered_at", TIMESTAMP),
        sa.Column("previous", JSONB),
        sa.Column("responses", JSONB, nullable=False),
        sa.Column("fulfilment", JSONB, nullable=False),
        sa.Column("score", JSONB),
        sa.Column("score_revision", sa.Integer, nullable=False),
        sa.Column("verdict", JSONB),
        sa.Column("verdict_revision", sa.Integer, nullable=False),
        sa.Column("acted_revision", sa.Integer, nullable=False),
        sa.Column("assignment_id", UUID(as_uuid=True)),
        sa.Column("assignment_revision", sa.Integer, nullable=False),
        sa.Column("status", sa.Text),
        sa.Column("status_revision", sa.Integer, nullable=False),
        sa.Column("had_before", JSONB, nullable=False),
        sa.Column("quoted_amount", sa.Numeric),
        sa.Column("quoted_currency", sa.Text),
        sa.Column("closed_at", TIMESTAMP),
        sa.Column("clock", sa.Text),
        sa.Column("clock_started_at", TIMESTAMP),
        sa.Column("clock_steps_done", sa.Integer, nullable=False),
        sa.Column("clock_round", sa.Integer, nullable=False),
        sa.Column("due_at", TIMESTAMP),
        sa.PrimaryKeyConstraint("lead_id", name="lead_pkey"),
        sa.CheckConstraint("registered_at IS NULL OR assignment_id IS NOT NULL", name="lead_has_owner"),
        sa.CheckConstraint(
            "registered_at IS NULL OR closed_at IS NOT NULL OR (due_at IS NOT NULL AND clock IS NOT NULL)",
            name="lead_has_due_time",
        ),
    )
    op.create_index("lead_person_id", "lead", ["person_id"])
    op.create_index("lead_open_due", "lead", ["due_at"], postgresql_where=sa.text("closed_at IS NULL"))
    op.create_table(
        "assignment",
        sa.Column("id", UUID(as_uuid=True), nullable=False),
        sa.Column("lead_id", UUID(as_uuid=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("owner_id", sa.Text, nullable=False),
        sa.Column("occasion", sa.Text, nullable=False),
        sa.Column("territory", sa.Text),
        sa.Column("explanation", JSONB, nullable=False),
        sa.Column("rules_version", sa.Text, nullable=False),
        sa.Column("assigned_at", TIMESTAMP, nullable=False),
        sa.Column("accepted_at", TIMESTAMP),
        sa.Column("ended_at", TIMESTAMP),
        sa.Column("ended_because", sa.Text),
        sa.PrimaryKeyConstraint("id", name="assignment_pkey"),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.lead_id"], name="assignment_lead_id_fkey", deferrable=True, initially="DEFERRED"
        ),
        sa.UniqueConstraint("lead_id", "revision", name="assignment_lead_id_revision_key"),
        ExcludeConstraint(
            (sa.column("lead_id"), "="),
            name="assignment_one_live",
            using="btree",
            where=sa.text("ended_at IS NULL"),
            deferrable=True,
            initially="DEFERRED",
        ),
    )
    op.create_index("assignment_live_owner", "assignment", ["owner_id"], postgresql_where=sa.text("ended_at IS NULL"))
    op.create_table(
        "person",
        sa.Column("person_id", UUID(as_uuid=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("as_of", TIMESTAMP, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="person_pkey"),
    )
    op.create_table(
        "territory_turn",
        sa.Column("territory", sa.Text, nullable=False),
        sa.Column("turns", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("territory", name="territory_turn_pkey"),
    )


def downgrade() -> None:
    for table in ("territory_turn", "person", "assignment", "lead"):
        op.drop_table(table)
    drop_v1(op)
