"""An owner is silent: asking the prospect, and taking the lead back when they are silent too."""

from uuid import UUID

import structlog

from services.router.domain import package
from services.router.domain.rules import Rules
from services.router.domain.silence import Silence
from services.router.models import Assignment, Lead, PurchaseQuestion
from services.router.store import SILENCE
from services.router.usecases.assigning import owner_of
from services.router.usecases.duties import end_duty
from services.router.usecases.knowledge import live_assignment, ordered_responses
from services.router.usecases.listening import silent_since
from services.router.usecases.moving import give_back
from shared.contracts import router
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

log = structlog.get_logger()


def strike(tx: Transaction, item: DueItem, *, rules: Rules) -> None:
    """Does what the silence of a lead's owner demands now, and listens on where it is not over."""
    lead = tx.get(Lead, UUID(item.key))
    if rules.silence is None or lead is None or lead.closed_at is not None or lead.assignment_id is None:
        return
    assignment = live_assignment(tx, lead)
    if not assignment.counted:
        return
    since, question = silent_since(lead, assignment), tx.get(PurchaseQuestion, lead.lead_id)
    asked_at = question.asked_at if question is not None else None
    measure = rules.silence.measure(since, asked_at, tx.now)
    if measure == "give_back":
        _take_back(tx, lead, assignment, rules)
        return
    if measure == "ask":
        asked_at = _ask(tx, lead, assignment, rules, rules.silence).asked_at
    tx.schedule(SILENCE, item.key, rules.silence.due_at(since, asked_at))


def _ask(tx: Transaction, lead: Lead, assignment: Assignment, rules: Rules, silence: Silence) -> PurchaseQuestion:
    """Whether they can be asked at all is for fulfillment to know; who cannot is silent like the others."""
    question = tx.add(
        PurchaseQuestion(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            asked_at=tx.now,
            expires_at=tx.now + silence.give_back_after,
        )
    )
    tx.emit(
        router.PurchaseAsked(
            lead_id=lead.lead_id,
            person_id=lead.person_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            owner_name=owner_of(assignment, rules).name,
            products=package.products(ordered_responses(lead)),
            silent_since=silent_since(lead, assignment),
            asked_at=question.asked_at,
            expires_at=question.expires_at,
        ),
        key=str(lead.lead_id),
    )
    log.info("purchase_asked", lead_id=str(lead.lead_id), owner_id=assignment.owner_id)
    return question


def _take_back(tx: Transaction, lead: Lead, assignment: Assignment, rules: Rules) -> None:
    days = (tx.now - silent_since(lead, assignment)).days
    end_duty(tx, lead, assignment, owner_of(assignment, rules))
    lead.had_before = {**lead.had_before, assignment.owner_id: "silent"}
    give_back(tx, lead, assignment, f"silence: no word for {days} days", rules=rules, told_by="silence")
    log.info("lead_taken_back", lead_id=str(lead.lead_id), owner_id=assignment.owner_id)
