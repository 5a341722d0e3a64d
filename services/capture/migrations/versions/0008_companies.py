"""Companies by their keys, and people in the order in which they came."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: Sequence[str] | None = None
depends_on: Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "company_key",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("company_id", sa.Uuid, nullable=False),
        sa.PrimaryKeyConstraint("key", name="company_key_pkey"),
    )
    op.add_column("person", sa.Column("company_id", sa.Uuid))
    op.create_index("person_company", "person", ["company_id"], postgresql_where=sa.text("company_id IS NOT NULL"))
    op.create_index("person_registered", "person", ["registered_at", "id"])


def downgrade() -> None:
    op.drop_index("person_registered", "person")
    op.drop_index("person_company", "person")
    op.drop_column("person", "company_id")
    op.drop_table("company_key")
