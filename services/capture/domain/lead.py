"""When an inquiry belongs to the open lead of its person, and when it opens a new one."""

from datetime import datetime, timedelta

#: How an owner's last word on a lead is kept. A recycled lead is back with marketing: it is still the same episode.
OPEN = "open"
RECYCLED = "recycled"
#: Its person was erased: nobody works it, and it is counted.
ERASED = "erased"
CLOSED = frozenset({"won", "lost", ERASED})


def belongs(
    resolution: str,
    first_response_at: datetime,
    last_response_at: datetime,
    received_at: datetime,
    window: timedelta,
) -> bool:
    """Whether an inquiry of `received_at` is a further response of this lead.

    It is while the lead is not closed and no more than `window` lies between it and the lead's responses; before the
    first of them too, since an inquiry may have waited in a spool.
    """
    if resolution in CLOSED:
        return False
    return first_response_at - window <= received_at <= last_response_at + window
