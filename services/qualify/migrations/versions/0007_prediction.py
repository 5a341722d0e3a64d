"""Learnt models, which was at work when, how they held week by week; when leads began, and how they ended."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"

TIMESTAMP = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "prediction_model",
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("document", JSONB, nullable=False),
        sa.Column("card", JSONB, nullable=False),
        sa.Column("trained_at", TIMESTAMP, nullable=False),
        sa.Column("trained_by", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("version", name="prediction_model_pkey"),
    )
    op.create_table(
        "prediction_activation",
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.Text),
        sa.Column("activated_by", sa.Text, nullable=False),
        sa.Column("activated_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("number", name="prediction_activation_pkey"),
        sa.ForeignKeyConstraint(["version"], ["prediction_model.version"], name="prediction_activation_version_fkey"),
    )
    op.create_table(
        "prediction_week",
        sa.Column("week", sa.Date, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("report", JSONB, nullable=False),
        sa.Column("alarms", JSONB, nullable=False),
        sa.Column("looked_at", TIMESTAMP, nullable=False),
        sa.PrimaryKeyConstraint("week", "version", name="prediction_week_pkey"),
    )
    op.add_column("profile", sa.Column("begun_at", TIMESTAMP))
    # A few kilobytes for any number of leads: they come in the order of their time.
    op.create_index("profile_begun_at", "profile", ["begun_at"], postgresql_using="brin")
    op.add_column("profile", sa.Column("closed_at", TIMESTAMP))
    op.add_column("profile", sa.Column("outcome", sa.Text))
    op.create_index(
        "profile_closed",
        "profile",
        ["lead_id"],
        postgresql_include=["outcome", "closed_at"],
        postgresql_where=sa.text("outcome IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("profile_closed", "profile")
    op.drop_index("profile_begun_at", "profile")
    for name in ("outcome", "closed_at", "begun_at"):
        op.drop_column("profile", name)
    for table in ("prediction_week", "prediction_activation", "prediction_model"):
        op.drop_table(table)
