"""Fuzzy identity: keys for candidates, reviews, merges, provenance."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None

TIME = sa.DateTime(timezone=True)
#: Rows that follow their person into a merge and back.
REKEYED = ("inquiry", "person_key", "lead", "consent_statement")


def upgrade() -> None:
    for table in REKEYED:
        op.add_column(table, sa.Column("origin_person_id", sa.Uuid))
        op.create_index(
            f"{table}_origin", table, ["origin_person_id"], postgresql_where=sa.text("origin_person_id IS NOT NULL")
        )
    op.add_column("person", sa.Column("current_id", sa.Uuid))
    op.add_column("person", sa.Column("said_by", JSONB, nullable=False, server_default=sa.text("'{}'::jsonb")))
    op.add_column("person", sa.Column("aliases", JSONB, nullable=False, server_default=sa.text("'[]'::jsonb")))
    op.alter_column("person", "said_by", server_default=None)
    op.alter_column("person", "aliases", server_default=None)
    op.create_index("person_current", "person", ["current_id"], postgresql_where=sa.text("current_id IS NOT NULL"))
    op.create_table(
        "person_block",
        sa.Column("key", sa.BigInteger, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("key", "person_id", name="person_block_pkey"),
    )
    op.create_index("person_block_person", "person_block", ["person_id"])
    op.create_table(
        "person_value",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("origin_person_id", sa.Uuid),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("inquiry_id", sa.Uuid),
        sa.Column("said_at", TIME, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("values", JSONB, nullable=False),
        sa.PrimaryKeyConstraint("id", name="person_value_pkey"),
    )
    op.create_index("person_value_person", "person_value", ["person_id"])
    op.create_index(
        "person_value_origin",
        "person_value",
        ["origin_person_id"],
        postgresql_where=sa.text("origin_person_id IS NOT NULL"),
    )
    op.execute(
        """
        INSERT INTO person_value (id, person_id, kind, source, said_at, recorded_at, values)
        SELECT gen_random_uuid(), id, 'given', 'before', registered_at, registered_at, jsonb_strip_nulls(jsonb_build_object(
            'name', name, 'given_name', given_name, 'family_name', family_name, 'salutation', salutation,
            'email', email, 'phone', phone, 'company', company, 'job_title', job_title, 'website', website,
            'address', address, 'language', language))
        FROM person
        """
    )
    op.create_table(
        "person_review",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("one_id", sa.Uuid, nullable=False),
        sa.Column("other_id", sa.Uuid, nullable=False),
        sa.Column("probability", sa.Float, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("objection", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("found_at", TIME, nullable=False),
        sa.Column("inquiry_id", sa.Uuid),
        sa.Column("decided_at", TIME),
        sa.Column("decided_by", sa.Text),
        sa.PrimaryKeyConstraint("key", name="person_review_pkey"),
    )
    op.create_index(
        "person_review_open", "person_review", ["probability", "key"], postgresql_where=sa.text("state = 'open'")
    )
    op.create_index("person_review_one", "person_review", ["one_id"])
    op.create_index("person_review_other", "person_review", ["other_id"])
    op.create_table(
        "person_merge",
        sa.Column("id", sa.Uuid, nullable=False),
        sa.Column("survivor_id", sa.Uuid, nullable=False),
        sa.Column("absorbed_id", sa.Uuid, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("confidence", sa.Float, nullable=False),
        sa.Column("reasons", JSONB, nullable=False),
        sa.Column("merged_at", TIME, nullable=False),
        sa.Column("merged_by", sa.Text),
        sa.Column("undone_at", TIME),
        sa.Column("undone_by", sa.Text),
        sa.PrimaryKeyConstraint("id", name="person_merge_pkey"),
    )
    op.create_index("person_merge_absorbed", "person_merge", ["absorbed_id"])
    op.create_index("person_merge_survivor", "person_merge", ["survivor_id"])


def downgrade() -> None:
    for table in ("person_merge", "person_review", "person_value", "person_block"):
        op.drop_table(table)
    op.drop_index("person_current", "person")
    for column in ("aliases", "said_by", "current_id"):
        op.drop_column("person", column)
    for table in REKEYED:
        op.drop_index(f"{table}_origin", table)
        op.drop_column(table, "origin_person_id")
