"""What owners said of their leads, by every way."""

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Nothing to change yet."""


def downgrade() -> None:
    """Nothing to take back yet."""
