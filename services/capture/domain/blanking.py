"""Cutting one person out of a payload that holds others: their record's bytes are blanked, everybody else's stay."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

#: Charsets that bytes are tried as; the last one takes anything.
_CHARSETS = ("utf-8", "utf-16", "windows-1252", "latin-1")
_ELEMENT = re.compile(r"<prospect\b[^>]*>(.*?)</prospect\s*>", re.IGNORECASE | re.DOTALL)
#: Shorter ones name nobody.
_TELLING = 4


def without(body: bytes, records: Sequence[Iterable[str]], others: Iterable[str] = ()) -> bytes | None:
    """`body` with the records blanked that hold all values of one of `records`; None when one cannot be found.

    A workbook has no records in its bytes: there each value goes, unless one of `others` is the same.
    """
    wanted = [_values(record) for record in records]
    if body.startswith(b"PK\x03\x04"):
        return _without_in_workbook(body, wanted, {_plain(value) for value in others})
    charset = _charset(body)
    text = body.decode(charset)
    for values in wanted:
        cut = _cut(text, values)
        if cut is None:
            return None
        text = cut
    return text.encode(charset)


def _values(record: Iterable[str]) -> list[str]:
    return [value for value in map(_plain, record) if value]


def _plain(text: str) -> str:
    return " ".join(str(text).split()).casefold()


def _charset(body: bytes) -> str:
    for charset in _CHARSETS[:-1]:
        try:
            if body.decode(charset).encode(charset) == body:
                return charset
        except (UnicodeDecodeError, UnicodeEncodeError):
            continue
    return _CHARSETS[-1]


def _cut(text: str, values: Sequence[str]) -> str | None:
    if not values:
        return None
    spans, blank = _records(text)
    found = [(start, end) for start, end, said in spans if _holds(said, values)]
    if not found:
        return None
    for start, end in reversed(found):
        text = text[:start] + blank(text[start:end]) + text[end:]
    return text


def _records(text: str) -> tuple[Iterable[tuple[int, int, str]], Callable[[str], str]]:
    """Where records stand and what they say, and how one of this kind is blanked."""
    head = text.lstrip("\ufeff \t\r\n")[:1]
    if head in ("[", "{"):
        return _json_spans(text), _blank_json
    if head == "<":
        return [(m.start(1), m.end(1), m.group(1)) for m in _ELEMENT.finditer(text)], _blank_all
    return _line_spans(text), _blank_cells


def _holds(said: str, values: Sequence[str]) -> bool:
    plain = _plain(said)
    return all(value in plain or escape(value) in plain or value.replace('"', '""') in plain for value in values)


# --- records ---------------------------------------------------------------------------------------------------------


def _line_spans(text: str) -> Iterator[tuple[int, int, str]]:
    """Rows of a list; a line break between quotes does not end one."""
    start, quoted = 0, False
    for place, mark in enumerate(text):
        if mark == '"':
            quoted = not quoted
        elif mark == "\n" and not quoted:
            yield start, place, text[start:place]
            start = place + 1
    yield start, len(text), text[start:]


def _json_spans(text: str) -> list[tuple[int, int, str]]:
    """Objects that stand in a list, without those inside them, and what they say."""
    found: list[tuple[int, int, str]] = []
    opened: list[tuple[str, int]] = []
    for token in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', text, re.DOTALL):
        mark = token.group()
        if mark in "[{":
            opened.append((mark, token.start()))
        elif mark in "]}" and opened:
            kind, start = opened.pop()
            if kind == "{" and mark == "}" and opened and opened[-1][0] == "[":
                found = [span for span in found if span[0] < start]
                found.append((start, token.end(), _said(text[start : token.end()])))
    return found


def _said(document: str) -> str:
    try:
        return " ".join(_scalars(json.loads(document)))
    except ValueError:
        return document


def _scalars(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _scalars(one)
    elif isinstance(value, list):
        for one in value:
            yield from _scalars(one)
    elif value is not None:
        yield str(value)


# --- blanks, of the same length so that every other record stays where it was ----------------------------------------


def _blank_cells(row: str) -> str:
    # Line breaks inside a cell go too: without its quotes they would make two rows of one.
    cells, end = row.removesuffix("\r"), "\r" if row.endswith("\r") else ""
    return re.sub(r"[^,;\t|]", "*", cells, flags=re.DOTALL) + end


def _blank_json(document: str) -> str:
    return "{}" + " " * (len(document) - 2)


def _blank_all(text: str) -> str:
    return " " * len(text)


# --- workbooks -------------------------------------------------------------------------------------------------------


def _without_in_workbook(body: bytes, records: Sequence[Sequence[str]], others: set[str]) -> bytes | None:
    values = {value for record in records for value in record if len(value) >= _TELLING and value not in others}
    out = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for entry in source.infolist():
                content = source.read(entry)
                if entry.filename.endswith(".xml"):
                    content = _without_cells(content.decode("utf-8"), values).encode()
                target.writestr(entry, content)
    except (zipfile.BadZipFile, UnicodeDecodeError, RuntimeError):
        return None
    return out.getvalue()


def _without_cells(xml: str, values: set[str]) -> str:
    told = {escape(value) for value in values}
    return re.sub(r">([^<>]+)<", lambda cell: ">*<" if _plain(cell.group(1)) in told else cell.group(), xml)
