"""Remembers what other rooms tell, and plans what follows.

Whether a piece may go out is not asked here but at the last moment before it does (`sending.py`): so no order in which
events come can let one slip past a refusal.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from services.fulfillment.company import Library
from services.fulfillment.domain import pieces
from services.fulfillment.domain.literature import Choice
from services.fulfillment.models import Lead
from services.fulfillment.usecases.planning import choose_literature, new_piece, plan, told_under
from services.fulfillment.usecases.remembering import (
    TOLD_BY_NURTURE,
    TOLD_IN_REVISION,
    TOLD_WITH_LEAD,
    lead_row,
    meet,
    note_permission,
)
from shared.contracts.capture import ConfirmationRequested, LeadRegistered, LeadResponded
from shared.contracts.envelope import Envelope
from shared.contracts.people import Response
from shared.contracts.qualify import LeadDisqualified, LeadQualified, LeadScored
from shared.contracts.router import PurchaseAsked
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

#: Due work: literature has waited long enough for verdict and owner.
LITERATURE_DUE = "literature"


class UnknownPiece(LookupError):
    """Another room asked for a piece that the company has not defined for this channel. Add it, then replay."""


def answer_registration(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """A new lead: acknowledges it at once, and lets literature wait for the verdict and the owner."""
    _answer(tx, envelope, library.first_answer, number=1, library=library)


def answer_repeat(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """The person asked again: acknowledges what is new."""
    _answer(tx, envelope, library.repeat_answer, number=envelope.data.number, library=library)


def note_verdict(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """Qualification scored, qualified or disqualified the lead; the highest revision counts."""
    event = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    if lead.verdict_revision is None or event.revision >= lead.verdict_revision:
        lead.rank, lead.decision = event.rank, _decision(event)
        lead.verdict_revision = event.revision
        lead.verdict_at = _decided_at(event)
    choose_literature(tx, lead, library)


def note_owner(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """The lead has a new owner; the highest revision counts."""
    event = envelope.data
    lead = lead_row(tx, event.lead_id, event.person_id)
    if lead.owner_revision is None or event.revision >= lead.owner_revision:
        lead.owner = dict(envelope.raw["owner"])
        lead.owner_revision, lead.owner_since = event.revision, event.assigned_at
    choose_literature(tx, lead, library)


def note_person(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """The front desk knows something new; an address that was missing may let literature go."""
    event = envelope.data
    meet(tx, event.person_id, envelope, TOLD_IN_REVISION + event.revision)
    if event.lead_id is not None:
        choose_literature(tx, lead_row(tx, event.lead_id, event.person_id), library)


def ask_to_confirm(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """A yes waits to be confirmed: asks the person, once. Raises UnknownPiece where the company has no such piece."""
    event: ConfirmationRequested = envelope.data
    if library.confirm_answer is None:
        raise UnknownPiece("pieces.yml, acknowledge: confirm: consent.yml asks for double opt-in, and no piece asks")
    lead_row(tx, event.lead_id, event.person_id)
    meet(tx, event.person_id, envelope, TOLD_WITH_LEAD)
    if not event.person.email:
        return
    choice = Choice(library.confirm_answer, "email", (), (f"a yes by {event.channel} is to be confirmed",))
    row = new_piece(event.lead_id, event.person_id, choice, str(event.statement_id), library.version)
    row.inquiry_id, row.requested_at, row.caused_at = event.inquiry_id, event.requested_at, envelope.time
    row.facts = {
        "statement_id": str(event.statement_id),
        "channel": event.channel,
        "purpose": event.purpose,
        # Only what is the company's own wording: whoever fills in the form must not have us mail theirs.
        "text": event.text if event.version else None,
        "expires_at": event.expires_at.isoformat(),
    }
    plan(tx, row)


def ask_about_purchase(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """An owner is silent: asks the prospect, once, whether they bought. A company without such a piece asks nobody."""
    event: PurchaseAsked = envelope.data
    lead_row(tx, event.lead_id, event.person_id)
    if library.purchase_question is None:
        return
    choice = Choice(library.purchase_question, "email", (), ("the owner of the lead is silent",))
    row = new_piece(event.lead_id, event.person_id, choice, str(event.lead_id), library.version)
    row.requested_at, row.caused_at = event.asked_at, envelope.time
    row.facts = {
        "about_purchase": str(event.lead_id),
        "owner_name": event.owner_name,
        "products": event.products,
        "expires_at": event.expires_at.isoformat(),
    }
    plan(tx, row)


def note_consent(tx: Transaction, envelope: Envelope) -> None:
    """Permission for a channel was given or withdrawn."""
    event = envelope.data
    if event.channel != "phone" and event.purpose == "marketing":
        said = pieces.Permission(event.allowed, event.changed_at, event.origin)
        note_permission(tx, event.person_id, event.channel, said)


def send_step(tx: Transaction, envelope: Envelope, *, library: Library) -> None:
    """A step of a nurture programme is due. Raises UnknownPiece, so that the step is parked and can be replayed."""
    event = envelope.data
    piece = library.pieces.get(event.piece)
    if piece is None or piece.channel != event.channel:
        raise UnknownPiece(f"{event.piece} by {event.channel}, asked for by {event.programme}/{event.step}")
    lead_row(tx, event.lead_id, event.person_id)
    meet(tx, event.person_id, envelope, TOLD_BY_NURTURE)
    choice = Choice(piece.id, piece.channel, piece.items, (f"{event.programme}/{event.step}",))
    row = new_piece(event.lead_id, event.person_id, choice, event.occasion, library.version)
    row.requested_at = event.due_at
    row.caused_at = envelope.time
    plan(tx, row)


def send_overdue_literature(tx: Transaction, item: DueItem, *, library: Library) -> None:
    """The verdict or the owner did not come in time: the literature goes without."""
    lead = tx.get(Lead, UUID(item.data["lead_id"]))
    if lead is not None and item.key in lead.moved_away:
        lead = tx.get(Lead, UUID(lead.moved_away[item.key]))
    if lead is None or item.key not in lead.requests:
        return
    lead.requests = {**lead.requests, item.key: {**lead.requests[item.key], "overdue": True}}
    choose_literature(tx, lead, library)


def _answer(tx: Transaction, envelope: Envelope, answer: str, *, number: int, library: Library) -> None:
    event: LeadRegistered | LeadResponded = envelope.data
    response = event.response
    lead = lead_row(tx, event.lead_id, event.person_id)
    meet(tx, event.person_id, envelope, TOLD_WITH_LEAD)
    for channel, allowed in (("email", response.consent.email), ("post", response.consent.post)):
        if allowed is not None:
            said = pieces.Permission(allowed, response.received_at, "inquiry")
            note_permission(tx, event.person_id, channel, said)
    if event.answered:
        # It came to this lead from another one, when two people who had been taken for one were told apart.
        return
    key = str(response.inquiry_id)
    if key in lead.moved_away:
        lead = lead_row(tx, UUID(lead.moved_away[key]), event.person_id)
    if key not in lead.requests:
        request = _request(response, number, envelope.time) | told_under(event.person_id, event.lead_id)
        lead.requests = {**lead.requests, key: request}
        tx.schedule(LITERATURE_DUE, key, envelope.time + library.patience, {"lead_id": str(event.lead_id)})
    if event.person.email and response.consent.email is not False:
        choice = Choice(answer, library.pieces[answer].channel, (), ("every inquiry is acknowledged",))
        row = new_piece(lead.lead_id, event.person_id, choice, key, library.version)
        row.inquiry_id, row.requested_at, row.caused_at = response.inquiry_id, response.received_at, envelope.time
        plan(tx, row)
    choose_literature(tx, lead, library)


def _request(response: Response, number: int, heard_at: datetime) -> dict[str, Any]:
    return {
        "products": response.products,
        "answers": response.answers,
        "medium": response.medium,
        "channel": response.channel,
        "source": response.source,
        "campaign": response.campaign,
        "received_at": response.received_at.isoformat(),
        "heard_at": heard_at.astimezone(UTC).isoformat(),
        "number": number,
        "overdue": False,
    }


def _decision(event: LeadScored | LeadQualified | LeadDisqualified) -> str:
    match event:
        case LeadScored(decision=decision):
            return decision
        case LeadQualified():
            return "qualified"
        case LeadDisqualified(rank=rank):
            return "junk" if rank == "junk" else "unqualified"


def _decided_at(event: LeadScored | LeadQualified | LeadDisqualified) -> datetime:
    match event:
        case (
            LeadScored(scored_at=moment) | LeadQualified(qualified_at=moment) | LeadDisqualified(disqualified_at=moment)
        ):
            return moment
