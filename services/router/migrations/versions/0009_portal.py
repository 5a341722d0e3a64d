"""Signing in to the portal."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
