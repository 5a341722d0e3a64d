"""Planning what owners and their managers are told; `services/router/deliveries` does the telling."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from services.router.domain import package
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead
from services.router.usecases.knowledge import ordered_responses, person_document
from shared.contracts import router
from shared.database.unit_of_work import Transaction
from shared.room import Settled

#: Kinds of effects.
WEBHOOK, EMAIL = "owner_webhook", "owner_email"

#: lead: the hand-over; undelivered: it could not be delivered in any way; response: the prospect inquired again;
#: reminder and escalation: a clock runs out; gone: somebody else has the lead now.
Notice = Literal["lead", "undelivered", "response", "reminder", "escalation", "gone"]
#: Which of the owner's addresses an email goes to.
Recipient = Literal["mailbox", "owner", "manager"]


def hand_over(tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules) -> None:
    """Has the lead package delivered through each of the owner's deliveries, once per assignment and channel.

    It waits for the owner to open where they want it so.
    """
    payload = snapshot(tx, lead, assignment, owner, rules, "lead")
    opening = None if owner.delivered_at_once else owner.calendar.opening(tx.now)
    _plan(tx, owner, f"deliver/{assignment.id}", payload, opening)


def tell_response(
    tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, response: Mapping[str, Any]
) -> None:
    """Has the owner told what is new, once per response."""
    payload = snapshot(tx, lead, assignment, owner, rules, "response")
    payload["news"] = package.response_line(response)
    _plan(tx, owner, f"news/{assignment.id}/{response['inquiry_id']}", payload)


def remind(tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, step: int) -> None:
    """Has the owner reminded that a clock is running out."""
    payload = snapshot(tx, lead, assignment, owner, rules, "reminder") | {"recipient": "owner"}
    tx.plan(EMAIL, f"remind/{assignment.id}/{lead.clock_round}/{step}", payload)


def escalate(tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, step: int) -> None:
    """Has the owner's manager told."""
    payload = snapshot(tx, lead, assignment, owner, rules, "escalation") | {"recipient": "manager"}
    tx.plan(EMAIL, f"escalate/{assignment.id}/{lead.clock_round}/{step}", payload)


def tell_gone(tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, because: str) -> None:
    """Has whoever had the lead told that somebody else has it now, and why."""
    payload = snapshot(tx, lead, assignment, owner, rules, "gone") | {"recipient": "owner", "news": because}
    tx.plan(EMAIL, f"gone/{assignment.id}", payload)


def record_outcome(tx: Transaction, settled: Settled) -> None:
    """Publishes what became of a delivery.

    When a webhook cannot be reached, the owner gets the same by email; when that fails too, their manager is told.
    """
    payload = settled.payload
    delivery = "webhook" if settled.kind == WEBHOOK else "email"
    if settled.outcome == "done":
        if payload["notice"] == "lead":
            tx.emit(
                router.LeadDelivered(
                    lead_id=UUID(payload["lead_id"]),
                    assignment_id=UUID(payload["assignment_id"]),
                    owner_id=payload["owner_id"],
                    delivery=delivery,
                    key=settled.key,
                    attempts=settled.attempts,
                    delivered_at=tx.now,
                ),
                key=settled.key,
            )
        return
    tx.emit(
        router.DeliveryFailed(
            lead_id=UUID(payload["lead_id"]),
            assignment_id=UUID(payload["assignment_id"]),
            owner_id=payload["owner_id"],
            delivery=delivery,
            key=settled.key,
            attempts=settled.attempts,
            outcome=settled.outcome,
            reason=settled.detail,
            failed_at=tx.now,
        ),
        key=settled.key,
    )
    if settled.kind == WEBHOOK:
        tx.plan(EMAIL, f"{settled.key.removesuffix('/webhook')}/email", {**payload, "recipient": "owner"})
    elif payload["notice"] == "lead":
        told = {**payload, "notice": "undelivered", "recipient": "manager"}
        tx.plan(EMAIL, f"undelivered/{payload['assignment_id']}", told)


def _plan(tx: Transaction, owner: Owner, key: str, payload: dict[str, Any], at: datetime | None = None) -> None:
    if owner.webhook is not None:
        tx.plan(WEBHOOK, f"{key}/webhook", payload, at)
    if owner.mailbox is not None:
        tx.plan(EMAIL, f"{key}/email", payload | {"recipient": "mailbox"}, at)
    elif owner.webhook is None:
        tx.plan(EMAIL, f"{key}/email", payload | {"recipient": "owner"}, at)


def snapshot(
    tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, notice: Notice
) -> dict[str, Any]:
    """A snapshot: what is sent again after a failure is the same to the byte."""
    chosen = next((line["because"] for line in assignment.explanation if line["chosen"]), "")
    return {
        "notice": notice,
        "at": tx.now.isoformat(),
        "lead_id": str(lead.lead_id),
        "assignment_id": str(assignment.id),
        "owner_id": owner.owner_id,
        "links_expire_at": (tx.now + rules.links_valid).isoformat(),
        "package": package.package(
            assignment={
                "occasion": assignment.occasion,
                "territory": assignment.territory,
                "because": chosen,
                "assigned_at": assignment.assigned_at.isoformat(),
                "clock": lead.clock.partition("_")[0] if lead.clock else None,
                "due_at": lead.due_at.isoformat() if lead.due_at else None,
                "status": lead.status,
            },
            person=person_document(tx, lead),
            responses=ordered_responses(lead),
            score=lead.score,
            verdict=lead.verdict,
            screening=lead.screening,
            previous=lead.previous,
            fulfilment=list(lead.fulfilment.values()),
        ),
    }
