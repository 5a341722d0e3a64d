"""The manager's word on a lead that its owner wants to return, through the links of a message."""

from datetime import datetime
from uuid import UUID

from services.router.links import Altered, Decision
from services.router.models import Assignment, Lead, LeadReturn
from services.router.usecases import returning
from services.router.usecases.answering import Desk
from services.router.usecases.assigning import owner_of
from services.router.views import contract_owner
from shared.contracts.calls import DecideReply, DecisionReply
from shared.contracts.errors import LinkInvalid
from shared.database.unit_of_work import Transaction

_LONGEST_TEXT = 500


def link_for(desk: Desk, lead_id: UUID, assignment_id: UUID, accepted: bool, now: datetime) -> str:
    """The token of a manager's button."""
    decision = Decision(lead_id, assignment_id, accepted, now + desk.rules.links_valid)
    return desk.links.decision_url(decision).rpartition("/")[2]


def describe_decision(tx: Transaction, token: str, *, desk: Desk) -> DecisionReply:
    """What the page behind a manager's link shows. Changes nothing. Raises LinkInvalid."""
    decision = _open(tx, token, desk)
    row = tx.session.get(LeadReturn, decision.assignment_id)
    assignment = tx.session.get(Assignment, decision.assignment_id)
    if row is None or assignment is None:
        raise LinkInvalid("Nobody asked to return this lead.")
    return DecisionReply(
        lead_id=decision.lead_id,
        owner=contract_owner(owner_of(assignment, desk.rules)),
        accepted=decision.accepted,
        reason=row.reason,
        evidence=row.evidence,
        possible=row.state == "waiting",
        because=None if row.state == "waiting" else f"It was {row.state} on {row.decided_at:%Y-%m-%d}.",
    )


def decide(tx: Transaction, token: str, note: str, *, desk: Desk) -> DecideReply:
    """Does what a manager's link stands for, once. Raises LinkInvalid, NotAllowed."""
    decision = _open(tx, token, desk)
    lead, assignment = tx.get(Lead, decision.lead_id), tx.get(Assignment, decision.assignment_id)
    if lead is None or assignment is None:
        raise LinkInvalid("There is no such lead.")
    manager = owner_of(assignment, desk.rules).manager_email
    text = note.strip()[:_LONGEST_TEXT] or None
    changed = returning.decide(
        tx, lead, assignment, accepted=decision.accepted, by=manager, note=text, rules=desk.rules
    )
    row = tx.get(LeadReturn, decision.assignment_id)
    return DecideReply(lead_id=lead.lead_id, state=row.state if row else "unknown", changed=changed)


def _open(tx: Transaction, token: str, desk: Desk) -> Decision:
    try:
        decision = desk.links.read_decision(token)
    except Altered as error:
        raise LinkInvalid(f"This link cannot be used: {error}.") from error
    if tx.now >= decision.expires_at:
        raise LinkInvalid(f"This link expired on {decision.expires_at:%Y-%m-%d}.")
    return decision
