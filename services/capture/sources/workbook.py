"""Workbooks (XLSX) to rows of cells: read from a stream, guarded against archives that blow up.

A workbook is a ZIP archive of XML. Its declared sizes are looked at before anything is unpacked, and Python's zipfile
unpacks no more than was declared; openpyxl parses with defusedxml, which refuses entities.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

import openpyxl

from services.capture.domain.submission import Unreadable

#: Bytes of all parts unpacked, parts, and how much smaller than its content an honest archive is.
MOST_BYTES = 256 * 1024 * 1024
_MOST_PARTS = 2_000
_MOST_RATIO = 200
#: Rows and columns that are looked at in one sheet.
_MOST_ROWS = 250_000
_MOST_COLUMNS = 500
#: So many rows tell how wide a sheet is; rows that are a little wider are taken whole.
_TELLING_ROWS, _WIDER = 50, 20
#: Cells of one sheet, the empty ones before the last of a row too: each costs time, whatever is in it.
_MOST_CELLS = 20_000_000

Sheet = list[list[str]]


def looks_like_one(body: bytes) -> bool:
    """Whether these bytes are an archive, or a workbook of the old kind."""
    return body.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"))


def sheets(body: bytes) -> list[Sheet]:
    """The rows of every visible sheet, all cells as text. Raises Unreadable."""
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("unreadable", "a workbook of Excel 97 (.xls) or with a password: save it as .xlsx or CSV")
    _guard(body)
    try:
        book = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True, keep_links=False)
        try:
            return [_rows(sheet) for sheet in book.worksheets if sheet.sheet_state == "visible"]
        finally:
            book.close()
    except Unreadable:
        raise
    except Exception as error:
        # The library fails on broken workbooks with whatever it stumbles over.
        raise Unreadable("unreadable", f"not a workbook that can be read: {type(error).__name__}") from error


def _guard(body: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(body)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("unreadable", "not a workbook: the archive is broken") from error
    unpacked = sum(part.file_size for part in parts)
    names = {part.filename for part in parts}
    if len(parts) > _MOST_PARTS or unpacked > MOST_BYTES or unpacked > max(len(body), 50_000) * _MOST_RATIO:
        raise Unreadable("hostile", f"the archive would unpack to {unpacked} bytes in {len(parts)} parts")
    if "xl/workbook.xml" not in names:
        what = "an OpenDocument table" if "content.xml" in names else "an archive"
        raise Unreadable("unreadable", f"{what}, not a workbook of Excel: save it as .xlsx or CSV")


def _rows(sheet: Any) -> Sheet:
    # What a sheet says of its own size is wrong as often as right, and rows are filled up to it.
    sheet.reset_dimensions()
    first = (_filled(row) for row in sheet.iter_rows(max_row=_TELLING_ROWS, max_col=_MOST_COLUMNS))
    width = min(max(map(len, first), default=0) + _WIDER, _MOST_COLUMNS)
    most = min(_MOST_ROWS, _MOST_CELLS // width)
    found: Sheet = []
    for row in sheet.iter_rows(max_col=width):
        if len(found) >= most:
            raise Unreadable("too_many", f"more than {most} rows in one sheet of {width} columns")
        found.append([_text(cell) for cell in _filled(row)])
    return found


def _filled(row: Iterable[Any]) -> list[Any]:
    """The cells up to the last one that holds something."""
    cells = list(row)
    while cells and cells[-1].value is None:
        cells.pop()
    return cells


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        return _digits(value, cell.number_format)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ").removesuffix(" 00:00:00")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _digits(value: int, shown_as: str | None) -> str:
    """A number with the zeros it is shown with: a postcode 02139 is kept as 2139 with the format 00000."""
    width = len(shown_as) if shown_as and not shown_as.strip("0") else 0
    return str(value).zfill(width)
