"""Sending what owners are told by each of their ways, keeping what became of it, and by email where a way fails."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.router.domain.delivery import Batched
from services.router.domain.owner import Owner
from services.router.usecases.delivering_batches import forget_content, wait_for_batch
from services.router.usecases.delivering_rows import KEPT, each_of, keep_state, kind_of, plan
from shared.contracts import router
from shared.database.unit_of_work import Transaction
from shared.room import Settled

EMAIL = kind_of("email")


def send(tx: Transaction, owner: Owner, key: str, payload: Mapping[str, Any], at: datetime | None = None) -> None:
    """Has it sent once by each of the owner's ways that can tell it, from `at` on; by email where none can."""
    told = [one for one in owner.deliveries if payload["notice"] in one.tells]
    for one in told:
        if isinstance(one, Batched):
            wait_for_batch(tx, owner, one, f"{key}/{one.way}", payload, at or tx.now)
        elif one.way == "email":
            plan(tx, "email", f"{key}/email", {**payload, "recipient": "mailbox"}, at)
        else:
            plan(tx, one.way, f"{key}/{one.way}", payload, at)
    if not told:
        plan(tx, "email", f"{key}/email", {**payload, "recipient": "owner"}, at)


def by_email_too(tx: Transaction, key: str, payload: Mapping[str, Any]) -> None:
    """Has the owner get by email, once, what does not reach them by another way: a lead waits for no broken system."""
    for one_key, one in each_of(key, payload):
        if one["notice"] in ("lead", "response"):
            plan(tx, "email", f"{one_key.rpartition('/')[0]}/email", {**one, "recipient": "owner"})


def record_outcome(tx: Transaction, settled: Settled) -> None:
    """Keeps and publishes what became of a delivery; what cannot be delivered goes by email, or to the manager."""
    for key, payload in each_of(settled.key, settled.payload):
        one = replace(settled, key=key, payload=payload)
        if payload["notice"] in KEPT:
            keep_state(tx, key, "delivered" if settled.outcome == "done" else settled.outcome)
        if payload["notice"] not in ("test", "disabled"):
            _publish(tx, one)
    if settled.payload["notice"] == "batch" and settled.outcome == "done":
        forget_content(tx, settled.key)


def _publish(tx: Transaction, settled: Settled) -> None:
    payload, way = settled.payload, settled.payload.get("way", "email")
    if settled.outcome == "done":
        if payload["notice"] == "lead":
            _publish_delivered(tx, settled, way)
        return
    _publish_failed(tx, settled, way)
    if way != "email":
        by_email_too(tx, settled.key, payload)
    elif payload["notice"] == "lead":
        told = {**payload, "notice": "undelivered", "recipient": "manager"}
        tx.plan(EMAIL, f"undelivered/{payload['assignment_id']}", told)


def _publish_delivered(tx: Transaction, settled: Settled, way: str) -> None:
    tx.emit(
        router.LeadDelivered(
            lead_id=UUID(settled.payload["lead_id"]),
            assignment_id=UUID(settled.payload["assignment_id"]),
            owner_id=settled.payload["owner_id"],
            delivery=way,
            key=settled.key,
            attempts=settled.attempts,
            delivered_at=tx.now,
        ),
        key=settled.key,
    )


def _publish_failed(tx: Transaction, settled: Settled, way: str) -> None:
    tx.emit(
        router.DeliveryFailed(
            lead_id=UUID(settled.payload["lead_id"]),
            assignment_id=UUID(settled.payload["assignment_id"]),
            owner_id=settled.payload["owner_id"],
            delivery=way,
            key=settled.key,
            attempts=settled.attempts,
            outcome=settled.outcome,  # type: ignore[arg-type]
            reason=settled.detail,
            failed_at=tx.now,
        )
    )
