"""Leads that several owners work on, and what is charged for them."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
