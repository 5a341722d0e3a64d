"""The verdict on every row of a list, as a CSV file that opens in a spreadsheet without doing anything there."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from shared.contracts.calls import ReceiptReply

COLUMNS = ("row", "state", "reason", "lead_id", "inquiry_id", "repeated")
#: What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


def verdict_file(pages: Iterable[ReceiptReply]) -> Iterator[str]:
    """The lines of the file, page by page: one per row, in the order of the list."""
    yield _lines([COLUMNS])
    for found in pages:
        if found.state == "list":
            yield _lines(
                (row.row, row.state, plain(row.reason), row.lead_id or "", row.inquiry_id, "yes" * row.repeated)
                for row in found.rows
            )
        else:
            yield _lines([(0, found.state, plain(found.reason), found.lead_id or "", found.inquiry_id or "", "")])


def _lines(rows: Iterable[Sequence[object]]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue()


def plain(text: str | None) -> str:
    """The text as a cell that is no formula."""
    return f"'{text}" if text and text.startswith(_FORMULA) else text or ""
