"""Instants as platforms send them: milliseconds or seconds since 1970, to ISO 8601; anything else stays as it came."""

from datetime import UTC, datetime
from typing import Any

#: Beyond this number it is milliseconds: as seconds it would lie in the year 5138.
_SECONDS = 100_000_000_000


def instant(value: Any) -> str:
    """`value` as text: "2026-03-01T12:00:00+00:00" for a number of seconds or milliseconds. Empty for nothing."""
    text = "" if value is None or isinstance(value, bool | dict | list) else str(value).strip()
    if not text.isascii() or not text.isdigit() or not 9 <= len(text) <= 14:
        return text
    number = int(text)
    seconds = number / 1000 if number >= _SECONDS else number
    return datetime.fromtimestamp(seconds, UTC).isoformat()
