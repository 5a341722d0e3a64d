"""Runs a back-test over the stored history: a process per processor, each reading its own part of the leads.

It reads and nothing else: short read-only transactions, one per part, through server-side cursors. It takes no row
lock, holds no snapshot for longer than a part takes, and gives way to everything else on the machine.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Connection, Engine, create_engine, func, select

from services.qualify import memory
from services.qualify.company import read_rules
from services.qualify.domain.backtest import Lead, Span, Tally, tally
from services.qualify.domain.rules import Rules
from services.qualify.models import LeadOwner, Person, Profile

#: Leads in one part at most, about; and rows that a worker holds at a time.
PART_LEADS = 4000
ROWS_AT_ONCE = 500
#: How far workers step back behind whatever else wants the processor.
NICENESS = 10
#: A lock is never waited for: a back-test that meets one is broken off rather than queued before somebody.
OPTIONS = "-c default_transaction_read_only=on -c lock_timeout=1000 -c idle_in_transaction_session_timeout=60000"

#: All ids from the first to just before the second; None: to the end.
Part = tuple[UUID, UUID | None]
#: Called with the leads that were read since the last call.
Progress = Callable[[int], None]
#: What history needs of a profile; the facts shown with a score are the largest part of a row, and not among it.
_COLUMNS = [column for column in Profile.__table__.columns if column.name not in ("facts", "digest")]


@dataclass(frozen=True)
class Test:
    """What is tested on what."""

    url: str
    live: str
    draft: str
    span: Span


def run(test: Test, *, workers: int | None = None, progress: Progress = lambda read: None) -> Tally:
    """Judges every lead by both texts. Raises CompanyError when one of them cannot be used."""
    read_rules(test.live.encode()), read_rules(test.draft.encode())
    workers = workers or os.cpu_count() or 1
    found = Tally()
    # Not forked: a child must share neither connections nor threads with whoever calls.
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (test,)) as pool:
        waiting = [pool.submit(_tally_part, part) for part in parts(count(test.url))]
        for future in as_completed(waiting):
            read, counted = future.result()
            found.add(counted)
            progress(read)
    return found


def count(url: str) -> int:
    """How many leads there are."""
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(Profile)) or 0
    finally:
        engine.dispose()


def parts(leads: int) -> list[Part]:
    """Ranges of ids that together hold every lead once. Lead ids are derived and so spread evenly."""
    number = max(1, min(1024, -(-leads // PART_LEADS)))
    bounds = [UUID(int=(place << 128) // number) for place in range(number)]
    return [(first, after) for first, after in zip(bounds, [*bounds[1:], None], strict=True)]


def leads_in(connection: Connection, part: Part) -> Iterator[Lead]:
    """The leads of a part, as they come from the database."""
    first, after = part
    query = (
        select(*_COLUMNS, Person.updates, LeadOwner.sales_owner_id)
        .outerjoin(Person, Person.person_id == Profile.person_id)
        .outerjoin(LeadOwner, LeadOwner.lead_id == Profile.lead_id)
        .where(Profile.lead_id >= first)
    )
    if after is not None:
        query = query.where(Profile.lead_id < after)
    rows = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE).execute(query)
    for row in rows:
        person = cast(Any, SimpleNamespace(updates=row.updates)) if row.updates else None
        yield Lead(row.lead_id, memory.history_of(cast(Any, row), person), row.sales_owner_id)


# --- in a worker -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Worker:
    engine: Engine
    live: Rules
    draft: Rules
    span: Span


_worker: _Worker


def _begin(test: Test) -> None:
    global _worker
    os.nice(NICENESS)
    live, draft = read_rules(test.live.encode()), read_rules(test.draft.encode())
    _worker = _Worker(_engine(test.url), live, draft, test.span)


def _tally_part(part: Part) -> tuple[int, Tally]:
    read = 0

    def counted(leads: Iterator[Lead]) -> Iterator[Lead]:
        nonlocal read
        for lead in leads:
            read += 1
            yield lead

    with _worker.engine.connect() as connection:
        found = tally(counted(leads_in(connection, part)), _worker.live, _worker.draft, _worker.span)
    return read, found


def _engine(url: str) -> Engine:
    connect = {"application_name": "leadbus-backtest", "options": OPTIONS, "connect_timeout": 10}
    return create_engine(url, pool_size=1, max_overflow=0, json_deserializer=orjson.loads, connect_args=connect)
