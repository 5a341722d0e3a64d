"""Lists: trade shows, purchased addresses, cards keyed by a bureau, exports of platforms. Each row is an inquiry.

CSV, TSV and XLSX are told apart by their content, whatever the file is called.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import overload
from uuid import UUID

from services.capture.domain.mapping import filed, target_of
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import delimited, workbook
from shared.contracts.intake import Intake
from shared.mail.encoding import declared_charset, decoded

#: Rows in one file.
MOST = 200_000
#: Titles and empty lines that may stand above the header.
_ROWS_ABOVE_HEADER = 10
#: What a formula leaves behind where it failed.
_FORMULA_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}
#: Lists are read on in parts: longer ones than this are not parsed again for each.
_LONG = 500

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Table:
    """Rows below one header."""

    #: The sender's name of each column, and what it means to us.
    names: Sequence[str]
    targets: Sequence[str]
    #: With their number below the header; of a further sheet, below all rows before.
    rows: Sequence[Row]


def read(body: bytes, intake: Intake, source: Source) -> Sequence[Submission]:
    """The rows of a list, numbered from 1 below the header; empty ones are left out. Raises Unreadable."""
    known = _LAST.get(intake.receipt_id)
    if known is not None and known.source is source:
        return known
    found = Rows(_tables(body, intake, source), hashlib.sha256(body).hexdigest(), source, intake.query)
    if not found:
        raise Unreadable("empty", "the list has a header and no rows")
    if len(found) > MOST:
        raise Unreadable("too_many", f"{len(found)} rows in one file; {MOST} are read at most")
    if len(found) > _LONG:
        _LAST.clear()
        _LAST[intake.receipt_id] = found
    return found


class Rows(Sequence[Submission]):
    """The rows of a list, each mapped when it is asked for."""

    def __init__(self, tables: Sequence[Table], file: str, source: Source, query: Mapping[str, str]) -> None:
        self.source = source
        self._file, self._query = file, query
        self._rows = [(table, row) for table in tables for row in table.rows]
        self._again = _repeated_badges(tables)

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Submission: ...

    @overload
    def __getitem__(self, place: slice) -> list[Submission]: ...

    def __getitem__(self, place: int | slice) -> Submission | list[Submission]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        table, (number, cells) = self._rows[place]
        said = filed(_filed(table, cells), row=number, beside=self._query)
        return said if said.provider_key else replace(said, provider_key=self._key(said))

    def _key(self, said: Submission) -> str:
        """A badge of a show outlives a corrected file, and so does each of its scans; a row's place does not."""
        badge = said.attribution.get("badge_id")
        if not badge:
            return f"file:{self._file}#{said.row}"
        scan = said.attribution.get("submitted_at", ""), said.attribution.get("submitted_time", "")
        again = self._again.get(said.row, "")
        return f"badge:{said.campaign or self.source.campaign or ''}:{badge}:{' '.join(scan).strip()}{again}"


def _repeated_badges(tables: Sequence[Table]) -> dict[int, str]:
    """Rows whose badge and time stood in an earlier row: another rep's note on the same visitor is not to be lost."""
    counts: Counter[tuple[str, ...]] = Counter()
    again: dict[int, str] = {}
    for table in tables:
        places = [place for place, target in enumerate(table.targets) if target in _SCAN]
        if "attribution.badge_id" not in table.targets:
            continue
        for number, cells in table.rows:
            scan = tuple(cells[place].strip() for place in places if place < len(cells))
            counts[scan] += 1
            if counts[scan] > 1:
                again[number] = f"#{counts[scan]}"
    return again


_SCAN = {"attribution.badge_id", "attribution.submitted_at", "attribution.submitted_time"}


#: The list that is being read on, by its receipt: parsing it again for each part would take longer than all the rest.
_LAST: dict[UUID, Rows] = {}


def _tables(body: bytes, intake: Intake, source: Source) -> list[Table]:
    if workbook.looks_like_one(body):
        sheets = workbook.sheets(body)
    else:
        text = decoded(body, declared_charset(intake.content_type)).replace("\0", "")
        sheets = [delimited.rows(text)] if text.strip() else []
    if not any(any(map(str.strip, row)) for sheet in sheets for row in sheet):
        raise Unreadable("empty", "the file is empty")
    tables: list[Table] = []
    for sheet in sheets:
        place = _header_place(sheet, source)
        if place is not None:
            above = tables[-1].rows[-1][0] if tables and tables[-1].rows else 0
            tables.append(_table(sheet, place, above, source))
    if not tables:
        raise Unreadable("no_header", "no row of the first ten names a person's fields, such as Email or Last Name")
    return tables


def _header_place(rows: Sequence[Sequence[str]], source: Source) -> int | None:
    """The row with the most names that say something of a person; None when there is none."""
    known = [
        sum(target_of(name, source).startswith("person.") for name in row if name.strip())
        for row in rows[:_ROWS_ABOVE_HEADER]
    ]
    best = max(known, default=0)
    return known.index(best) if best else None


def _table(sheet: Sequence[list[str]], place: int, above: int, source: Source) -> Table:
    header = sheet[place]
    names = _column_names(header)
    found = [
        (number, row)
        for number, row in enumerate(sheet[place + 1 :], above + 1)
        # Lists that were put together from several have the header of each.
        if row != header and any(cell.strip() and cell not in _FORMULA_ERRORS for cell in row)
    ]
    return Table(names, [target_of(name, source) for name in names], found)


def _column_names(header: Sequence[str]) -> list[str]:
    """The column names; the second of a name gets its number, an empty one its place."""
    names: list[str] = []
    for place, cell in enumerate(header, 1):
        name = " ".join(cell.split()) or f"column {place}"
        names.append(name if name not in names else f"{name} {place}")
    return names


def _filed(table: Table, cells: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    names, targets = table.names, table.targets
    for place, cell in enumerate(cells):
        if not cell or (cell[0] == "#" and cell in _FORMULA_ERRORS):
            continue
        if place < len(names):
            yield targets[place], names[place], cell
        else:
            yield "extra", f"column {place + 1}", cell
