"""What owners say of their leads, through the signed links of their messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.router import store
from services.router.domain import status
from services.router.domain.rules import Rules
from services.router.links import Altered, Link, Links
from services.router.models import Assignment, Lead
from services.router.usecases.assigning import owner_of
from services.router.usecases.erasing import ERASED
from services.router.usecases.moving import accept, move
from services.router.views import contract_owner
from shared.contracts import schema
from shared.contracts.calls import ActReply, LinkReply
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed
from shared.contracts.people import Person
from shared.database.unit_of_work import Transaction

GONE_ON = "This lead has since been given to somebody else. Thank you all the same: there is nothing left to do."


FORGOTTEN = (
    "This person asked us to erase their data. Please remove what you have of them too: there is nothing left to do."
)


@dataclass(frozen=True)
class Desk:
    """What answering needs beside the transaction."""

    rules: Rules
    links: Links


def describe_link(tx: Transaction, token: str, *, desk: Desk) -> LinkReply:
    """What the page behind a link shows. Changes nothing, however often it is asked. Raises LinkInvalid."""
    link = _open(tx, token, desk)
    lead, assignment = store.read_lead(tx.session, link.lead_id), store.read_assignment(tx.session, link.assignment_id)
    if lead is None or assignment is None or assignment.lead_id != lead.lead_id:
        raise LinkInvalid("There is no such lead.")
    if lead.status == ERASED:
        return _forgotten(lead, assignment, link, desk)
    is_former = lead.assignment_id != assignment.id
    state = _state(lead, assignment)
    verdict = status.judge(state, link.action)
    because = verdict.because or ("This has been recorded already." if verdict.kind == "settled" else None)
    row = store.read_person(tx.session, lead.person_id)
    person = schema.load(Person, row.document) if row else Person(person_id=lead.person_id)
    return LinkReply(
        lead_id=lead.lead_id,
        action=link.action,
        owner=contract_owner(owner_of(assignment, desk.rules)),
        # Who no longer has the lead gets no more of the person than the name that they had.
        person=Person(person_id=person.person_id, name=person.name) if is_former else person,
        status=state,
        possible=verdict.kind == "move" and not is_former,
        because=GONE_ON if is_former else because,
        asks=[ask.rstrip("*") for ask in status.ASKS[link.action]],
    )


def act(tx: Transaction, token: str, fields: Mapping[str, str], *, desk: Desk) -> ActReply:
    """Does what a link stands for. A second use changes nothing.

    Raises LinkInvalid, NotAllowed, and ContractViolation with what is wrong with which field.
    """
    link = _open(tx, token, desk)
    lead = tx.get(Lead, link.lead_id)
    assignment = tx.get(Assignment, link.assignment_id)
    if lead is None or assignment is None or assignment.lead_id != lead.lead_id:
        raise LinkInvalid("There is no such lead.")
    if lead.status == ERASED:
        raise NotAllowed(FORGOTTEN)
    if lead.assignment_id != assignment.id:
        return _answer_former_owner(lead, assignment, link)
    state = _state(lead, assignment)
    verdict = status.judge(state, link.action)
    said = _read(link.action, fields, tx, desk.rules) if verdict.kind == "move" or link.action == "quoted" else None
    if verdict.kind == "refused":
        raise NotAllowed(verdict.because)
    if said is None or (verdict.kind == "settled" and not _is_another_quote(lead, state, link, said)):
        return ActReply(lead_id=lead.lead_id, action=link.action, status=state, changed=False)
    if status.accepts_silently(state, link.action):
        accept(tx, lead, assignment, rules=desk.rules)
    move(tx, lead, assignment, link.action, said, rules=desk.rules)
    return ActReply(lead_id=lead.lead_id, action=link.action, status=status.LEADS_TO[link.action], changed=True)


def _open(tx: Transaction, token: str, desk: Desk) -> Link:
    try:
        link = desk.links.read(token)
    except Altered as error:
        raise LinkInvalid(f"This link cannot be used: {error}.") from error
    if tx.now >= link.expires_at:
        raise LinkInvalid(f"This link expired on {link.expires_at:%Y-%m-%d}. The newest message has a fresh one.")
    return link


def _forgotten(lead: Lead, assignment: Assignment, link: Link, desk: Desk) -> LinkReply:
    return LinkReply(
        lead_id=lead.lead_id,
        action=link.action,
        owner=contract_owner(owner_of(assignment, desk.rules)),
        person=Person(person_id=lead.person_id),
        status=ERASED,
        possible=False,
        because=FORGOTTEN,
        asks=[],
    )


def _answer_former_owner(lead: Lead, assignment: Assignment, link: Link) -> ActReply:
    # Declining and giving back end the assignment: the second press of the same button finds it ended by the first.
    if assignment.ended_because == status.LEADS_TO[link.action]:
        return ActReply(lead_id=lead.lead_id, action=link.action, status=assignment.ended_because, changed=False)
    raise NotAllowed(GONE_ON)


def _state(lead: Lead, assignment: Assignment) -> status.Status:
    ended = assignment.ended_because
    known: status.Status
    if ended in ("declined", "recycled"):
        known = ended  # type: ignore[assignment]
    else:
        known = lead.status  # type: ignore[assignment]
    return known


def _is_another_quote(lead: Lead, state: str, link: Link, said: status.Said) -> bool:
    same = (said.amount, said.currency) == (lead.quoted_amount, lead.quoted_currency)
    return link.action == "quoted" and state == "quoted" and not same


def _read(action: status.Action, fields: Mapping[str, str], tx: Transaction, rules: Rules) -> status.Said:
    try:
        return status.read(action, fields, currency=rules.currency, today=tx.now.date())
    except status.FieldsInvalid as error:
        raise ContractViolation("ActRequest", error.fields) from error
