"""Runs work whose time has come. Any number of replicas may: each row is taken by one."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from greenlet import GreenletExit
from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.orm import Session

from shared.database.availability import database_is_away
from shared.database.plumbing import DUE, WRITTEN_BY
from shared.database.unit_of_work import Cause, Overtaken, Transaction, UnitOfWork
from shared.ids import derived_id
from shared.messaging.failures import RetryPolicy, describe
from shared.metrics import DUE_RUN
from shared.room import DueItem, Room

log = structlog.get_logger()

_DUE = UUID("b0a5e1e4-3ad1-5d0a-9a55-6f2f4f1b7a02")


def run_due(room: Room, uow: UnitOfWork, policy: RetryPolicy, limit: int = 200) -> int:
    """Runs up to `limit` items in one transaction, then one of those that take long. Returns how many were taken.

    If a transaction of several fails, each has its own.

    An item that fails is tried again with growing delay and then parked; one that is moved or dropped while it runs
    leaves no trace of its run. Raises only when the database is away or the process is stopping.
    """
    ran = _run_some(room, uow, policy, limit, alone=False)
    return ran + _run_some(room, uow, policy, 1, alone=True) if room.due_alone else ran


def _run_some(room: Room, uow: UnitOfWork, policy: RetryPolicy, limit: int, *, alone: bool) -> int:
    taken: list[DueItem] = []
    try:
        uow.apart(lambda: _attempt(room, uow, limit, alone, taken))
        return len(taken)
    except GreenletExit:
        raise
    except BaseException as error:
        if database_is_away(error) or not taken:
            raise
    for item in taken:
        _run_alone(room, uow, item, policy)
    return len(taken)


def _attempt(room: Room, uow: UnitOfWork, limit: int, alone: bool, taken: list[DueItem]) -> None:
    with uow.begin() as tx:
        taken += _take(tx, limit, room.due_alone, alone)
        _run(room, tx, taken)


# Not the rows are locked while their work is done, but a mark of each: whoever holds a person or a lead may move its
# work without waiting for us, who may be waiting for that person or lead. Rows that others do are passed over.
_MARK = text(
    """
    SELECT kind, key FROM (
        SELECT kind, key FROM due
        WHERE state = 'waiting' AND due_at <= :now AND (kind = ANY(CAST(:long AS text[]))) = :alone
        ORDER BY due_at, key LIMIT :looked_at
    ) AS waiting
    WHERE pg_try_advisory_xact_lock(hashtextextended(kind || '/' || key, :mark)) LIMIT :limit
    """
)
_MARK_OF_DUE = 0x6C62_6475_65
#: So many rows that others are doing are passed over.
_PASSED_OVER = 1_000


def _take(tx: Transaction, limit: int, long: Collection[str], alone: bool) -> list[DueItem]:
    wanted = {
        "now": tx.now,
        "mark": _MARK_OF_DUE,
        "limit": limit,
        "looked_at": limit + _PASSED_OVER,
        "long": sorted(long),
        "alone": alone,
    }
    marked = [(row.kind, row.key) for row in tx.session.execute(_MARK, wanted)]
    return _marked(tx, marked) if marked else []


def _marked(tx: Transaction, keys: list[tuple[str, str]]) -> list[DueItem]:
    """The work of these marks, as it stands now that they are ours: it may have been done while we asked."""
    rows = tx.session.execute(
        select(DUE, WRITTEN_BY)
        .where(tuple_(DUE.c.kind, DUE.c.key).in_(keys), DUE.c.state == "waiting", DUE.c.due_at <= tx.now)
        .order_by(DUE.c.due_at, DUE.c.key)
    )
    items = []
    for row in rows:
        items.append(DueItem(row.kind, row.key, row.due_at, row.data))
        tx.finish(row.kind, row.key, row.written_by)
    return items


def _run(room: Room, tx: Transaction, items: list[DueItem]) -> None:
    if room.due_preload is not None and items:
        room.due_preload(tx, items)
    for item in items:
        identity = derived_id(_DUE, room.name, item.kind, item.key, item.due_at.isoformat())
        with tx.caused_by(Cause(identity, identity)):
            room.due[item.kind](tx, item)
        DUE_RUN.labels(kind=item.kind).inc()


def _run_alone(room: Room, uow: UnitOfWork, item: DueItem, policy: RetryPolicy) -> None:
    try:
        uow.apart(lambda: _attempt_alone(room, uow, item))
    except GreenletExit:
        raise
    except Overtaken:
        return
    except BaseException as error:
        if database_is_away(error):
            raise
        _postpone(uow, item, error, policy)


def _attempt_alone(room: Room, uow: UnitOfWork, item: DueItem) -> None:
    with uow.begin() as tx:
        mark = func.pg_try_advisory_xact_lock(func.hashtextextended(f"{item.kind}/{item.key}", _MARK_OF_DUE))
        if tx.session.scalar(select(mark)):
            _run(room, tx, [same for same in _marked(tx, [(item.kind, item.key)]) if same.due_at == item.due_at])


def _postpone(uow: UnitOfWork, item: DueItem, error: BaseException, policy: RetryPolicy) -> None:
    with uow.begin() as tx:
        where = (DUE.c.kind == item.kind, DUE.c.key == item.key, DUE.c.due_at == item.due_at)
        attempts = 1 + (tx.session.scalar(select(DUE.c.attempts).where(*where).with_for_update()) or 0)
        wait = policy.next_wait(attempts)
        tx.session.execute(
            update(DUE)
            .where(*where)
            .values(
                attempts=attempts,
                error=describe(error),
                state="parked" if wait is None else "waiting",
                due_at=tx.now + timedelta(seconds=wait or 0),
            )
        )
    log.warning(
        "due_failed", kind=item.kind, key=item.key, attempts=attempts, parked=wait is None, error=type(error).__name__
    )


def replay(session: Session, now: datetime, keys: list[str] | None = None) -> int:
    """Has parked work (all, or these keys) tried again from the start. Returns how many."""
    statement = update(DUE).where(DUE.c.state == "parked")
    if keys is not None:
        statement = statement.where(DUE.c.key.in_(keys))
    changed = session.execute(statement.values(state="waiting", attempts=0, due_at=now))
    return int(changed.rowcount)  # type: ignore[attr-defined]
