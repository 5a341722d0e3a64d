"""What owners and their managers are told; `delivering` has it sent by each of their ways."""

from collections.abc import Mapping
from typing import Any, Literal

from services.router.domain import package
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead, Share
from services.router.usecases.delivering import EMAIL as EMAIL
from services.router.usecases.delivering import send
from services.router.usecases.knowledge import ordered_responses, person_document
from shared.database.unit_of_work import Transaction

#: lead: the hand-over; undelivered: it could not be delivered in any way; response: the prospect inquired again;
#: reminder and escalation: a clock runs out; gone: somebody else has the lead now;
#: return_asked and return_refused: of a lead that is not what it should be; reply_unread: an answer could not be read.
Notice = Literal[
    "lead", "undelivered", "response", "reminder", "escalation", "gone",
    "return_asked", "return_refused", "reply_unread",
]  # fmt: skip
#: Which of the owner's addresses an email goes to.
Recipient = Literal["mailbox", "owner", "manager"]


def hand_over(tx: Transaction, lead: Lead, assignment: Assignment | Share, owner: Owner, rules: Rules) -> None:
    """Has the lead package delivered through each of the owner's deliveries, once per assignment and channel.

    It waits for the owner to open where they want it so.
    """
    payload = snapshot(tx, lead, assignment, owner, rules, "lead")
    opening = None if owner.delivered_at_once else owner.calendar.opening(tx.now)
    send(tx, owner, f"deliver/{assignment.id}", payload, opening)


def tell_response(
    tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, response: Mapping[str, Any]
) -> None:
    """Has the owner told what is new, once per response."""
    payload = snapshot(tx, lead, assignment, owner, rules, "response")
    payload["news"] = package.response_line(response)
    send(tx, owner, f"news/{assignment.id}/{response['inquiry_id']}", payload)


def remind(tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, step: int) -> None:
    """Has the owner reminded that a clock is running out."""
    payload = snapshot(tx, lead, assignment, owner, rules, "reminder") | {"recipient": "owner"}
    tx.plan(EMAIL, f"remind/{assignment.id}/{lead.clock_round}/{step}", payload)


def escalate(
    tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, step: int, *, further: bool = False
) -> None:
    """Has the owner's manager told, or whom the manager answers to."""
    payload = snapshot(tx, lead, assignment, owner, rules, "escalation")
    payload["recipient"] = "manager_above" if further else "manager"
    tx.plan(EMAIL, f"escalate/{assignment.id}/{lead.clock_round}/{step}", payload)


def tell_gone(
    tx: Transaction, lead: Lead, assignment: Assignment | Share, owner: Owner, rules: Rules, because: str
) -> None:
    """Has whoever had the lead told that somebody else has it now, and why."""
    payload = snapshot(tx, lead, assignment, owner, rules, "gone") | {"recipient": "owner", "news": because}
    tx.plan(EMAIL, f"gone/{assignment.id}", payload)


def snapshot(
    tx: Transaction, lead: Lead, assignment: Assignment | Share, owner: Owner, rules: Rules, notice: Notice
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
