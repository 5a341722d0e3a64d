"""Ways that fail: left in peace for a while, disabled after days, while leads go by email; numbers per minute."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.router.deliveries.outcomes import Busy, Delivered, Refused, excerpt
from services.router.domain import channel as health
from services.router.domain.channel import Health
from services.router.domain.rules import Rules
from services.router.models import DeliveryChannel, DeliveryRow
from services.router.usecases.delivering import EMAIL, by_email_too
from services.router.usecases.delivering_rows import kind_of
from shared.contracts import router
from shared.database.plumbing import EFFECT
from shared.database.unit_of_work import Transaction
from shared.room import Attempt, Done, GiveUp, Planned, TryAgain


def channel_of(payload: Mapping[str, Any]) -> str:
    """The name of the way that a delivery takes."""
    return f"{payload['owner_id']}/{payload.get('way', 'email')}"


def preload(tx: Transaction, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Locks, in one order, the rows of the ways that these deliveries take."""
    channels = {channel_of(payload) for payload in payloads if _is_watched(payload)}
    if not channels:
        return
    known = set(tx.session.scalars(select(DeliveryChannel.channel).where(DeliveryChannel.channel.in_(channels))))
    rows = [
        {"channel": one, "owner_id": one.rpartition("/")[0], "way": one.rpartition("/")[2], "state": "closed",
         "failures": 0}
        for one in sorted(channels - known)
    ]  # fmt: skip
    if rows:
        tx.session.execute(insert(DeliveryChannel).on_conflict_do_nothing(), rows)
    tx.preload(DeliveryChannel, channels)


def admit(tx: Transaction, planned: Sequence[Planned], *, rules: Rules) -> Mapping[str, datetime | GiveUp]:
    """Deliveries that must wait, because their way is in trouble or has had its number, and those that shall not go."""
    preload(tx, [one.payload for one in planned])
    held: dict[str, datetime | GiveUp] = {}
    for one in planned:
        row = tx.get(DeliveryChannel, channel_of(one.payload))
        owner = rules.owners.get(one.payload["owner_id"])
        way = owner.delivery(one.payload["way"]) if owner else None
        if row is None or way is None or one.payload["notice"] == "test":
            continue
        if row.state == "disabled":
            held[one.key] = GiveUp(f"this way is disabled: {row.because}")
            continue
        known = _health(row)
        later = health.admit(known, tx.now, way.per_minute)
        _keep(row, known)
        if later is not None:
            held[one.key] = later
            if row.state == "open":
                by_email_too(tx, one.key, one.payload)
    return held


def observe(tx: Transaction, attempt: Attempt) -> None:
    """Keeps what an attempt came to, and what it says of its way."""
    payload = attempt.payload
    _keep_attempt(tx, attempt)
    if isinstance(attempt.outcome, Delivered) and attempt.outcome.by_email_too:
        by_email_too(tx, attempt.key, payload)
    row = tx.get(DeliveryChannel, channel_of(payload)) if _is_watched(payload) else None
    if row is None:
        return
    known, was_open = _health(row), row.state == "open"
    match attempt.outcome:
        case Done():
            health.succeed(known)
            row.delivered_at = tx.now
        case Busy(_, after):
            health.be_patient(known, tx.now + timedelta(seconds=after or 60))
        case TryAgain() | None | Refused(channel=True):
            gone = isinstance(attempt.outcome, Refused) and attempt.outcome.gone
            row.because = excerpt(attempt.detail)
            disabled = health.fail(known, tx.now, gone=gone)
            _keep(row, known)
            if disabled:
                disable(tx, row)
            if known.state != "closed":
                by_email_too(tx, attempt.key, payload)
                if not was_open:
                    _all_by_email(tx, row)
    _keep(row, known)


def disable(tx: Transaction, row: DeliveryChannel) -> None:
    """Nothing more is sent this way until somebody enables it; the owner and their manager are told."""
    row.disabled_at = tx.now
    event = router.DeliveryChannelDisabled(
        owner_id=row.owner_id,
        way=row.way,
        because=row.because or "",
        failing_since=row.failing_since,
        disabled_at=tx.now,
    )
    identity = tx.emit(event)
    told = {
        "notice": "disabled",
        "at": tx.now.isoformat(),
        "owner_id": row.owner_id,
        "news": {
            "way": row.way,
            "because": row.because,
            "failing_since": row.failing_since.isoformat() if row.failing_since else None,
        },
    }
    for recipient in ("owner", "manager"):
        tx.plan(EMAIL, f"disabled/{identity}/{recipient}", {**told, "recipient": recipient})
    structlog.get_logger().warning("delivery_channel_disabled", owner_id=row.owner_id, way=row.way)


def enable(tx: Transaction, row: DeliveryChannel) -> None:
    """Has the way used again, as if nothing had happened."""
    _keep(row, Health())
    row.disabled_at, row.because = None, None


def _all_by_email(tx: Transaction, row: DeliveryChannel) -> None:
    """The way is in trouble: whoever's lead is on it gets that by email now."""
    waiting = tx.session.execute(
        select(EFFECT.c.key, EFFECT.c.payload).where(
            EFFECT.c.kind == kind_of(row.way),
            EFFECT.c.state.in_(("planned", "claimed")),
            EFFECT.c.payload["owner_id"].astext == row.owner_id,
            EFFECT.c.attempts > 0,
        )
    )
    for key, payload in waiting:
        by_email_too(tx, key, payload)


def _keep_attempt(tx: Transaction, attempt: Attempt) -> None:
    far = (
        {"far_id": attempt.outcome.far_id} if isinstance(attempt.outcome, Delivered) and attempt.outcome.far_id else {}
    )
    tx.session.execute(
        update(DeliveryRow)
        .where(func.coalesce(DeliveryRow.batch, DeliveryRow.key) == attempt.key)
        .values(attempts=attempt.attempts, answer=excerpt(attempt.detail), tried_at=tx.now, **far)
    )


def _is_watched(payload: Mapping[str, Any]) -> bool:
    return payload.get("way", "email") not in ("email", "digest")


def _health(row: DeliveryChannel) -> Health:
    return Health(**{one.name: getattr(row, one.name) for one in fields(Health)})


def _keep(row: DeliveryChannel, known: Health) -> None:
    for one in fields(Health):
        setattr(row, one.name, getattr(known, one.name))
