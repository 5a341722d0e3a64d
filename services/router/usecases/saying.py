"""The one door for what owners say of their leads: links, replies, portal, API, lists and CRMs all come through it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.router.domain import status
from services.router.domain.rules import Rules
from services.router.domain.status import Action, Said, Status
from services.router.models import Assignment, Lead, OwnerWord
from services.router.usecases.erasing import ERASED
from services.router.usecases.moving import accept, move
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

Via = Literal["link", "email", "portal", "api", "csv", "crm", "prospect"]

GONE_ON = "This lead has since been given to somebody else. Thank you all the same: there is nothing left to do."
FORGOTTEN = (
    "This person asked us to erase their data. Please remove what you have of them too: there is nothing left to do."
)


@dataclass(frozen=True)
class Word:
    """What somebody says of a lead, before it is checked."""

    action: Action
    fields: Mapping[str, str]
    via: Via
    #: Who says it: an owner's id, an address, the id of a key.
    by: str | None = None
    #: When it happened, where they say so.
    said_at: datetime | None = None


@dataclass(frozen=True)
class Done:
    """What came of a word. Not `changed`: it had been said before, and nothing happened twice."""

    status: str
    changed: bool
    because: str | None = None


@dataclass(frozen=True)
class Description:
    """Whether something can be said of a lead now, and what it asks for; required fields have a star."""

    asks: tuple[str, ...]
    possible: bool
    status: str
    because: str | None = None


def describe(lead: Lead, assignment: Assignment, action: Action) -> Description:
    """Whether the holder of this assignment can say this now. Changes nothing."""
    asks = status.ASKS[action]
    if lead.status == ERASED:
        return Description((), False, ERASED, FORGOTTEN)
    state = state_of(lead, assignment)
    if lead.assignment_id != assignment.id:
        return Description(asks, False, state, GONE_ON)
    verdict = status.judge(state, action)
    because = verdict.because or ("This has been recorded already." if verdict.kind == "settled" else None)
    return Description(asks, verdict.kind == "move", state, because)


def say(tx: Transaction, lead: Lead, assignment: Assignment, word: Word, *, rules: Rules) -> Done:
    """Does what an owner says of a lead, and keeps their word. Said a second time it changes nothing.

    Both rows are locked. Raises NotAllowed, and ContractViolation with what is wrong with which field.
    """
    if lead.status == ERASED:
        raise NotAllowed(FORGOTTEN)
    if lead.assignment_id != assignment.id:
        return _answer_former_owner(lead, assignment, word)
    state = state_of(lead, assignment)
    verdict = status.judge(state, word.action)
    if verdict.kind == "refused":
        raise NotAllowed(verdict.because)
    said = _read(word, tx, rules) if verdict.kind == "move" or word.action == "quoted" else None
    if said is None or (verdict.kind == "settled" and not _is_another_quote(lead, state, word, said)):
        return Done(state, changed=False, because=verdict.because)
    after = status.LEADS_TO[word.action]
    _keep(tx, lead, assignment, word, said, before=state, after=after)
    if status.accepts_silently(state, word.action):
        accept(tx, lead, assignment, rules=rules)
    move(tx, lead, assignment, word.action, said, rules=rules)
    return Done(after, changed=True)


def state_of(lead: Lead, assignment: Assignment) -> Status:
    """How the lead stands, as far as the holder of this assignment goes."""
    ended = assignment.ended_because
    if ended in ("declined", "recycled"):
        return ended  # type: ignore[return-value]
    return lead.status  # type: ignore[return-value]


def _answer_former_owner(lead: Lead, assignment: Assignment, word: Word) -> Done:
    # Declining and giving back end the assignment: the second press of the same button finds it ended by the first.
    if assignment.ended_because == status.LEADS_TO[word.action]:
        return Done(assignment.ended_because, changed=False)
    raise NotAllowed(GONE_ON)


def _is_another_quote(lead: Lead, state: str, word: Word, said: Said) -> bool:
    same = (said.amount, said.currency) == (lead.quoted_amount, lead.quoted_currency)
    return word.action == "quoted" and state == "quoted" and not same


def _read(word: Word, tx: Transaction, rules: Rules) -> Said:
    try:
        return status.read(word.action, word.fields, currency=rules.currency, today=tx.now.date())
    except status.FieldsInvalid as error:
        raise ContractViolation("ActRequest", error.fields) from error


def _keep(
    tx: Transaction, lead: Lead, assignment: Assignment, word: Word, said: Said, *, before: str, after: str
) -> None:
    lead.words += 1
    tx.add(
        OwnerWord(
            id=derived_id(lead.lead_id, "word", str(lead.words)),
            lead_id=lead.lead_id,
            number=lead.words,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            action=word.action,
            fields={name: str(value) for name, value in vars(said).items() if value is not None},
            via=word.via,
            by=word.by,
            said_at=word.said_at or tx.now,
            heard_at=tx.now,
            before=before,
            after=after,
        )
    )
