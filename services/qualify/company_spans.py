"""Reads spans of time as the company writes them: "30 minutes", "48 hours", "7 days"."""

import re
from datetime import timedelta

from services.qualify.company_entry import Entry

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_SPAN = re.compile(r"([0-9]{1,5}) (minute|hour|day)s?")


def span(entry: Entry, field: str, default: timedelta | None = None) -> timedelta:
    """The span in a field. Raises CompanyError."""
    text = entry.take(field, str) if default is None else entry.take(field, str, "")
    return read_span(entry, field, text) if text or default is None else default


def read_span(entry: Entry, field: str, text: object) -> timedelta:
    """The span that `text` names. Raises CompanyError."""
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[1].strip("0") == "":
        raise entry.error(f"{field} is {text!r}, not a time like '48 hours', '30 minutes' or '7 days'")
    return int(found[1]) * _UNITS[found[2]]
