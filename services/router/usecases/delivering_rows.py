"""What is kept of every delivery."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from services.router.models import DeliveryRow
from shared.database.unit_of_work import Transaction

#: What is sent by the owner's ways; the rest is reminders and news, which go by email and are not kept here.
KEPT = ("lead", "response", "test")


def kind_of(way: str) -> str:
    """The kind of the effects of a way."""
    return f"owner_{way}"


def plan(tx: Transaction, way: str, key: str, payload: Mapping[str, Any], at: Any = None) -> None:
    """Has it sent by this way, once under its key, and keeps that it will be."""
    told = {**payload, "way": way}
    keep(tx, key, told, "planned")
    tx.plan(kind_of(way), key, told, at)


def keep(
    tx: Transaction, key: str, payload: Mapping[str, Any], state: str, whole: Mapping[str, Any] | None = None
) -> None:
    """Keeps that something is to be delivered; what is known of it already stays as it is."""
    of_lead = {name: UUID(payload[name]) for name in ("lead_id", "assignment_id") if payload["notice"] != "test"}
    row = {
        "key": key, "owner_id": payload["owner_id"], "way": payload["way"], "notice": payload["notice"],
        "state": state, "planned_at": tx.now, "attempts": 0, "payload": whole, **of_lead,
    }  # fmt: skip
    tx.session.execute(insert(DeliveryRow).values(row).on_conflict_do_nothing())


def keep_state(tx: Transaction, key: str, state: str) -> None:
    """Keeps how it ended."""
    row = update(DeliveryRow).where(DeliveryRow.key == key)
    tx.session.execute(row.values(state=state, settled_at=tx.now, payload=None))


def each_of(key: str, payload: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The deliveries that an effect performs: itself, or those of a batch."""
    if payload["notice"] == "batch":
        yield from ((row["key"], row["payload"]) for row in payload["rows"])
    else:
        yield key, payload
