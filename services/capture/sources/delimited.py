"""Text with a delimiter to rows of cells: CSV, TSV and what spreadsheets and lead exports make of them."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Literal

from services.capture.domain.submission import Unreadable

_DELIMITERS = ",;\t|"
#: The delimiter is looked for in this many characters and rows.
_HEAD = 20_000
_HEAD_ROWS = 10
#: A cell of this many lines is no note: a quote was opened and never closed.
_MOST_LINES_IN_A_CELL = 200

# A cell may be as long as a body may be; the module's own limit would refuse the whole file for one of them.
csv.field_size_limit(64 * 1024 * 1024)


def rows(text: str) -> list[list[str]]:
    """The rows of a list in text. Raises Unreadable."""
    head = text.lstrip()[:_HEAD]
    if head.lower().startswith("sep=") and len(head) > 4:
        # Excel's own hint of the delimiter.
        delimiter, text = head[4], text.lstrip().partition("\n")[2]
    else:
        delimiter = max(_DELIMITERS, key=lambda mark: _fit(head, mark))
    found = _parsed(text, delimiter, csv.QUOTE_MINIMAL)
    if _runs_on(found):
        found = _parsed(text, delimiter, csv.QUOTE_NONE)
    return [_whole(row, delimiter) for row in found] if delimiter == "," else found


def _parsed(text: str, delimiter: str, quoting: Literal[0, 3]) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting))
    except csv.Error as error:
        raise Unreadable("unreadable", f"not a list: {error}") from error


def _runs_on(found: list[list[str]]) -> bool:
    # Looked for in long cells only: hardly any is.
    most = _MOST_LINES_IN_A_CELL
    return any(len(cell) > most and cell.count("\n") > most for row in found for cell in row)


def _whole(row: list[str], delimiter: str) -> list[str]:
    """A row that was quoted as a whole, as some exports do: one cell with the others inside."""
    if len(row) != 1 or delimiter not in row[0] or "\n" in row[0]:
        return row
    return next(csv.reader([row[0]], delimiter=delimiter), row)


def _fit(head: str, delimiter: str) -> tuple[float, int]:
    """How well a delimiter fits: rows of about equal width, and wide ones."""
    widths = sorted(_widths(head, delimiter))
    if not widths or widths[-1] < 2:
        return 0.0, 0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return widths.count(usual) / len(widths) if usual > 1 else 0.1, widths[-1]


def _widths(head: str, delimiter: str) -> Iterator[int]:
    try:
        for number, row in enumerate(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)):
            if number >= _HEAD_ROWS:
                break
            if row and re.search(r"\w", "".join(row)):
                yield len(row)
    except csv.Error:
        return
