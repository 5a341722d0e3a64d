"""What a prospect says of their purchase.

Their word closes or moves a lead whose owner is silent. The owner's word counts for more: it is not overruled, and
whatever the owner says later is taken in place of the prospect's. Both are kept.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.router import store
from services.router.domain import package
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead, Person, PurchaseQuestion
from services.router.usecases.assigning import owner_of
from services.router.usecases.erasing import ERASED
from services.router.usecases.knowledge import live_assignment, ordered_responses
from services.router.usecases.listening import silent_since
from services.router.usecases.loading import preload_leads
from services.router.usecases.reassigning import reassign
from services.router.usecases.saying import Word, say
from shared.contracts import router
from shared.contracts.calls import PurchaseReply, TellPurchaseRequest
from shared.contracts.errors import ContractViolation, LinkInvalid
from shared.contracts.signed_ids import SignedIds
from shared.database.unit_of_work import Transaction

_LONGEST_TEXT = 500
GONE = "This link has expired, or is not complete."


def describe(tx: Transaction, token: str, *, rules: Rules, tokens: SignedIds) -> PurchaseReply:
    """What the page behind the link shows; changes nothing. Raises LinkInvalid."""
    question = _question(tx, token, tokens)
    lead = store.read_lead(tx.session, question.lead_id)
    assignment = store.read_assignment(tx.session, question.assignment_id)
    if lead is None or assignment is None or lead.status == ERASED:
        raise LinkInvalid(GONE)
    return _reply(lead, assignment, store.read_person(tx.session, lead.person_id), question, rules)


def tell(tx: Transaction, request: TellPurchaseRequest, *, rules: Rules, tokens: SignedIds) -> PurchaseReply:
    """Keeps the answer, and has the lead follow it where its owner has said nothing since the question was put.

    The same answer again changes nothing; another one is a correction. Raises LinkInvalid and ContractViolation.
    """
    lead_id = _question(tx, request.token, tokens).lead_id
    preload_leads(tx, [lead_id], rules=rules)
    lead, question = tx.get(Lead, lead_id), tx.get(PurchaseQuestion, lead_id)
    if lead is None or question is None or lead.status == ERASED:
        raise LinkInvalid(GONE)
    asked_of = tx.get(Assignment, question.assignment_id)
    assert asked_of is not None, "assignments are never removed"
    answer = _answer(request, tx.now.date())
    if answer != question.answer:
        changes = _owner_is_silent(lead, asked_of, question)
        question.answer, question.answered_at = answer, tx.now
        _publish(tx, lead, asked_of, answer, changes)
        if changes:
            _follow(tx, lead, answer, rules)
    return _reply(lead, asked_of, tx.get(Person, lead.person_id), question, rules)


def _question(tx: Transaction, token: str, tokens: SignedIds) -> PurchaseQuestion:
    read = tokens.read(token)
    if read is None:
        raise LinkInvalid(GONE)
    question = store.read_purchase_question(tx.session, read[0])
    if question is None or tx.now >= question.expires_at:
        raise LinkInvalid(GONE)
    return question


def _owner_is_silent(lead: Lead, asked_of: Assignment, question: PurchaseQuestion) -> bool:
    """Whether nobody's word stands against the prospect's: neither the owner's, nor that of whoever has it since."""
    closed_by_owner = lead.closed_at is not None and question.answered_at is None
    still_theirs = lead.assignment_id == asked_of.id and not closed_by_owner
    return still_theirs and silent_since(lead, asked_of) < question.asked_at


def _follow(tx: Transaction, lead: Lead, answer: Mapping[str, Any], rules: Rules) -> None:
    if lead.closed_at is not None:
        # By what they answered first.
        say(tx, lead, live_assignment(tx, lead), Word("correct", {}, "prospect"), rules=rules)
    match answer:
        case {"answer": "looking", "wants_contact": True}:
            because = "the prospect is still looking and asks to be contacted"
            reassign(tx, [lead.lead_id], None, by="the prospect", because=because, rules=rules)
            return
        case {"answer": "looking"}:
            word = Word("not_ready", {"reason": "still looking", "until": answer.get("until") or ""}, "prospect")
        case {"answer": "bought"}:
            word = Word("won", {}, "prospect")
        case {"answer": "elsewhere"}:
            word = Word("lost", {"reason": "bought elsewhere", "lost_to": answer.get("bought_from") or ""}, "prospect")
        case _:
            word = Word("lost", {"reason": "no interest any more"}, "prospect")
    say(tx, lead, live_assignment(tx, lead), word, rules=rules)


def _answer(request: TellPurchaseRequest, today: date) -> dict[str, Any]:
    """The answer with what belongs to it, checked. Raises ContractViolation."""
    told: dict[str, Any] = {"answer": request.answer}
    fields = {name: _clean(value) for name, value in request.fields.items()}
    if request.answer == "elsewhere" and fields.get("bought_from"):
        told["bought_from"] = fields["bought_from"]
    if request.answer == "looking":
        told["wants_contact"] = request.wants_contact
        if fields.get("until") and not request.wants_contact:
            told["until"] = _later_day(fields["until"], today).isoformat()
    if fields.get("note"):
        told["note"] = fields["note"]
    return told


def _clean(value: str) -> str:
    return "".join(c for c in value if c.isprintable() or c == "\n").strip()[:_LONGEST_TEXT]


def _later_day(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ContractViolation("TellPurchaseRequest", {"until": ["Write the date like 2027-03-31."]}) from error
    if day <= today:
        raise ContractViolation("TellPurchaseRequest", {"until": ["This day is past."]})
    return day


def _publish(tx: Transaction, lead: Lead, asked_of: Assignment, answer: Mapping[str, Any], changes: bool) -> None:
    until = answer.get("until")
    tx.emit(
        router.PurchaseTold(
            lead_id=lead.lead_id,
            person_id=lead.person_id,
            owner_id=asked_of.owner_id,
            answer=answer["answer"],
            bought_from=answer.get("bought_from"),
            until=date.fromisoformat(until) if until else None,
            wants_contact=answer.get("wants_contact", False),
            note=answer.get("note"),
            changed=changes,
            told_at=tx.now,
        )
    )


def _reply(
    lead: Lead, asked_of: Assignment, person: Person | None, question: PurchaseQuestion, rules: Rules
) -> PurchaseReply:
    known = person.document if person is not None else {}
    return PurchaseReply(
        lead_id=lead.lead_id,
        name=known.get("given_name") or known.get("name"),
        owner_name=owner_of(asked_of, rules).name,
        products=package.products(ordered_responses(lead)),
        answer=(question.answer or {}).get("answer"),
    )
