"""Queues of leads that somebody looks at."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "screening",
        sa.Column("lead_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("screening_id", sa.Uuid, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("queue", sa.Text, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("because", sa.Text, nullable=False),
        sa.Column("script", sa.Text),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("potential_value", sa.Numeric),
        sa.Column("hold", sa.Boolean, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("requested_at", TIMESTAMP, nullable=False),
        sa.Column("not_before", TIMESTAMP, nullable=False),
        sa.Column("due_at", TIMESTAMP, nullable=False),
        sa.Column("overdue_told", sa.Boolean, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("claim", sa.Uuid),
        sa.Column("claimed_by", sa.Text),
        sa.Column("claimed_until", TIMESTAMP),
        sa.Column("outcome", sa.Text),
        sa.Column("ended_at", TIMESTAMP),
        sa.PrimaryKeyConstraint("lead_id", name="screening_pkey"),
    )
    op.create_index(
        "screening_open",
        "screening",
        ["queue", sa.text("priority DESC"), sa.text("potential_value DESC NULLS LAST"), "due_at"],
        postgresql_where=sa.text("state <> 'done'"),
    )


def downgrade() -> None:
    op.drop_table("screening")
