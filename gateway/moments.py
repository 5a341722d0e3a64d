"""Moments as people and programs write them in an address."""

from datetime import UTC, datetime, time

from gateway.problems import Problem


def moment(field: str, text: str | None) -> datetime | None:
    """The moment in a query field: an instant, or a day, which means its end; None when nothing is given.

    Without a zone it is UTC. Raises Problem 422.
    """
    if not text:
        return None
    try:
        # A plus sign in an address is a blank.
        found = datetime.fromisoformat(text.strip().replace(" ", "+") if "T" in text else text.strip())
    except ValueError:
        wanted = "not like 2026-09-01 or 2026-09-01T12:00Z"
        raise Problem(422, "not_a_moment", f"{field} is {text[:40]!r}, {wanted}.") from None
    if len(text.strip()) <= len("2026-09-01"):
        found = datetime.combine(found, time.max)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
