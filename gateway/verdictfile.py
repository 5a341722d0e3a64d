"""The verdict on every row of a list, as a CSV file that opens in a spreadsheet without doing anything there."""

import csv
from io import StringIO

from shared.contracts.calls import ReceiptReply

COLUMNS = ("row", "state", "reason", "lead_id", "inquiry_id", "repeated")
#: What a spreadsheet would run as a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def verdict_file(found: ReceiptReply) -> str:
    """One line per row, in the order of the list."""
    written = StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    for row in found.rows:
        repeated = "yes" if row.repeated else ""
        lines.writerow([row.row, row.state, plain(row.reason), row.lead_id or "", row.inquiry_id, repeated])
    if not found.rows:
        lines.writerow([0, found.state, plain(found.reason), found.lead_id or "", found.inquiry_id or "", ""])
    return written.getvalue()


def plain(text: str | None) -> str:
    """The text as a cell that is no formula."""
    return f"'{text}" if text and text.startswith(_FORMULA) else text or ""
