"""Lists: trade shows, purchased addresses, cards keyed by a bureau. Each row is an inquiry of its own."""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal, overload

from services.capture.domain.mapping import submission, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources.encoding import declared_charset, decoded
from shared.contracts.intake import Intake

#: Rows in one file.
MOST = 200_000
#: Titles and empty lines that may stand above the header.
_ROWS_ABOVE_HEADER = 10
_DELIMITERS = ",;\t|"
#: A cell of this many lines is no note: a quote was opened and never closed.
_MOST_LINES_IN_A_CELL = 200

# A cell may be as long as a body may be; the module's own limit would refuse the whole file for one of them.
csv.field_size_limit(64 * 1024 * 1024)


def read(body: bytes, intake: Intake, source: Source) -> Sequence[Submission]:
    """The rows of a list, numbered from 1 below the header; empty ones are left out. Raises Unreadable."""
    text = decoded(body, declared_charset(intake.content_type)).replace("\0", "")
    if not text.strip():
        raise Unreadable("empty", "the file is empty")
    rows = _rows(text)
    place = _header_place(rows, source)
    names = _column_names(rows[place])
    found = [(number, row) for number, row in enumerate(rows[place + 1 :], 1) if any(cell.strip() for cell in row)]
    if not found:
        raise Unreadable("empty", "the list has a header and no rows")
    if len(found) > MOST:
        raise Unreadable("too_many", f"{len(found)} rows in one file; {MOST} are read at most")
    return Rows(found, names, hashlib.sha256(body).hexdigest(), source, intake.query)


class Rows(Sequence[Submission]):
    """The rows of a list, each mapped when it is asked for: a long list is read on in parts."""

    def __init__(
        self,
        rows: list[tuple[int, list[str]]],
        names: list[str],
        file: str,
        source: Source,
        query: Mapping[str, str],
    ) -> None:
        self._rows, self._names, self._file, self._source, self._query = rows, names, file, source, query

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Submission: ...

    @overload
    def __getitem__(self, place: slice) -> list[Submission]: ...

    def __getitem__(self, place: int | slice) -> Submission | list[Submission]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        number, row = self._rows[place]
        said = submission(_cells(self._names, row), self._source, row=number, beside=self._query)
        # A badge number, where the mapping names it as the key, outlives a corrected file; the row's place does not.
        return said if said.provider_key else replace(said, provider_key=f"file:{self._file}#{number}")


def _rows(text: str) -> list[list[str]]:
    head = text.lstrip()[:20_000]
    if head.lower().startswith("sep=") and len(head) > 4:
        # Excel's own hint of the delimiter.
        delimiter, text = head[4], text.lstrip().partition("\n")[2]
    else:
        delimiter = max(_DELIMITERS, key=lambda mark: _widest(head, mark))
    rows = _parsed(text, delimiter, csv.QUOTE_MINIMAL)
    if any(cell.count("\n") > _MOST_LINES_IN_A_CELL for row in rows for cell in row):
        rows = _parsed(text, delimiter, csv.QUOTE_NONE)
    return rows


def _parsed(text: str, delimiter: str, quoting: Literal[0, 3]) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting))
    except csv.Error as error:
        raise Unreadable("unreadable", f"not a list: {error}") from error


def _widest(head: str, delimiter: str) -> int:
    try:
        rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
    except csv.Error:
        return 0
    return max((len(row) for row in rows[:_ROWS_ABOVE_HEADER]), default=0)


def _header_place(rows: Sequence[Sequence[str]], source: Source) -> int:
    """The row with the most names that say something of a person."""
    known = [
        sum(target_of(name, source).startswith("person.") for name in row if name.strip())
        for row in rows[:_ROWS_ABOVE_HEADER]
    ]
    best = max(known, default=0)
    if best == 0:
        raise Unreadable("no_header", "no row of the first ten names a person's fields, such as Email or Last Name")
    return known.index(best)


def _column_names(header: Sequence[str]) -> list[str]:
    """The column names; the second of a name gets its number, an empty one its place."""
    names: list[str] = []
    for place, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"column {place}"
        names.append(name if name not in names else f"{name} {place}")
    return names


def _cells(names: Sequence[str], row: Sequence[str]) -> Iterator[tuple[str, str]]:
    for place, cell in enumerate(row):
        yield names[place] if place < len(names) else f"column {place + 1}", cell
