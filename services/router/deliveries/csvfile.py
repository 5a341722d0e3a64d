"""Leads as rows of one CSV that a spreadsheet opens without being tricked."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from services.router.domain.mapping import Mapped

_TRICKS = ("=", "+", "-", "@", "\t", "\r", "\0")


def rows_of(columns: Mapping[str, Mapped], documents: Sequence[Mapping[str, Any]]) -> bytes:
    """The file in UTF-8 with a byte order mark, as spreadsheets want it; quoted by RFC 4180."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for document in documents:
        writer.writerow([_cell(mapped.value(document)) for mapped in columns.values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _cell(value: Any) -> str:
    """Text that no spreadsheet takes for a formula; a number with its country code stays a telephone number."""
    text = "" if value is None else str(value)
    is_number = text.startswith(("+", "-")) and text[1:].replace(".", "", 1).isdigit()
    return f"'{text}" if text.startswith(_TRICKS) and not is_number else text
