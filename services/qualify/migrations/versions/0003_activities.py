"""Activities, buying groups, notes, findings, what owners made of a lead, and a count of changes that no fact brought."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"

DOCUMENTS = ("notes", "findings", "marks", "colleagues")
TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    for name in DOCUMENTS:
        op.add_column("profile", sa.Column(name, JSONB, nullable=False, server_default="{}"))
    op.add_column("profile", sa.Column("turns", sa.Integer, nullable=False, server_default="0"))
    op.add_column("profile", sa.Column("moves", sa.Integer, nullable=False, server_default="0"))
    op.add_column("profile", sa.Column("stage", sa.Text))
    op.add_column("profile", sa.Column("company_id", sa.Uuid))
    op.add_column("profile", sa.Column("changes_at", TIMESTAMP))
    op.create_table(
        "activity",
        sa.Column("activity_id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("kind", sa.Text),
        sa.Column("what", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("at", TIMESTAMP),
        sa.Column("told", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("activity_id", "person_id", name="activity_pkey"),
    )
    op.create_index("activity_person_id", "activity", ["person_id", "at"])
    op.create_table(
        "buying_group",
        sa.Column("company_id", sa.Uuid, nullable=False),
        sa.Column("members", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("company_id", name="buying_group_pkey"),
    )


def downgrade() -> None:
    op.drop_table("buying_group")
    op.drop_table("activity")
    for name in ("changes_at", "company_id", "stage", "moves", "turns", *DOCUMENTS):
        op.drop_column("profile", name)
