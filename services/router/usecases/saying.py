"""The one door for what owners say of their leads: links, replies, portal, API, lists and CRMs all come through it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from services.router import store
from services.router.domain import answer, status
from services.router.domain.answer import Said
from services.router.domain.rules import Rules
from services.router.domain.status import Action, Status
from services.router.models import Assignment, Lead, LeadReturn, OwnerWord, Share
from services.router.usecases import availability, correcting, returning, sharing
from services.router.usecases.assigning import make_responsible, owner_of
from services.router.usecases.erasing import ERASED
from services.router.usecases.moving import accept, change, move
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

Via = Literal["link", "email", "portal", "api", "csv", "crm", "prospect"]

GONE_ON = "This lead has since been given to somebody else. Thank you all the same: there is nothing left to do."
FORGOTTEN = (
    "This person asked us to erase their data. Please remove what you have of them too: there is nothing left to do."
)


NOT_RESPONSIBLE = "You share this lead: only whoever is responsible for it can say so."
_NOT_OF_A_SHARE = frozenset({"blocked", "return", "correct"})


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
    #: The same key is the same word of the lead, however often it comes.
    key: str | None = None


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
    #: Reasons to choose from.
    choices: tuple[str, ...] = ()


def describe(lead: Lead, assignment: Assignment | Share, action: Action, *, rules: Rules, now: datetime) -> Description:
    """Whether the holder of this assignment can say this now. Changes nothing."""
    asks, choices = answer.ASKS[action], rules.feedback.choices(action)
    if lead.status == ERASED:
        return Description((), False, ERASED, FORGOTTEN)
    state = state_of(lead, assignment)
    if action == "pause_me":
        return Description(asks, True, state)
    if isinstance(assignment, Share):
        return _describe_share(assignment, state, action, asks, choices)
    if lead.assignment_id != assignment.id:
        return Description(asks, False, state, GONE_ON)
    verdict = status.judge(state, action)
    if verdict.kind == "move" and (late := _too_late(assignment, action, rules, now)):
        return Description(asks, False, state, late)
    again = status.is_said_again(state, action)
    because = verdict.because or ("This has been recorded already." if verdict.kind == "settled" else None)
    return Description(asks, verdict.kind == "move" or again, state, because, choices)


def say(tx: Transaction, lead: Lead, assignment: Assignment | Share, word: Word, *, rules: Rules) -> Done:
    """Does what an owner says of a lead, and keeps their word. Said a second time it changes nothing.

    Both rows are locked. Raises NotAllowed, and ContractViolation with what is wrong with which field.
    """
    if lead.status == ERASED:
        raise NotAllowed(FORGOTTEN)
    if word.key is not None and (known := store.word_of_key(tx.session, lead.lead_id, word.key)) is not None:
        return Done(known.after, changed=False, because="This has been recorded already.")
    if word.action == "pause_me":
        return _pause(tx, lead, assignment, word, rules)
    if isinstance(assignment, Share):
        return _say_of_share(tx, lead, assignment, word, rules)
    if lead.assignment_id != assignment.id:
        return _answer_former_owner(lead, assignment, word)
    state = state_of(lead, assignment)
    if _overrules_prospect(tx, lead, assignment, word):
        # The owner's word counts for more than the prospect's, whenever it comes.
        word = replace(word, action="correct", fields={**word.fields, "to": word.action})
    verdict = status.judge(state, word.action)
    if verdict.kind == "refused":
        raise NotAllowed(verdict.because)
    if verdict.kind == "settled" and not status.is_said_again(state, word.action):
        return Done(state, changed=False, because=verdict.because)
    if late := _too_late(assignment, word.action, rules, tx.now):
        raise NotAllowed(late)
    said = _read(tx, assignment, word, rules)
    if _is_known(tx, lead, assignment, state, word.action, said):
        return Done(state, changed=False, because=verdict.because)
    return _do(tx, lead, assignment, word, said, state, rules)


def state_of(lead: Lead, assignment: Assignment | Share) -> Status:
    """How the lead stands, as far as the holder of this assignment goes."""
    own = assignment.status if isinstance(assignment, Share) else lead.status
    return status.ENDED.get(assignment.ended_because or "") or own  # type: ignore[return-value]


def _describe_share(
    share: Share, state: Status, action: Action, asks: tuple[str, ...], choices: tuple[str, ...]
) -> Description:
    if share.ended_at is not None:
        return Description(asks, False, state, GONE_ON)
    if action in _NOT_OF_A_SHARE:
        return Description(asks, False, state, NOT_RESPONSIBLE)
    verdict = status.judge(state, action)
    because = verdict.because or ("This has been recorded already." if verdict.kind == "settled" else None)
    return Description(asks, verdict.kind == "move", state, because, choices)


def _say_of_share(tx: Transaction, lead: Lead, share: Share, word: Word, rules: Rules) -> Done:
    """Who shares a lead speaks of their share alone; a sale makes them responsible for the lead first."""
    if share.ended_at is not None:
        return _answer_former_owner(lead, share, word)
    if word.action in _NOT_OF_A_SHARE:
        raise NotAllowed(NOT_RESPONSIBLE)
    state = state_of(lead, share)
    verdict = status.judge(state, word.action)
    if verdict.kind == "refused":
        raise NotAllowed(verdict.because)
    if verdict.kind == "settled":
        return Done(state, changed=False, because=verdict.because)
    said = _read(tx, share, word, rules)
    if word.action == "won":
        return say(tx, lead, make_responsible(tx, lead, share, rules=rules), word, rules=rules)
    kept = _keep(tx, lead, share, word, said, before=state)
    kept.after = status.LEADS_TO[word.action]
    sharing.answer(tx, lead, share, word.action, kept.after, rules=rules)
    return Done(kept.after, changed=True)


def _do(
    tx: Transaction, lead: Lead, assignment: Assignment, word: Word, said: Said, state: Status, rules: Rules
) -> Done:
    kept = _keep(tx, lead, assignment, word, said, before=state)
    if word.via != "prospect":
        lead.last_word_at = tx.now
    if status.accepts_silently(state, word.action) and word.via != "prospect":
        accept(tx, lead, assignment, rules=rules, via=word.via)
    match word.action:
        case "blocked":
            lead.blocked = _blocker(said)
            change(tx, lead, assignment, state, via=word.via, blocked=lead.blocked)
        case "return":
            kept.after = returning.ask_return(tx, lead, assignment, said, rules=rules, via=word.via)
        case "correct":
            kept.before, kept.after = _correct(tx, lead, assignment, word, said, kept.number, rules)
        case _:
            move(tx, lead, assignment, word.action, said, rules=rules, via=word.via)
            kept.after = status.LEADS_TO[word.action]
    return Done(kept.after, changed=True)


def _correct(
    tx: Transaction, lead: Lead, assignment: Assignment, word: Word, said: Said, number: int, rules: Rules
) -> tuple[Status, Status]:
    """Takes the last word back, and says what is right in its place: where that puts the lead, and where it ends."""
    state = correcting.take_back(tx, lead, assignment, by=number, rules=rules, via=word.via)
    if said.to is None or status.judge(state, said.to).kind != "move":
        return state, state
    move(tx, lead, assignment, said.to, said, rules=rules, via=word.via)
    return state, status.LEADS_TO[said.to]


def _pause(tx: Transaction, lead: Lead, assignment: Assignment | Share, word: Word, rules: Rules) -> Done:
    """The owner takes no new leads for a while; the lead of the message stays where it is."""
    state = state_of(lead, assignment)
    owner = rules.owners.get(assignment.owner_id)
    if owner is None:
        raise NotAllowed("You are not in the company's list of owners any more.")
    said = _read(tx, assignment, word, rules)
    until = owner.calendar.start_of(said.until) if said.until else None
    if not availability.pause(tx, owner, until):
        return Done(state, changed=False)
    _keep(tx, lead, assignment, word, said, before=state)
    return Done(state, changed=True)


def _answer_former_owner(lead: Lead, assignment: Assignment | Share, word: Word) -> Done:
    # Declining and giving back end the assignment: the second press of the same button finds it ended by the first.
    ended = status.ENDED.get(assignment.ended_because or "")
    if ended is not None and ended == status.LEADS_TO.get(word.action):
        return Done(ended, changed=False)
    raise NotAllowed(GONE_ON)


def _too_late(assignment: Assignment, action: Action, rules: Rules, now: datetime) -> str | None:
    until = returning.returnable_until(assignment, rules)
    if action == "return" and now >= until:
        return f"This lead could be returned until {until:%Y-%m-%d}."
    return None


def _overrules_prospect(tx: Transaction, lead: Lead, assignment: Assignment, word: Word) -> bool:
    if not status.is_closed(lead.status) or word.via == "prospect" or word.action not in status.CORRECTIONS:
        return False
    last = correcting.last_word(tx, lead, assignment)
    return last is not None and last.via == "prospect"


def _is_known(tx: Transaction, lead: Lead, assignment: Assignment, state: Status, action: Action, said: Said) -> bool:
    """Whether just this was said before."""
    match action:
        case "quoted":
            return state == "quoted" and (said.amount, said.currency) == (lead.quoted_amount, lead.quoted_currency)
        case "appointment":
            return state == "appointment" and said.at in (None, lead.appointment_at)
        case "blocked":
            return lead.blocked == _blocker(said)
        case "return":
            return _return_is_settled(tx.get(LeadReturn, assignment.id))
        case "correct":
            return _is_same_correction(tx, lead, assignment, said)
    return False


def _return_is_settled(row: LeadReturn | None) -> bool:
    if row is not None and row.state == "refused":
        raise NotAllowed("Your manager has looked at it: the lead stays yours.")
    return row is not None


def _is_same_correction(tx: Transaction, lead: Lead, assignment: Assignment, said: Said) -> bool:
    """The same correction a second time; and taking back what was taken back already."""
    words = [word for word in store.words_of(tx.session, lead.lead_id) if word.assignment_id == assignment.id]
    last = next((word for word in reversed(words) if word.corrected_by is None), None)
    return last is not None and last.action == "correct" and last.fields == said.document()


def _blocker(said: Said) -> str:
    return f"{said.reason}: {said.note}" if said.note else str(said.reason)


def _read(tx: Transaction, assignment: Assignment | Share, word: Word, rules: Rules) -> Said:
    zone = owner_of(assignment, rules).calendar.zone
    terms = answer.Terms(currency=rules.currency, now=tx.now, zone=zone, feedback=rules.feedback)
    try:
        return answer.read(word.action, word.fields, terms)
    except answer.FieldsInvalid as error:
        raise ContractViolation("ActRequest", error.fields) from error


def _keep(
    tx: Transaction, lead: Lead, assignment: Assignment | Share, word: Word, said: Said, *, before: str
) -> OwnerWord:
    lead.words += 1
    return tx.add(
        OwnerWord(
            id=derived_id(lead.lead_id, "word", str(lead.words)),
            lead_id=lead.lead_id,
            number=lead.words,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            action=word.action,
            fields=said.document(),
            via=word.via,
            by=word.by,
            request_key=word.key,
            said_at=word.said_at or tx.now,
            heard_at=tx.now,
            before=before,
            after=before,
        )
    )
