"""Owners answer a message by mail: what is certain is done, what is not is asked back, and nothing is lost."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import structlog

from services.router.domain import reply
from services.router.domain.answer import Terms
from services.router.domain.owner import Owner
from services.router.domain.reply import Meant, Unread
from services.router.models import Assignment, Lead, OwnerReply, Share
from services.router.reply_address import ReplyAddress
from services.router.reply_text import Letter, NotALetter, letter_in
from services.router.usecases import sharing, writing
from services.router.usecases.answering import Desk
from services.router.usecases.assigning import owner_of
from services.router.usecases.erasing import ERASED
from services.router.usecases.saying import FORGOTTEN, Word, say
from shared.contracts import router
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.contracts.intake import Intake
from shared.database.unit_of_work import Cause, Transaction
from shared.room import RawInquiry

log = structlog.get_logger()


@dataclass(frozen=True)
class Made:
    """What was made of a reply."""

    outcome: str
    because: str | None = None
    action: str | None = None
    #: Whether the sales manager is to look at it.
    waits: bool = False


def take_in(tx: Transaction, batch: Sequence[RawInquiry], *, desk: Desk) -> None:
    """Answers of owners from the mail door. A mail that comes twice is one answer."""
    for raw in batch:
        with tx.caused_by(Cause(raw.intake.receipt_id, raw.intake.receipt_id)):
            if tx.get(OwnerReply, raw.intake.receipt_id) is None:
                _take(tx, raw, desk)


def _take(tx: Transaction, raw: RawInquiry, desk: Desk) -> None:
    try:
        letter = letter_in(raw.body)
    except NotALetter as error:
        _keep(tx, raw.intake, Letter("", "", ""), Made("unknown", str(error), waits=True))
        return
    lead, entry = _entry(tx, raw.intake, desk.replies)
    if lead is None or entry is None:
        made = Made("unknown", "it answers no message of ours", waits=letter.written_by_somebody)
        _keep(tx, raw.intake, letter, made)
        return
    if lead.status == ERASED:
        # Whatever was written may speak of the person: nothing of it is kept, and nobody can be told more than before.
        _keep(tx, raw.intake, Letter("", "", ""), Made("refused", FORGOTTEN), lead, entry)
        return
    made = _answer(tx, lead, entry, letter, raw.intake, desk)
    if made.waits:
        tx.emit(
            router.OwnerReplyUnread(
                lead_id=lead.lead_id,
                assignment_id=entry.id,
                owner_id=entry.owner_id,
                outcome=made.outcome,  # type: ignore[arg-type]
                received_at=raw.intake.received_at,
            ),
            key=str(raw.intake.receipt_id),
        )
    _keep(tx, raw.intake, letter, made, lead, entry)


def _entry(
    tx: Transaction, intake: Intake, replies: ReplyAddress | None
) -> tuple[Lead | None, Assignment | Share | None]:
    """The lead that is answered about, locked, and under which assignment or share its owner had it."""
    entry_id = replies.read(intake.query.get("recipient", "")) if replies else None
    found = (tx.session.get(Assignment, entry_id) or tx.session.get(Share, entry_id)) if entry_id else None
    if found is None:
        return None, None
    lead = tx.get(Lead, found.lead_id)
    return lead, sharing.entry_of(tx, found.id)


def _answer(tx: Transaction, lead: Lead, entry: Assignment | Share, letter: Letter, intake: Intake, desk: Desk) -> Made:
    owner = owner_of(entry, desk.rules)
    if letter.automatic is not None:
        # It is nobody's word; a bounce tells that the owner's address is wrong, which somebody should see.
        return Made("automatic", letter.automatic, waits=letter.is_bounce)
    if letter.sender not in addresses_of(owner):
        return Made("stranger", f"it does not come from an address of {owner.name}", waits=True)
    terms = Terms(currency=desk.rules.currency, now=tx.now, zone=owner.calendar.zone, feedback=desk.rules.feedback)
    meant = reply.understand(letter.text, terms)
    if isinstance(meant, Unread):
        return _ask_back(tx, lead, entry, owner, letter, intake, desk, Made("asked_back", meant.because), meant.line)
    return _say(tx, lead, entry, owner, letter, intake, desk, meant)


def _say(
    tx: Transaction, lead: Lead, entry: Assignment | Share, owner: Owner, letter: Letter, intake: Intake, desk: Desk,
    meant: Meant,
) -> Made:  # fmt: skip
    word = Word(meant.action, meant.fields, via="email", by=letter.sender)
    try:
        done = say(tx, lead, entry, word, rules=desk.rules)
    except ContractViolation as error:
        because = " ".join(f"{name}: {' '.join(problems)}" for name, problems in error.fields.items())
        return _ask_back(tx, lead, entry, owner, letter, intake, desk, Made("asked_back", because, meant.action))
    except NotAllowed as error:
        return _ask_back(tx, lead, entry, owner, letter, intake, desk, Made("refused", str(error), meant.action))
    log.info("reply_understood", lead_id=str(lead.lead_id), owner_id=owner.owner_id, action=meant.action)
    return Made("understood" if done.changed else "repeated", done.because, meant.action)


def _ask_back(
    tx: Transaction, lead: Lead, entry: Assignment | Share, owner: Owner, letter: Letter, intake: Intake, desk: Desk,
    made: Made, line: str | None = None,
) -> Made:  # fmt: skip
    """Writes to whoever wrote, with the links, and keeps the mail for the manager."""
    writing.ask_again(
        tx, lead, entry, owner, desk.rules,
        receipt_id=intake.receipt_id, address=letter.sender, because=made.because or "", line=line,
    )  # fmt: skip
    log.info("reply_asked_back", lead_id=str(lead.lead_id), owner_id=owner.owner_id, outcome=made.outcome)
    return replace(made, waits=True)


def addresses_of(owner: Owner) -> frozenset[str]:
    """Everybody whose word counts as the owner's: their address, their people's, and where their leads go."""
    mailbox = {owner.mailbox.address.lower()} if owner.mailbox is not None else set()
    return owner.addresses | mailbox


def _keep(
    tx: Transaction,
    intake: Intake,
    letter: Letter,
    made: Made,
    lead: Lead | None = None,
    entry: Assignment | Share | None = None,
) -> None:
    tx.add(
        OwnerReply(
            receipt_id=intake.receipt_id,
            received_at=intake.received_at,
            lead_id=lead.lead_id if lead else None,
            assignment_id=entry.id if entry else None,
            owner_id=entry.owner_id if entry else None,
            sender=letter.sender or None,
            subject=letter.subject or None,
            text=letter.text or None,
            outcome=made.outcome,
            because=made.because,
            action=made.action,
            waits=made.waits,
        )
    )
