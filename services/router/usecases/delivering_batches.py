"""Leads that go together: they wait for the hour or the day, then one file takes them all."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, select, update

from services.router.domain.delivery import Batched
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.models import Assignment, DeliveryChannel, DeliveryRow, Share
from services.router.usecases.delivering_rows import keep, kind_of
from shared.contracts.privacy import ERASED
from shared.database import erasing
from shared.database.plumbing import EFFECT
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

#: Kind of the due work that closes a batch; its key is `<owner>/<way>`.
BATCH = "delivery_batch"
#: The day's file is there when the owner's people come in.
MORNING = time(6)
LARGEST = 500


def wait_for_batch(
    tx: Transaction, owner: Owner, way: Batched, key: str, payload: Mapping[str, Any], at: datetime
) -> None:
    """Has it go with the next file."""
    told = {**payload, "way": way.way}
    keep(tx, key, told, "waiting", whole=told)
    close_batch_at(tx, f"{owner.owner_id}/{way.way}", next_close(owner, way, at))


def close_batch_at(tx: Transaction, channel: str, at: datetime) -> None:
    """Has what waits for this way sent at this time."""
    tx.schedule(BATCH, channel, at)


def next_close(owner: Owner, way: Batched, now: datetime) -> datetime:
    """When the present batch is closed: at the next full hour, or the next morning of the owner's."""
    if way.every == "hour":
        return now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    zone = owner.calendar.zone
    here = now.astimezone(zone)
    day = here.date() if here.time() < MORNING else here.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, zone).astimezone(now.tzinfo)


def close_batch(tx: Transaction, item: DueItem, *, rules: Rules) -> None:
    """Has everything that waits for a way sent in one file."""
    owner_id, _, way = item.key.rpartition("/")
    rows = tx.session.scalars(
        select(DeliveryRow)
        .where(DeliveryRow.owner_id == owner_id, DeliveryRow.way == way, DeliveryRow.state == "waiting")
        .order_by(DeliveryRow.planned_at, DeliveryRow.key)
        .limit(LARGEST + 1)
        .with_for_update()
    ).all()
    rows = _still_theirs(tx, rows)
    if not rows:
        return
    batch = f"batch/{item.key}/{item.due_at:%Y%m%dT%H%M%S}"
    for row in rows[:LARGEST]:
        row.state, row.batch = "planned", batch
    content = [{"key": row.key, "payload": row.payload} for row in rows[:LARGEST]]
    told = {"notice": "batch", "owner_id": owner_id, "way": way, "at": tx.now.isoformat(), "rows": content}
    tx.plan(kind_of(way), batch, told)
    if len(rows) > LARGEST:
        close_batch_at(tx, item.key, tx.now + timedelta(seconds=1))


def _still_theirs(tx: Transaction, rows: Sequence[DeliveryRow]) -> list[DeliveryRow]:
    """Those whose owner still has the lead: what went to somebody else meanwhile is not sent."""
    ids = [row.assignment_id for row in rows if row.assignment_id is not None]
    gone: set[UUID] = set()
    for entry in (Assignment, Share):
        gone |= set(tx.session.scalars(select(entry.id).where(entry.id.in_(ids), entry.ended_at.is_not(None))))
    for row in rows:
        if row.assignment_id in gone:
            row.state, row.payload, row.settled_at = "withdrawn", None, tx.now
    return [row for row in rows if row.assignment_id not in gone]


def forget_content(tx: Transaction, batch: str) -> None:
    """A file that was sent is not kept: only what was in it."""
    payload = tx.session.scalar(select(EFFECT.c.payload).where(EFFECT.c.key == batch)) or {}
    ids = ("lead_id", "assignment_id", "owner_id", "way", "notice")
    for row in payload.get("rows", []):
        row["payload"] = {name: row["payload"][name] for name in ids if name in row["payload"]}
    tx.session.execute(update(EFFECT).where(EFFECT.c.key == batch).values(payload=payload))


def forget(tx: Transaction, leads: Any) -> int:
    """Takes what speaks of a person out of their leads' deliveries. Returns how many there were.

    A file that was about to go is cancelled by the erasure as a whole: the others in it go with the next one.
    """
    # What a far side said when it failed may name the person.
    ways = select(DeliveryRow.owner_id + "/" + DeliveryRow.way).where(DeliveryRow.lead_id.in_(leads))
    said = update(DeliveryChannel).where(DeliveryChannel.channel.in_(ways), DeliveryChannel.because.is_not(None))
    tx.session.execute(said.values(because=ERASED))
    states = case((DeliveryRow.state.in_(("planned", "waiting")), "erased"), else_=DeliveryRow.state)
    blank = {"payload": None, "answer": None, "far_id": None, "far_status": None, "state": states}
    number = erasing.removed(tx.session, update(DeliveryRow).where(DeliveryRow.lead_id.in_(leads)).values(blank))
    cancelled = select(EFFECT.c.key).where(EFFECT.c.state == "failed", EFFECT.c.detail == ERASED)
    left = tx.session.execute(
        update(DeliveryRow)
        .where(DeliveryRow.state == "planned", DeliveryRow.batch.in_(cancelled), DeliveryRow.payload.is_not(None))
        .values(state="waiting", batch=None)
        .returning(DeliveryRow.owner_id, DeliveryRow.way)
    )
    for owner_id, way in sorted(set(map(tuple, left))):
        close_batch_at(tx, f"{owner_id}/{way}", tx.now + timedelta(minutes=1))
    return number
