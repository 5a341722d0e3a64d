"""Acts on the outside world, each at most once under its key.

claim (committed) -> act (no transaction) -> settle (committed). A process that dies in between leaves a claim; once
its lease is over nobody can know whether the act happened, and it becomes `unknown`: performed again only where the
far side drops a second one by its key, else listed for a person to resolve.
"""

import os
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from greenlet import GreenletExit
from sqlalchemy import func, select, update

from shared.contracts.privacy import ERASED
from shared.database.plumbing import EFFECT
from shared.database.unit_of_work import Cause, Transaction, UnitOfWork
from shared.ids import derived_id
from shared.metrics import EFFECTS_SETTLED
from shared.room import Attempt, Done, GiveUp, Outcome, Performer, Planned, Room, Settled, TryAgain

log = structlog.get_logger()

_EFFECTS = UUID("9e2f3a68-7b8f-5d7e-8a36-0f6f8b9f2c03")


@dataclass(frozen=True)
class Claimed:
    """An effect that this process alone may perform until its lease ends."""

    kind: str
    key: str
    payload: Mapping[str, Any]
    attempts: int
    claim: UUID


@dataclass(frozen=True)
class Unsure:
    """The act raised: it may have happened."""

    reason: str


def claim_planned(uow: UnitOfWork, room: Room, limit: int, kind: str | None = None) -> list[Claimed]:
    """Claims planned effects (of one kind, or any) whose time has come."""
    kinds = list(room.effects) if kind is None else [kind]
    with uow.begin() as tx:
        rows = tx.session.execute(
            select(EFFECT)
            .where(EFFECT.c.state == "planned", EFFECT.c.next_attempt_at <= tx.now, EFFECT.c.kind.in_(kinds))
            .order_by(EFFECT.c.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        rows = _admitted(tx, room, rows)
        if not rows:
            return []
        claim = uuid.UUID(bytes=os.urandom(16), version=4)
        # Leases run on the database's clock: business time may be moved, and replicas' clocks differ.
        tx.session.execute(
            update(EFFECT)
            .where(EFFECT.c.key.in_([row.key for row in rows]))
            .values(state="claimed", claim=claim, claimed_at=func.clock_timestamp(), attempts=EFFECT.c.attempts + 1)
        )
        return [Claimed(row.kind, row.key, row.payload, row.attempts + 1, claim) for row in rows]


def _admitted(tx: Transaction, room: Room, rows: Sequence[Any]) -> list[Any]:
    """Those that may be performed now. Others are put off, which is no attempt, or settled as failed."""
    held: dict[str, datetime | GiveUp] = {}
    for kind in sorted({row.kind for row in rows}):
        admit = room.effects[kind].admit
        if admit is not None:
            held.update(admit(tx, [Planned(row.key, row.payload, row.attempts) for row in rows if row.kind == kind]))
    for row in rows:
        match held.get(row.key):
            case GiveUp(reason):
                _finish(
                    tx, room, Claimed(row.kind, row.key, row.payload, row.attempts, uuid.UUID(int=0)), "failed", reason
                )
            case datetime() as later:
                tx.session.execute(update(EFFECT).where(EFFECT.c.key == row.key).values(next_attempt_at=later))
    return [row for row in rows if row.key not in held]


def renew(uow: UnitOfWork, claimed: Sequence[Claimed]) -> None:
    """Extends the leases of acts that are under way: only a dead process lets a lease run out, not a slow printer."""
    with uow.begin() as tx:
        tx.session.execute(
            update(EFFECT)
            .where(EFFECT.c.claim.in_({one.claim for one in claimed}), EFFECT.c.state == "claimed")
            .values(claimed_at=func.clock_timestamp())
        )


def perform(room: Room, claimed: Claimed) -> Outcome | Unsure:
    """Acts. Whatever the act raises means that nobody knows whether it happened."""
    try:
        return room.effects[claimed.kind].act(claimed.key, claimed.payload)
    except GreenletExit:
        raise
    except BaseException as error:
        log.warning("effect_unsure", kind=claimed.kind, key=claimed.key, error=type(error).__name__)
        return Unsure(f"{type(error).__name__}: {error}")


def settle(uow: UnitOfWork, room: Room, results: Sequence[tuple[Claimed, Outcome | Unsure]]) -> None:
    """Records outcomes. One whose lease was lost meanwhile (its claim is no longer ours) is left to the new holder."""
    with uow.begin() as tx:
        held = _lock_held(tx, results)
        ours = [(claimed, outcome) for claimed, outcome in results if claimed.key in held]
        if room.settle_preload is not None:
            room.settle_preload(tx, [claimed.payload for claimed, _ in ours])
        for claimed, outcome in ours:
            _record(tx, room, claimed, outcome)


def _lock_held(tx: Transaction, results: Sequence[tuple[Claimed, Outcome | Unsure]]) -> set[str]:
    claims = {claimed.key: claimed.claim for claimed, _ in results}
    rows = tx.session.execute(
        select(EFFECT.c.key, EFFECT.c.claim)
        .where(EFFECT.c.key.in_(claims), EFFECT.c.state == "claimed")
        .order_by(EFFECT.c.key)
        .with_for_update()
    )
    return {key for key, claim in rows if claims[key] == claim}


def _record(tx: Transaction, room: Room, claimed: Claimed, outcome: Outcome | Unsure) -> None:
    performer = room.effects[claimed.kind]
    _observe(tx, performer, claimed, outcome)
    match outcome:
        case Done(detail, content):
            _finish(tx, room, claimed, "done", detail, content)
        case GiveUp(reason):
            _finish(tx, room, claimed, "failed", reason)
        case TryAgain(reason, after) if claimed.attempts <= len(performer.waits):
            _plan_again(tx, claimed, reason, after or performer.waits[claimed.attempts - 1])
        case Unsure(reason) if performer.resend_when_unknown and claimed.attempts <= len(performer.waits):
            _plan_again(tx, claimed, reason, performer.waits[claimed.attempts - 1])
        case TryAgain(reason, _):
            _finish(tx, room, claimed, "failed", reason)
        case Unsure(reason):
            _finish(tx, room, claimed, "unknown", reason)


def _observe(tx: Transaction, performer: Performer, claimed: Claimed, outcome: Outcome | Unsure) -> None:
    if performer.observe is None:
        return
    known = None if isinstance(outcome, Unsure) else outcome
    detail = outcome.detail if isinstance(outcome, Done) else outcome.reason
    performer.observe(tx, Attempt(claimed.key, claimed.payload, claimed.attempts, known, detail))


def _plan_again(tx: Transaction, claimed: Claimed, reason: str, wait: float) -> None:
    tx.session.execute(
        update(EFFECT)
        .where(EFFECT.c.key == claimed.key)
        .values(state="planned", claim=None, detail=reason, next_attempt_at=tx.now + timedelta(seconds=wait))
    )


def _finish(tx: Transaction, room: Room, claimed: Claimed, state: str, detail: str, content: bytes = b"") -> None:
    tx.session.execute(
        update(EFFECT)
        .where(EFFECT.c.key == claimed.key)
        .values(state=state, claim=None, detail=detail, settled_at=tx.now)
    )
    settled = Settled(
        claimed.kind,
        claimed.key,
        claimed.payload,
        state,  # type: ignore[arg-type]
        claimed.attempts,
        detail,
        content,
    )
    identity = derived_id(_EFFECTS, room.name, claimed.key)
    with tx.caused_by(Cause(identity, identity)):
        room.effects[claimed.kind].settle(tx, settled)
    EFFECTS_SETTLED.labels(kind=claimed.kind, outcome=state).inc()


def expire_claims(uow: UnitOfWork, room: Room, lease: timedelta, limit: int = 100) -> int:
    """Settles claims whose holder died: performed again where that is safe, else unknown. Returns how many."""
    with uow.begin() as tx:
        rows = tx.session.execute(
            select(EFFECT)
            .where(
                EFFECT.c.state == "claimed",
                EFFECT.c.claimed_at < func.clock_timestamp() - lease,
                EFFECT.c.kind.in_(room.effects),
            )
            .order_by(EFFECT.c.key)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if room.settle_preload is not None:
            room.settle_preload(tx, [row.payload for row in rows])
        for row in rows:
            lost = Claimed(row.kind, row.key, row.payload, row.attempts, row.claim)
            _record(tx, room, lost, Unsure("the process ended before the outcome was recorded"))
            log.warning("effect_claim_expired", kind=row.kind, key=row.key)
        return len(rows)


def replay(tx: Transaction, keys: Sequence[str]) -> set[str]:
    """Has effects that failed, or of which nobody knows, performed again from the start, under the same keys.

    Returns those that will be: one whose person was erased has nothing left to be performed with.
    """
    rows = tx.session.execute(
        update(EFFECT)
        .where(EFFECT.c.key.in_(keys), EFFECT.c.state.in_(("failed", "unknown")), EFFECT.c.detail != ERASED)
        .values(state="planned", attempts=0, next_attempt_at=tx.now, settled_at=None)
        .returning(EFFECT.c.key)
    )
    return set(rows.scalars())


def list_unknown(tx: Transaction, limit: int = 100) -> list[tuple[str, str, datetime]]:
    """Effects of which nobody knows whether they happened: kind, key, settled at."""
    rows = tx.session.execute(
        select(EFFECT.c.kind, EFFECT.c.key, EFFECT.c.settled_at)
        .where(EFFECT.c.state == "unknown")
        .order_by(EFFECT.c.key)
        .limit(limit)
    )
    return [tuple(row) for row in rows]  # type: ignore[misc]
