"""Ways by which owners receive leads, and how each of them does."""

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
