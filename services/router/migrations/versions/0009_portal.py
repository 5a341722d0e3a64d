"""Signing in to the portal, and each owner's leads in the order in which they are due."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "portal_sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.Column("asked_at", TIMESTAMP, nullable=False),
        sa.Column("expires_at", TIMESTAMP, nullable=False),
        sa.Column("used_at", TIMESTAMP, nullable=True),
        sa.PrimaryKeyConstraint("id", name="portal_sign_in_pkey"),
    )
    op.create_index("portal_sign_in_address_asked_at", "portal_sign_in", ["address", "asked_at"])
    op.create_index("portal_sign_in_expires_at", "portal_sign_in", ["expires_at"])
    op.create_table(
        "portal_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("began_at", TIMESTAMP, nullable=False),
        sa.Column("expires_at", TIMESTAMP, nullable=False),
        sa.Column("ended_at", TIMESTAMP, nullable=True),
        sa.PrimaryKeyConstraint("id", name="portal_session_pkey"),
    )
    op.create_index("portal_session_address", "portal_session", ["address"])
    op.create_index("portal_session_expires_at", "portal_session", ["expires_at"])
    op.add_column("lead", sa.Column("owner_id", sa.Text(), nullable=True))
    op.execute(
        "UPDATE lead SET owner_id = assignment.owner_id FROM assignment WHERE assignment.id = lead.assignment_id"
    )
    # Nobody asks for everybody's leads by their due time; the planner would walk it to find one owner's.
    op.drop_index("lead_open_due", "lead")
    op.create_index(
        "lead_owner_open", "lead", ["owner_id", "due_at", "lead_id"], postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index(
        "lead_owner_closed",
        "lead",
        ["owner_id", "closed_at", "lead_id"],
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index("owner_word_owner_id", "owner_word", ["owner_id"])
    op.create_index(
        "assignment_lapsed",
        "assignment",
        ["owner_id", "ended_at"],
        postgresql_where=sa.text("ended_because = 'lapsed'"),
    )


def downgrade() -> None:
    op.drop_index("assignment_lapsed", "assignment")
    op.drop_index("owner_word_owner_id", "owner_word")
    op.drop_index("lead_owner_closed", "lead")
    op.drop_index("lead_owner_open", "lead")
    op.create_index("lead_open_due", "lead", ["due_at"], postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_column("lead", "owner_id")
    op.drop_table("portal_session")
    op.drop_table("portal_sign_in")
