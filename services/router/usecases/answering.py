"""What owners say of their leads through the signed links of their messages."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.router import store
from services.router.domain.rules import Rules
from services.router.links import Altered, Link, Links
from services.router.models import Assignment, Lead, Share
from services.router.reply_address import ReplyAddress
from services.router.usecases.assigning import owner_of
from services.router.usecases.erasing import ERASED
from services.router.usecases.saying import Word, describe, say
from services.router.usecases.sharing import entry_of
from services.router.views import contract_owner
from shared.contracts import schema
from shared.contracts.calls import ActReply, LinkReply
from shared.contracts.errors import LinkInvalid
from shared.contracts.people import Person
from shared.database.unit_of_work import Transaction


@dataclass(frozen=True)
class Desk:
    """What answering needs beside the transaction."""

    rules: Rules
    links: Links
    #: Without one nobody answers by mail.
    replies: ReplyAddress | None = None


def describe_link(tx: Transaction, token: str, *, desk: Desk) -> LinkReply:
    """What the page behind a link shows. Changes nothing, however often it is asked. Raises LinkInvalid."""
    link = _open(tx, token, desk)
    lead, assignment = store.read_lead(tx.session, link.lead_id), store.read_entry(tx.session, link.assignment_id)
    if lead is None or assignment is None or assignment.lead_id != lead.lead_id:
        raise LinkInvalid("There is no such lead.")
    described = describe(lead, assignment, link.action, rules=desk.rules, now=tx.now)
    return LinkReply(
        lead_id=lead.lead_id,
        action=link.action,
        owner=contract_owner(owner_of(assignment, desk.rules)),
        person=_person(tx, lead, assignment),
        status=described.status,
        possible=described.possible,
        because=described.because,
        asks=[ask.rstrip("*") for ask in described.asks],
        required=[ask.rstrip("*") for ask in described.asks if ask.endswith("*")],
        choices=list(described.choices),
    )


def act(tx: Transaction, token: str, fields: Mapping[str, str], *, desk: Desk) -> ActReply:
    """Does what a link stands for. A second use changes nothing.

    Raises LinkInvalid, NotAllowed, and ContractViolation with what is wrong with which field.
    """
    link = _open(tx, token, desk)
    lead = tx.get(Lead, link.lead_id)
    assignment = entry_of(tx, link.assignment_id)
    if lead is None or assignment is None or assignment.lead_id != lead.lead_id:
        raise LinkInvalid("There is no such lead.")
    word = Word(link.action, fields, via="link", by=assignment.owner_id)
    done = say(tx, lead, assignment, word, rules=desk.rules)
    return ActReply(lead_id=lead.lead_id, action=link.action, status=done.status, changed=done.changed)


def _open(tx: Transaction, token: str, desk: Desk) -> Link:
    try:
        link = desk.links.read(token)
    except Altered as error:
        raise LinkInvalid(f"This link cannot be used: {error}.") from error
    if tx.now >= link.expires_at:
        raise LinkInvalid(f"This link expired on {link.expires_at:%Y-%m-%d}. The newest message has a fresh one.")
    return link


def _person(tx: Transaction, lead: Lead, assignment: Assignment | Share) -> Person:
    """What the page shows of the person: who no longer has the lead gets no more than the name that they had."""
    row = store.read_person(tx.session, lead.person_id) if lead.status != ERASED else None
    if row is None:
        return Person(person_id=lead.person_id)
    person = schema.load(Person, row.document)
    is_theirs = assignment.ended_at is None if isinstance(assignment, Share) else lead.assignment_id == assignment.id
    return person if is_theirs else Person(person_id=person.person_id, name=person.name)
