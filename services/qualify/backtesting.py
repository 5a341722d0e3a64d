"""Runs a back-test over the stored history: a process per processor, each reading its own part of the leads.

It reads and nothing else: short read-only transactions, one per part, through server-side cursors. It takes no row
lock, holds no snapshot for longer than a part takes, and gives way to everything else on the machine.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID

import orjson
from sqlalchemy import Connection, Engine, create_engine, func, select
from sqlalchemy.orm import Session

from services.qualify import memory
from services.qualify.company import read_rules
from services.qualify.domain.backtest import Lead, Span, Tally, Trial, tally
from services.qualify.domain.predicting import Predictor
from services.qualify.models import Activity, LeadOwner, Person, Profile
from services.qualify.prediction.live import Models
from services.qualify.usecases.recalling import together
from shared.database.erasing import among

#: Leads in one part at most, about; and rows that a worker holds at a time.
PART_LEADS = 4000
ROWS_AT_ONCE = 500
#: How far workers step back behind whatever else wants the processor.
NICENESS = 10
#: A lock is never waited for: a back-test that meets one is broken off rather than queued before somebody.
OPTIONS = "-c default_transaction_read_only=on -c lock_timeout=1000 -c idle_in_transaction_session_timeout=60000"

#: All ids from the first to just before the second; None: to the end.
Part = tuple[UUID, UUID | None]
#: What a part counts to, and how many leads were read for it.
Tallied = tuple[int, Tally]
#: Called with the leads that were read since the last call, and how many there are in all.
Progress = Callable[[int, int], None]
#: What history needs of a profile; the facts shown with a score are the largest part of a row, and not among it.
_COLUMNS = [column for column in Profile.__table__.columns if column.name not in ("facts", "digest")]


@dataclass(frozen=True)
class Test:
    """What is tested on what."""

    url: str
    live: str
    draft: str
    span: Span


def run(test: Test, *, workers: int | None = None, progress: Progress = lambda read, total: None) -> Tally:
    """Judges every lead by both texts. Raises CompanyError when one of them cannot be used."""
    worker = _Worker.of(test)
    workers = workers or os.cpu_count() or 1
    found, leads = Tally(), worker.count()
    with _pool(test, worker, workers) as tallied:
        for read, counted in tallied(parts(leads)):
            found.add(counted)
            progress(read, leads)
    return found


@contextmanager
def _pool(test: Test, alone: "_Worker", workers: int) -> Iterator[Callable[[list[Part]], Iterator[Tallied]]]:
    """Hands parts to workers, and out what they counted, as it comes; to this process where there is to be but one."""
    if workers == 1:
        yield lambda asked: map(alone.tally_part, asked)
        return
    # Not forked: a child must share neither connections nor threads with whoever calls.
    with ProcessPoolExecutor(workers, get_context("spawn"), _begin, (test,)) as pool:
        yield lambda asked: (each.result() for each in as_completed([pool.submit(_tally_part, one) for one in asked]))


def parts(leads: int) -> list[Part]:
    """Ranges of ids that together hold every lead once. Lead ids are derived and so spread evenly."""
    number = max(1, min(1024, -(-leads // PART_LEADS)))
    bounds = [UUID(int=(place << 128) // number) for place in range(number)]
    return [(first, after) for first, after in zip(bounds, [*bounds[1:], None], strict=True)]


def leads_in(connection: Connection, part: Part) -> Iterator[Lead]:
    """The leads of a part, as they come from the database."""
    first, after = part
    query = (
        select(*_COLUMNS, Person.updates, Person.absorbed, LeadOwner.sales_owner_id)
        .outerjoin(Person, Person.person_id == Profile.person_id)
        .outerjoin(LeadOwner, LeadOwner.lead_id == Profile.lead_id)
        .where(Profile.lead_id >= first)
    )
    if after is not None:
        query = query.where(Profile.lead_id < after)
    rows = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE).execute(query)
    for some in rows.partitions():
        families = _families(connection, {row.person_id for row in some if row.absorbed})
        persons = {row.person_id for row in some if row.person_id}
        done = _activities(connection, persons.union(*families.values()))
        for row in some:
            person = cast(Any, SimpleNamespace(updates=row.updates)) if row.updates else None
            family = families.get(row.person_id, [row.person_id])
            own = done.get(row.person_id, []) if len(family) == 1 else together(done.get(one, ()) for one in family)
            yield Lead(row.lead_id, memory.history_of(cast(Any, row), person, own), row.sales_owner_id)


def _families(connection: Connection, persons: set[UUID]) -> dict[UUID, list[UUID]]:
    """With each of these, who became part of them, and of those in turn."""
    families = {person_id: [person_id] for person_id in persons}
    absorbed: dict[UUID, list[UUID]] = {}
    wanted = persons
    while wanted:
        absorbed |= {one: [] for one in wanted}
        query = select(Person.person_id, Person.absorbed).where(among(Person.person_id, wanted))
        absorbed |= {row.person_id: row.absorbed for row in connection.execute(query)}
        wanted = {one for those in absorbed.values() for one in those} - absorbed.keys()
    for family in families.values():
        for one in family:
            family += [part for part in absorbed.get(one, []) if part not in family]
    return families


def _activities(connection: Connection, persons: set[UUID]) -> dict[UUID, list[Any]]:
    """What these persons did."""
    found: dict[UUID, list[Any]] = {}
    for row in connection.execute(select(Activity.__table__).where(among(Activity.person_id, persons))):
        found.setdefault(row.person_id, []).append(row)
    return found


# --- in a worker -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Worker:
    """What a process needs to count parts."""

    engine: Engine
    trial: Trial

    @classmethod
    def of(cls, test: Test) -> "_Worker":
        """Raises CompanyError when one of the texts cannot be used."""
        live, draft, engine = read_rules(test.live.encode()), read_rules(test.draft.encode()), engine_of(test.url)
        predicted = any("predicted" in each.names for each in (*live.conditions, *draft.conditions))
        return cls(engine, Trial(live, draft, test.span, _predictor(engine) if predicted else None))

    def count(self) -> int:
        """How many leads there are."""
        with self.engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(Profile)) or 0

    def tally_part(self, part: Part) -> Tallied:
        """What a part counts to, and how many leads were read for it."""
        read = 0

        def counted(leads: Iterator[Lead]) -> Iterator[Lead]:
            nonlocal read
            for lead in leads:
                read += 1
                yield lead

        with self.engine.connect() as connection:
            found = tally(counted(leads_in(connection, part)), self.trial)
        return read, found


def _predictor(engine: Engine) -> Predictor | None:
    """The model that predicts now, where there is one."""
    with Session(engine) as session:
        return Models().at_work(session)


_worker: _Worker


def _begin(test: Test) -> None:
    global _worker
    os.nice(NICENESS)
    _worker = _Worker.of(test)


def _tally_part(part: Part) -> Tallied:
    return _worker.tally_part(part)


def engine_of(url: str) -> Engine:
    """Reads, and nothing else."""
    connect = {"application_name": "leadbus-backtest", "options": OPTIONS, "connect_timeout": 10}
    return create_engine(url, pool_size=1, max_overflow=0, json_deserializer=orjson.loads, connect_args=connect)
