"""What a manager sees of deliveries and does with them: trials, replays, a way that is used again."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from services.router.domain.delivery import Delivery
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.specimen import specimen
from services.router.models import DeliveryChannel, DeliveryRow
from services.router.usecases import delivering_channels, delivering_rows
from shared.contracts import calls
from shared.contracts.errors import NotAllowed, NotFound
from shared.database.plumbing import EFFECT
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id
from shared.work import effects

log = structlog.get_logger()

_GROUPS = {"planned": "under_way", "waiting": "under_way", "delivered": "delivered", "failed": "parked",
           "unknown": "parked"}  # fmt: skip
PARKED = ("failed", "unknown")
_TRIALS = UUID("4f0d2c1b-8f7e-5d0a-9c55-6a1e3b7d9f21")
MOST = 500


def listed(
    tx: Transaction, *, rules: Rules, owner_id: str | None = None, troubled: bool = False
) -> calls.DeliveriesReply:
    """Every way of every owner, or of one, those in trouble first. Raises NotFound."""
    owners = rules.owners.values() if owner_id is None else [_owner(rules, owner_id)]
    rows = {row.channel: row for row in tx.session.scalars(select(DeliveryChannel))}
    numbers = _numbers(tx)
    known = [_shown(owner, way, rows, numbers) for owner in owners for way in owner.deliveries]
    if troubled:
        known = [one for one in known if one.state != "closed" or one.parked or one.failures]
    order = {"disabled": 0, "open": 1, "closed": 2}
    return calls.DeliveriesReply(
        channels=sorted(known, key=lambda one: (order[one.state], -one.parked, one.owner_id, one.way))
    )


def shown(tx: Transaction, owner_id: str, way: str, limit: int, *, rules: Rules) -> calls.ChannelReply:
    """One way, and its newest deliveries. Raises NotFound."""
    owner, delivery = _way(rules, owner_id, way)
    rows = {row.channel: row for row in tx.session.scalars(select(DeliveryChannel))}
    newest = tx.session.execute(
        select(DeliveryRow, EFFECT.c.next_attempt_at, EFFECT.c.state.label("effect"))
        .outerjoin(EFFECT, EFFECT.c.key == func.coalesce(DeliveryRow.batch, DeliveryRow.key))
        .where(DeliveryRow.owner_id == owner_id, DeliveryRow.way == way)
        .order_by(DeliveryRow.planned_at.desc(), DeliveryRow.key)
        .limit(max(1, min(limit, MOST)))
    )
    return calls.ChannelReply(
        channel=_shown(owner, delivery, rows, _numbers(tx)),
        deliveries=[_line(row.DeliveryRow, row.next_attempt_at if row.effect == "planned" else None) for row in newest],
    )


def test(tx: Transaction, owner_id: str, way: str, *, by: str, rules: Rules) -> str:
    """Has a made-up lead delivered this way, and nobody else told of it. Returns its key. Raises NotFound."""
    _way(rules, owner_id, way)
    at = tx.now.isoformat()
    # The same record over there, however often it is tried.
    lead_id = str(derived_id(_TRIALS, owner_id, way))
    payload = {
        "notice": "test",
        "at": at,
        "lead_id": lead_id,
        "assignment_id": lead_id,
        "owner_id": owner_id,
        "recipient": "mailbox",
        "links_expire_at": at,
        "package": specimen(at),
    }
    key = f"test/{tx.new_id(owner_id, way)}/{way}"
    delivering_rows.plan(tx, way, key, payload)
    log.info("delivery_tried", owner_id=owner_id, way=way, by=by)
    return key


def send_again(tx: Transaction, owner_id: str, way: str, keys: Sequence[str], *, by: str, rules: Rules) -> int:
    """Has what is parked on a way (or these keys of it) sent again under the same keys. Returns how many.

    Raises NotFound, and NotAllowed while the way is disabled.
    """
    _way(rules, owner_id, way)
    row = tx.get(DeliveryChannel, f"{owner_id}/{way}")
    if row is not None and row.state == "disabled":
        raise NotAllowed("This way is disabled: enable it first.")
    query = select(DeliveryRow.key, func.coalesce(DeliveryRow.batch, DeliveryRow.key).label("effect")).where(
        DeliveryRow.owner_id == owner_id, DeliveryRow.way == way, DeliveryRow.state.in_(PARKED)
    )
    if keys:
        query = query.where(DeliveryRow.key.in_(keys))
    parked = tx.session.execute(query.order_by(DeliveryRow.planned_at).limit(MOST)).all()
    again = effects.replay(tx, sorted({one.effect for one in parked}))
    changed = tx.session.execute(
        update(DeliveryRow)
        .where(func.coalesce(DeliveryRow.batch, DeliveryRow.key).in_(again), DeliveryRow.state.in_(PARKED))
        .values(state="planned", settled_at=None)
    )
    number = int(changed.rowcount)  # type: ignore[attr-defined]
    log.info("deliveries_replayed", owner_id=owner_id, way=way, number=number, by=by)
    return number


def enable(tx: Transaction, owner_id: str, way: str, *, by: str, replay: bool = False, rules: Rules) -> int:
    """Has a way used again. Returns how many parked deliveries go at once. Raises NotFound."""
    _way(rules, owner_id, way)
    row = tx.get(DeliveryChannel, f"{owner_id}/{way}")
    if row is not None:
        delivering_channels.enable(tx, row)
        tx.session.flush()
    log.info("delivery_channel_enabled", owner_id=owner_id, way=way, by=by)
    return send_again(tx, owner_id, way, [], by=by, rules=rules) if replay else 0


def _owner(rules: Rules, owner_id: str) -> Owner:
    owner = rules.owners.get(owner_id)
    if owner is None:
        raise NotFound(f"There is no owner {owner_id!r}.")
    return owner


def _way(rules: Rules, owner_id: str, way: str) -> tuple[Owner, Delivery]:
    owner = _owner(rules, owner_id)
    delivery = owner.delivery(way)
    if delivery is None:
        known = ", ".join(one.way for one in owner.deliveries) or "none: their leads go by email"
        raise NotFound(f"{owner_id} has no {way!r}; there is {known}.")
    return owner, delivery


def _numbers(tx: Transaction) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    counted = select(DeliveryRow.owner_id, DeliveryRow.way, DeliveryRow.state, func.count().label("number")).group_by(
        DeliveryRow.owner_id, DeliveryRow.way, DeliveryRow.state
    )
    for row in tx.session.execute(counted):
        if (group := _GROUPS.get(row.state)) is not None:
            numbers = found.setdefault(f"{row.owner_id}/{row.way}", {})
            numbers[group] = numbers.get(group, 0) + row.number
    return found


def _shown(owner: Owner, way: Delivery, rows: dict[str, Any], numbers: dict[str, dict[str, int]]) -> calls.Channel:
    name = f"{owner.owner_id}/{way.way}"
    row = rows.get(name)
    told = ("state", "failures", "failing_since", "not_before", "because", "delivered_at", "disabled_at")
    health: dict[str, Any] = {field: getattr(row, field) for field in told} if row is not None else {"state": "closed"}
    return calls.Channel(
        owner_id=owner.owner_id,
        owner_name=owner.name,
        way=way.way,
        goes_to=way.goes_to,
        per_minute=way.per_minute,
        **health | numbers.get(name, {}),
    )


def _line(row: Any, next_attempt_at: Any) -> calls.DeliveryLine:
    names: Iterable[str] = (
        "key", "lead_id", "notice", "state", "attempts", "answer", "far_id", "planned_at", "tried_at", "settled_at",
    )  # fmt: skip
    return calls.DeliveryLine(**{name: getattr(row, name) for name in names}, next_attempt_at=next_attempt_at)
