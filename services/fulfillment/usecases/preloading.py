"""Loads what a batch touches in a few queries, locked in the order of the keys."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.fulfillment.company import Library
from services.fulfillment.domain import literature, pieces
from services.fulfillment.models import Lead, Permission, Person, Piece
from services.fulfillment.usecases.remembering import permission_key
from shared.contracts.capture import LeadRegistered, LeadResponded
from shared.contracts.envelope import Envelope
from shared.contracts.nurture import StepDue
from shared.database.unit_of_work import Transaction
from shared.room import DueItem


def preload(tx: Transaction, envelopes: Sequence[Envelope], *, library: Library) -> None:
    """Loads what a batch of events touches in four queries."""
    tx.preload(Lead, [envelope.lead_id for envelope in envelopes])
    tx.preload(Person, [envelope.person_id for envelope in envelopes])
    people = [envelope.person_id for envelope in envelopes if envelope.person_id]
    tx.preload(Permission, [permission_key(person, channel) for person in people for channel in ("email", "post")])
    tx.preload(Piece, [pieces.piece_id(key) for envelope in envelopes for key in _possible_keys(tx, envelope, library)])


def preload_due(tx: Transaction, items: Sequence[DueItem], *, library: Library) -> None:
    """Loads what overdue requests touch."""
    leads = tx.preload(Lead, [UUID(item.data["lead_id"]) for item in items])
    tx.preload(Person, [lead.person_id for lead in leads])
    keys = [key for lead in leads for key in _literature_keys(lead.lead_id, lead.person_id, lead.requests, library)]
    tx.preload(Piece, [pieces.piece_id(key) for key in keys])


def _possible_keys(tx: Transaction, envelope: Envelope, library: Library) -> Iterable[str]:
    if envelope.lead_id is None or envelope.person_id is None:
        return
    event = envelope.data
    if isinstance(event, StepDue):
        yield pieces.piece_key(event.person_id, event.piece, event.occasion)
        return
    lead = tx.get(Lead, envelope.lead_id)
    inquiries = list(lead.requests) if lead else []
    if isinstance(event, LeadRegistered | LeadResponded):
        inquiry = str(event.response.inquiry_id)
        inquiries.append(inquiry)
        for answer in (library.first_answer, library.repeat_answer):
            yield pieces.piece_key(event.person_id, answer, inquiry)
    yield from _literature_keys(envelope.lead_id, envelope.person_id, inquiries, library)


def _literature_keys(
    lead_id: UUID, person_id: UUID | None, inquiries: Iterable[str], library: Library
) -> Iterable[str]:
    if person_id is None:
        return
    for inquiry in inquiries:
        for piece, channel in {rule.piece: rule.channel for rule in library.rules}.items():
            yield pieces.piece_key(person_id, piece, literature.occasion(lead_id, UUID(inquiry), channel))
