"""Runs work whose time has come. Any number of replicas may: each row is taken by one."""

from datetime import datetime, timedelta
from uuid import UUID

import structlog
from greenlet import GreenletExit
from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from shared.database.availability import database_is_away
from shared.database.plumbing import DUE
from shared.database.unit_of_work import Cause, Transaction, UnitOfWork
from shared.ids import derived_id
from shared.messaging.failures import RetryPolicy, describe
from shared.metrics import DUE_RUN
from shared.room import DueItem, Room

log = structlog.get_logger()

_DUE = UUID("b0a5e1e4-3ad1-5d0a-9a55-6f2f4f1b7a02")


def run_due(room: Room, uow: UnitOfWork, policy: RetryPolicy, limit: int = 200) -> int:
    """Runs up to `limit` items in one transaction; if that fails, each in its own. Returns how many were taken.

    An item that fails is tried again with growing delay and then parked. Raises only when the database is away or the
    process is stopping.
    """
    taken: list[DueItem] = []
    try:
        uow.apart(lambda: _attempt(room, uow, limit, taken))
        return len(taken)
    except GreenletExit:
        raise
    except BaseException as error:
        if database_is_away(error) or not taken:
            raise
    for item in taken:
        _run_alone(room, uow, item, policy)
    return len(taken)


def _attempt(room: Room, uow: UnitOfWork, limit: int, taken: list[DueItem]) -> None:
    with uow.begin() as tx:
        taken += _take(tx, limit)
        _run(room, tx, taken)


def _take(tx: Transaction, limit: int) -> list[DueItem]:
    rows = tx.session.execute(
        select(DUE)
        .where(DUE.c.state == "waiting", DUE.c.due_at <= tx.now)
        .order_by(DUE.c.due_at, DUE.c.key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    items = [DueItem(row.kind, row.key, row.due_at, row.data) for row in rows]
    if items:
        # Removed before the handlers run, so that one that schedules the same work again wins.
        keys = [(item.kind, item.key) for item in items]
        tx.session.execute(delete(DUE).where(tuple_(DUE.c.kind, DUE.c.key).in_(keys)))
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
    except BaseException as error:
        if database_is_away(error):
            raise
        _postpone(uow, item, error, policy)


def _attempt_alone(room: Room, uow: UnitOfWork, item: DueItem) -> None:
    with uow.begin() as tx:
        locked = tx.session.execute(
            select(DUE.c.key)
            .where(DUE.c.kind == item.kind, DUE.c.key == item.key, DUE.c.due_at == item.due_at)
            .with_for_update(skip_locked=True)
        ).first()
        if locked is not None:
            tx.session.execute(delete(DUE).where(DUE.c.kind == item.kind, DUE.c.key == item.key))
            _run(room, tx, [item])


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
