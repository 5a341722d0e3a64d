"""Loads what a batch touches in a few queries, locked in the order of the keys."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.fulfillment.company import Library
from services.fulfillment.domain import literature, pieces
from services.fulfillment.models import Lead, Permission, Person, Piece
from services.fulfillment.usecases.planning import asked_under
from services.fulfillment.usecases.remembering import permission_key
from shared.contracts import merges
from shared.contracts.capture import ConfirmationRequested, LeadRegistered, LeadResponded
from shared.contracts.envelope import Envelope
from shared.contracts.nurture import StepDue
from shared.contracts.router import PurchaseAsked
from shared.database.unit_of_work import Transaction
from shared.room import DueItem


def preload(tx: Transaction, envelopes: Sequence[Envelope], *, library: Library) -> None:
    """Loads what a batch of events touches in four queries."""
    leads = tx.preload(Lead, {envelope.lead_id for envelope in envelopes} | merges.leads_named(envelopes))
    persons = {envelope.person_id for envelope in envelopes} | {lead.person_id for lead in leads}
    tx.preload(Person, persons | merges.persons_named(envelopes))
    people = [envelope.person_id for envelope in envelopes if envelope.person_id]
    tx.preload(Permission, [permission_key(person, channel) for person in people for channel in ("email", "post")])
    tx.preload(Piece, [pieces.piece_id(key) for envelope in envelopes for key in _possible_keys(tx, envelope, library)])


def preload_due(tx: Transaction, items: Sequence[DueItem], *, library: Library) -> None:
    """Loads what overdue requests touch."""
    leads = tx.preload(Lead, [UUID(item.data["lead_id"]) for item in items])
    tx.preload(Person, [lead.person_id for lead in leads])
    keys = [key for lead in leads for key in _literature_keys(lead, lead.person_id, lead.requests, library)]
    tx.preload(Piece, [pieces.piece_id(key) for key in keys])


def _possible_keys(tx: Transaction, envelope: Envelope, library: Library) -> Iterable[str]:
    if envelope.lead_id is None or envelope.person_id is None:
        return
    event = envelope.data
    if isinstance(event, StepDue):
        yield pieces.piece_key(event.person_id, event.piece, event.occasion)
        return
    if isinstance(event, ConfirmationRequested):
        yield pieces.piece_key(event.person_id, library.confirm_answer or "", str(event.statement_id))
        return
    if isinstance(event, PurchaseAsked):
        yield pieces.piece_key(event.person_id, library.purchase_question or "", str(event.lead_id))
        return
    lead = tx.get(Lead, envelope.lead_id)
    inquiries = list(lead.requests) if lead else []
    if isinstance(event, LeadRegistered | LeadResponded):
        inquiry = str(event.response.inquiry_id)
        inquiries.append(inquiry)
        for answer in (library.first_answer, library.repeat_answer):
            yield pieces.piece_key(event.person_id, answer, inquiry)
    yield from _literature_keys(
        lead or Lead(lead_id=envelope.lead_id, requests={}), envelope.person_id, inquiries, library
    )


def _literature_keys(lead: Lead, person_id: UUID | None, inquiries: Iterable[str], library: Library) -> Iterable[str]:
    for inquiry in inquiries:
        asker, asked_in = asked_under(lead, inquiry)
        for piece, channel in {rule.piece: rule.channel for rule in library.rules}.items():
            if who := asker or person_id:
                yield pieces.piece_key(who, piece, literature.occasion(asked_in, UUID(inquiry), channel))
