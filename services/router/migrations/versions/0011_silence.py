"""The owner's last word, and the question to a prospect whose owner is silent."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("lead", sa.Column("last_word_at", TIME))
    op.create_table(
        "purchase_question",
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("assignment_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("answer", JSONB()),
        sa.Column("answered_at", TIME),
        sa.PrimaryKeyConstraint("lead_id", name="purchase_question_pkey"),
        sa.ForeignKeyConstraint(
            ["lead_id"], ["lead.lead_id"], name="purchase_question_lead_id_fkey", deferrable=True, initially="DEFERRED"
        ),
    )
    # Owners of open leads that were handed over before are listened to from now on.
    op.execute(
        """
        INSERT INTO due (kind, key, due_at, data, state)
        SELECT 'silence', lead_id::text, now() + interval '21 days', '{}', 'waiting' FROM assignment WHERE counted
        """
    )


def downgrade() -> None:
    op.execute("DELETE FROM due WHERE kind = 'silence'")
    op.drop_table("purchase_question")
    op.drop_column("lead", "last_word_at")
