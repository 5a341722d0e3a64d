"""What the portal's pages call things, and how they show moments in the reader's own zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

STATUSES = {
    "assigned": "New", "accepted": "Accepted", "contacted": "Contacted", "appointment": "Appointment",
    "quoted": "Quoted", "won": "Sold", "lost": "Lost", "declined": "Declined", "recycled": "Not ready",
    "returned": "Returned",
}  # fmt: skip
#: What is to be done next, by the clock that runs.
TO_DO = {
    "accept": "Accept or decline", "contact": "Reach the prospect", "update": "Say how it stands",
    "review": "Look at it again",
}  # fmt: skip
RANKS = {"hot": "Hot", "warm": "Warm", "cold": "Cold", "future": "Future"}


def moment(at: datetime | None, zone: str) -> str:
    """Like "Tue 24 Nov, 14:05", where the reader is."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %-d %b %Y, %H:%M}" if at else ""


def day(at: datetime | None, zone: str) -> str:
    """Like "24 Nov 2026", where the reader is."""
    return f"{at.astimezone(ZoneInfo(zone)):%-d %b %Y}" if at else ""


def span(at: datetime, now: datetime) -> str:
    """How far away a moment is, in words: "in 3 hours", "2 days ago"."""
    seconds = (at - now).total_seconds()
    size = abs(seconds)
    number, unit = next(
        (int(size // length), name)
        for length, name in ((86400, "day"), (3600, "hour"), (60, "minute"), (0.001, "moment"))
        if size >= length or length < 1
    )
    said = "a moment" if unit == "moment" else f"{number} {unit}{'' if number == 1 else 's'}"
    return f"in {said}" if seconds >= 0 else f"{said} ago"


def plain(name: str) -> str:
    """An id as people write it."""
    return name.replace("-", " ").replace("_", " ")


def phone(number: str) -> str:
    """A North American number as people there write it; every other as it is."""
    digits = number.removeprefix("+1")
    if number.startswith("+1") and len(digits) == 10 and digits.isdigit():
        return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
    return number
