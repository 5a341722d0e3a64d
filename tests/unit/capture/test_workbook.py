"""Workbooks that were made to hurt cost seconds at most; those that are only large are read."""

import io
import time
import zipfile

import openpyxl
import pytest

from services.capture.domain.submission import Unreadable
from services.capture.sources import workbook

_HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
_FOOT = b"</sheetData></worksheet>"


def with_sheet(rows: bytes, beside: int = 0) -> bytes:
    """A workbook with this inside of its sheet; `beside` bytes of noise make the archive look honest."""
    book, made, changed = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            sheet = name == "xl/worksheets/sheet1.xml"
            target.writestr(name, _HEAD + rows + _FOOT if sheet else source.read(name))
        target.writestr("xl/media/noise.bin", bytes(beside))
    return changed.getvalue()


def cell(text: str) -> bytes:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def test_rows_that_only_have_a_last_column_cost_next_to_nothing() -> None:
    head = b"<row>" + cell("Email") + cell("Name") + b"</row>"
    body = with_sheet(head + b'<row><c r="XFD1"><v>1</v></c></row>' * 30_000)
    began = time.process_time()
    [rows] = workbook.sheets(body)

    assert rows[0] == ["Email", "Name"]
    assert time.process_time() - began < 3


def test_a_header_of_hundreds_of_columns_allows_fewer_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_CELLS", 10_000)
    wide = with_sheet(b"<row>" + cell("x") * 400 + b"</row>" + (b"<row>" + cell("y") + b"</row>") * 40)
    slim = with_sheet((b"<row>" + cell("y") + b"</row>") * 40)

    with pytest.raises(Unreadable) as refused:
        workbook.sheets(wide)
    assert refused.value.reason == "too_many"
    assert len(workbook.sheets(slim)[0]) == 40


def test_a_row_that_is_a_little_wider_than_the_others_is_taken_whole() -> None:
    narrow = b"<row>" + cell("Email") + b"</row>"
    [rows] = workbook.sheets(with_sheet(narrow * 60 + b"<row>" + cell("x") * 15 + b"</row>"))

    assert (len(rows), len(rows[-1])) == (61, 15)
