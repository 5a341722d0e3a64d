"""Calendar months, in UTC, as reports name them: "2026-03"."""

from datetime import UTC, datetime


def month_of(at: datetime) -> str:
    """The month that a moment lies in."""
    return f"{at.astimezone(UTC):%Y-%m}"


def span_of(month: str) -> tuple[datetime, datetime]:
    """When a month begins, and when the next one does. Raises ValueError for what is no month."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return first, first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
