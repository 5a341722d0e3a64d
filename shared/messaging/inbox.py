"""Handling what a queue brings: in batches, each message once, nothing lost.

One transaction per batch: ids seen before are dropped, the handlers of the rest run in order, everything commits at
once; only then is the batch acknowledged. If it fails, its messages are tried one by one, and what still fails goes to
the failed-message table, from where it is tried again with growing delay and at last parked: visible and replayable.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

import structlog
from greenlet import GreenletExit
from sqlalchemy import ARRAY, bindparam, cast, func, select
from sqlalchemy import Uuid as UUIDType
from sqlalchemy.dialects.postgresql import insert

from shared.contracts import envelope as envelopes
from shared.contracts import intake as intakes
from shared.contracts.capture import PersonErased
from shared.contracts.envelope import Envelope
from shared.contracts.errors import ContractViolation
from shared.contracts.privacy import ids_in, scrubbed
from shared.database import erasing
from shared.database.availability import database_is_away
from shared.database.plumbing import INBOX
from shared.database.unit_of_work import Cause, Transaction, UnitOfWork
from shared.messaging import failures
from shared.messaging.failures import RetryPolicy
from shared.messaging.reader import Received
from shared.metrics import MESSAGES_FAILED, MESSAGES_HANDLED, MESSAGES_REPEATED
from shared.room import RawInquiry, Room

log = structlog.get_logger()

#: Held by every batch, so that an erasure can wait for all that began before it (`erasing.run_alone`).
_HELD = select(func.pg_advisory_xact_lock_shared(erasing.LOCK)).subquery("held")
#: One statement for a batch of any size, so that it is compiled once. The ids come in order, and are inserted in it.
_CLAIM = (
    insert(INBOX)
    .from_select(["id"], select(func.unnest(cast(bindparam("ids"), ARRAY(UUIDType)))).select_from(_HELD))
    .on_conflict_do_nothing()
    .returning(INBOX.c.id)
)

#: A message that the broker handed out this often without an answer has been killing its process.
POISON_DELIVERIES = 20


@dataclass(frozen=True)
class Item:
    """One message, read: its id, its kind, and what its handler gets."""

    id: UUID
    type: str
    value: Any
    cause: Cause
    message: Received


class Hearing(Protocol):
    """How a room reads and handles the messages of one of its queues."""

    def read(self, message: Received) -> Item:
        """Raises ContractViolation when the message cannot be read."""

    def handle(self, tx: Transaction, items: Sequence[Item]) -> None:
        """Runs the use cases of a batch."""


@dataclass(frozen=True)
class EventHearing:
    """Events of other rooms."""

    room: Room

    def read(self, message: Received) -> Item:
        """Decodes the envelope; its data is checked when the handler looks at it."""
        envelope = envelopes.decode(message.body)
        cause = Cause(envelope.id, envelope.correlation_id, envelope.traceparent)
        return Item(envelope.id, f"{envelope.source}.{envelope.type}", envelope, cause, message)

    def handle(self, tx: Transaction, items: Sequence[Item]) -> None:
        """Loads what the batch needs, then runs each handler in order."""
        heard = self._without_the_erased(tx, [item for item in items if self._is_heard(item.value)])
        if self.room.preload is not None:
            self.room.preload(tx, [item.value for item in heard])
        for item in heard:
            with tx.caused_by(item.cause):
                self.room.hears[item.value.contract](tx, item.value)

    def _without_the_erased(self, tx: Transaction, items: Sequence[Item]) -> list[Item]:
        """The items without what would bring an erased person back; erasures come last."""
        named = {item.id: set(ids_in(item.value.raw)) for item in items}
        erasures = [item for item in items if item.value.contract is PersonErased]
        gone = erasing.buried(tx.session, set().union(*named.values())).union(*(named[item.id] for item in erasures))
        kept = [item for item in items if item not in erasures and not named[item.id] & gone]
        if self.room.keeps_a_journal:
            blank = [item for item in items if item not in erasures and named[item.id] & gone]
            kept += [replace(item, value=_blanked(item.value)) for item in blank]
        return [*kept, *erasures]

    def _is_heard(self, envelope: Envelope) -> bool:
        # A binding of an older release may still bring what this one no longer hears.
        return envelope.contract in self.room.hears


def _blanked(envelope: Envelope) -> Envelope:
    return replace(envelope, raw=scrubbed(envelope.contract, envelope.raw))


@dataclass(frozen=True)
class IntakeHearing:
    """Raw inquiries from the gateway."""

    room: Room

    def read(self, message: Received) -> Item:
        """Decodes the intake header; the body stays as it is."""
        header = message.headers.get(intakes.HEADER)
        if header is None:
            raise ContractViolation("Intake", {"header": [f"{intakes.HEADER} is missing"]})
        intake = intakes.decode_header(header)
        cause = Cause(intake.receipt_id, intake.receipt_id)
        return Item(intake.receipt_id, "intake", RawInquiry(intake, message.body), cause, message)

    def handle(self, tx: Transaction, items: Sequence[Item]) -> None:
        """Hands the batch over as a whole."""
        assert self.room.intake is not None
        self.room.intake(tx, [item.value for item in items])


def handle_batch(hearing: Hearing, uow: UnitOfWork, messages: Sequence[Received], policy: RetryPolicy) -> None:
    """Handles a batch so that it may be acknowledged when this returns.

    Raises only when the database is away (nothing was handled: try the same batch again) or the process is stopping.
    """
    readable = []
    for message in messages:
        try:
            if message.deliveries >= POISON_DELIVERIES:
                raise PoisonMessage(f"handed out {message.deliveries} times without an answer")
            readable.append(hearing.read(message))
        except (ContractViolation, PoisonMessage) as error:
            failures.park(uow, message, error)
            MESSAGES_FAILED.labels(queue=message.queue, fate="parked").inc()
    if waiting := failures.kept(uow, [item.id for item in readable]):
        # Handed out again before it was acknowledged: it has its own turn to come, and must not break this batch.
        readable = [item for item in readable if item.id not in waiting]
    if readable:
        _handle(hearing, uow, readable, policy)


class PoisonMessage(Exception):
    """The message kills the process that handles it; it is parked untouched."""


def _handle(hearing: Hearing, uow: UnitOfWork, items: Sequence[Item], policy: RetryPolicy) -> None:
    try:
        uow.apart(lambda: _attempt(hearing, uow, items))
    except GreenletExit:
        raise
    except BaseException as error:
        # BaseException: a Timeout or SystemExit that escapes a handler must not leave the message unanswered for ever.
        if database_is_away(error):
            raise
        if len(items) == 1:
            failures.record(uow, items[0].message, items[0].id, items[0].type, error, policy)
            return
        log.info("batch_split", queue=items[0].message.queue, size=len(items), error=type(error).__name__)
        for item in items:
            _handle(hearing, uow, [item], policy)
    else:
        MESSAGES_HANDLED.labels(queue=items[0].message.queue).inc(len(items))


def _attempt(hearing: Hearing, uow: UnitOfWork, items: Sequence[Item]) -> None:
    with uow.begin() as tx:
        handle_once(hearing, tx, items)


def handle_once(hearing: Hearing, tx: Transaction, items: Sequence[Item]) -> None:
    """Runs the handlers of those items that this database has not seen, inside `tx`."""
    first_of = {item.id: item for item in reversed(items)}
    # In the order of the ids, so that two replicas with the same messages cannot wait for each other.
    fresh = set(tx.session.scalars(_CLAIM, {"ids": sorted(first_of)}))
    if repeated := len(items) - len(fresh):
        MESSAGES_REPEATED.labels(queue=items[0].message.queue).inc(repeated)
    if fresh:
        hearing.handle(tx, [item for item in items if item.id in fresh and first_of[item.id] is item])


def seen(tx: Transaction, identity: UUID) -> bool:
    """Whether the effects of this message are in the database."""
    return tx.session.scalar(select(INBOX.c.id).where(INBOX.c.id == identity)) is not None
