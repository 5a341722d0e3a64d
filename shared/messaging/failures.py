"""Messages whose handler failed: when they are tried again, when they are parked, how they are replayed."""

import random
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from shared.contracts.errors import ContractViolation
from shared.database.arrays import one_of
from shared.database.plumbing import FAILED_MESSAGE
from shared.database.unit_of_work import UnitOfWork
from shared.ids import derived_id
from shared.messaging.reader import Received
from shared.metrics import MESSAGES_FAILED

log = structlog.get_logger()

#: Longest error text kept.
ERROR_LENGTH = 4000
_UNREADABLE = UUID("0f0c6d5c-3d86-5a55-9df1-5b8f6f9f3f10")


@dataclass(frozen=True)
class RetryPolicy:
    """Seconds to wait before each further try. After the last one the message is parked."""

    waits: tuple[float, ...] = (5, 30, 120, 600, 3600, 21600)
    jitter: float = 0.2

    def next_wait(self, attempts: int) -> float | None:
        """Seconds until the next try after `attempts` failed ones; None when it is to be parked."""
        if attempts > len(self.waits):
            return None
        return self.waits[attempts - 1] * (1 + self.jitter * random.random())


def record(
    uow: UnitOfWork, message: Received, identity: UUID, kind: str, error: BaseException, policy: RetryPolicy
) -> None:
    """Keeps a failed message for its next try, or parks it. The message may be acknowledged afterwards."""
    with uow.begin() as tx:
        attempts = 1 + (
            tx.session.scalar(
                select(FAILED_MESSAGE.c.attempts).where(FAILED_MESSAGE.c.id == identity).with_for_update()
            )
            or 0
        )
        permanent = isinstance(error, ContractViolation)
        wait = None if permanent else policy.next_wait(attempts)
        _store(tx.session, message, identity, kind, error, attempts, wait, tx.now)
    fate = "parked" if wait is None else "waiting"
    MESSAGES_FAILED.labels(queue=message.queue, fate=fate).inc()
    log.warning(
        "message_failed",
        queue=message.queue,
        message_id=str(identity),
        type=kind,
        attempts=attempts,
        fate=fate,
        error=type(error).__name__,
    )


def kept(uow: UnitOfWork, identities: Sequence[UUID]) -> set[UUID]:
    """Which of these messages have failed before and are waiting or parked here."""
    with uow.sessions() as session:
        # Asked for every batch: one round trip instead of three.
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        return set(session.scalars(select(FAILED_MESSAGE.c.id).where(one_of(FAILED_MESSAGE.c.id, identities))))


def park(uow: UnitOfWork, message: Received, error: Exception) -> None:
    """Keeps a message that cannot be read, byte for byte."""
    identity = derived_id(_UNREADABLE, message.queue, message.message_id, message.body.hex())
    with uow.begin() as tx:
        _store(tx.session, message, identity, "unreadable", error, 1, None, tx.now)
    log.warning("message_parked", queue=message.queue, message_id=message.message_id, error=type(error).__name__)


def _store(
    session: Session,
    message: Received,
    identity: UUID,
    kind: str,
    error: BaseException,
    attempts: int,
    wait: float | None,
    now: datetime,
) -> None:
    row = {
        "id": identity,
        "queue": message.queue,
        "type": kind,
        "body": message.body,
        "headers": {"content_type": message.content_type, **text_headers(message.headers)},
        "state": "parked" if wait is None else "waiting",
        "attempts": attempts,
        "error": describe(error),
        "first_failed_at": now,
        "next_attempt_at": now + timedelta(seconds=wait or 0),
    }
    statement = insert(FAILED_MESSAGE).values(row)
    kept = ("state", "attempts", "error", "next_attempt_at")
    session.execute(
        statement.on_conflict_do_update(index_elements=["id"], set_={name: statement.excluded[name] for name in kept})
    )


def text_headers(headers: Mapping[str, object]) -> dict[str, str]:
    """Headers as text that JSONB can hold."""
    return {str(name): str(value).replace("\x00", "") for name, value in headers.items()}


def describe(error: BaseException) -> str:
    """Class, message and the place where it was raised; without NUL, which PostgreSQL refuses.

    A database error is told without its parameters, which would be the person's data.
    """
    if hasattr(error, "hide_parameters"):
        error.hide_parameters = True
    place = traceback.extract_tb(error.__traceback__)[-1:] if error.__traceback__ else []
    where = f" at {place[0].filename.rsplit('/', 2)[-1]}:{place[0].lineno}" if place else ""
    return f"{type(error).__name__}: {error}{where}".replace("\x00", "")[:ERROR_LENGTH]


def take_waiting(session: Session, now: datetime, limit: int) -> list[Received]:
    """Locks messages whose next try has come, for the caller's transaction, as they were received."""
    rows = session.execute(
        select(FAILED_MESSAGE)
        .where(FAILED_MESSAGE.c.state == "waiting", FAILED_MESSAGE.c.next_attempt_at <= now)
        .order_by(FAILED_MESSAGE.c.next_attempt_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [
        Received(row.queue, str(row.id), bytes(row.body), row.headers, row.headers.get("content_type", ""), 0, 0)
        for row in rows
    ]


def forget(session: Session, identity: UUID) -> None:
    """Removes a message that was handled at last."""
    session.execute(delete(FAILED_MESSAGE).where(FAILED_MESSAGE.c.id == identity))


def replay(session: Session, now: datetime, identities: list[UUID] | None = None) -> int:
    """Has parked messages (all, or these) tried again from the start. Returns how many."""
    statement = update(FAILED_MESSAGE).where(FAILED_MESSAGE.c.state == "parked")
    if identities is not None:
        statement = statement.where(FAILED_MESSAGE.c.id.in_(identities))
    changed = session.execute(statement.values(state="waiting", attempts=0, next_attempt_at=now))
    return int(changed.rowcount)  # type: ignore[attr-defined]


def counts(session: Session) -> dict[str, int]:
    """Failed messages by state."""
    rows = session.execute(select(FAILED_MESSAGE.c.state, func.count()).group_by(FAILED_MESSAGE.c.state))
    return dict(rows.all())
