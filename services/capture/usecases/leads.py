"""Episodes of interest: an inquiry joins the open one of its person or opens the next; owners tell how it ended."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from services.capture import store
from services.capture.domain.lead import OPEN, RECYCLED, belongs
from services.capture.models import Inquiry, Lead, Person
from services.capture.usecases.arriving import Arrival
from services.capture.usecases.people import as_contract
from shared.contracts import router
from shared.contracts.capture import LeadRegistered, LeadResponded
from shared.contracts.envelope import Envelope
from shared.contracts.people import Consent, PreviousResponse, Response
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

#: The leads of each person of a batch.
Episodes = dict[UUID, list[Lead]]


def new_lead_id(inquiry_id: UUID) -> UUID:
    """The id of the lead that this inquiry would open."""
    return derived_id(inquiry_id, "lead")


def load(tx: Transaction, person_ids: Iterable[UUID], inquiry_ids: Iterable[UUID]) -> Episodes:
    """The leads of these persons, and rows that wait for the lead that one of these inquiries would open."""
    known = store.lead_ids_of(tx.session, person_ids)
    episodes: Episodes = {}
    for lead in store.load(tx, Lead, (*known, *map(new_lead_id, inquiry_ids))):
        if lead.person_id is not None:
            episodes.setdefault(lead.person_id, []).append(lead)
    return episodes


def join_or_open(
    tx: Transaction, person: Person, arrival: Arrival, episodes: Episodes, origin: UUID | None = None
) -> tuple[Lead, bool]:
    """The lead that this inquiry belongs to, and whether it was opened by it. `origin`: whose it is without a merge."""
    own = sorted(episodes.setdefault(person.id, []), key=last_response, reverse=True)
    lead = chosen([lead for lead in own if _joins(lead, arrival)])
    if lead is not None:
        lead.responses += 1
        lead.first_response_at = min(lead.first_response_at or arrival.received_at, arrival.received_at)
        lead.last_response_at = max(last_response(lead), arrival.received_at)
        return lead, False
    before = next((lead for lead in own if last_response(lead) <= arrival.received_at), None)
    lead = _open(tx, person, arrival, before)
    lead.origin_person_id = origin
    episodes[person.id].append(lead)
    return lead, True


def chosen(leads: Sequence[Lead]) -> Lead | None:
    """Of the leads that an inquiry may join, given latest first: the latest; after a merge of two people the older."""
    if len({lead.origin_person_id for lead in leads}) > 1:
        return min(leads, key=lambda lead: (lead.registered_at or lead.first_response_at, lead.id))
    return leads[0] if leads else None


def _open(tx: Transaction, person: Person, arrival: Arrival, before: Lead | None) -> Lead:
    lead = _row(tx, new_lead_id(arrival.inquiry_id))
    lead.person_id = person.id
    lead.source, lead.campaign = arrival.source.id, arrival.inquiry.campaign
    lead.registered_at = tx.now
    lead.first_response_at = lead.last_response_at = arrival.received_at
    lead.responses = 1
    lead.previous_lead_id = before.id if before else None
    return lead


def open_again(tx: Transaction, person: Person, inquiry: Inquiry, before: Lead | None) -> Lead:
    """The lead that this inquiry would have opened, had it not joined another person's."""
    lead = _row(tx, new_lead_id(inquiry.id))
    lead.person_id = person.id
    lead.source, lead.campaign = inquiry.source, inquiry.campaign
    lead.registered_at = tx.now
    lead.first_response_at = lead.last_response_at = inquiry.received_at
    lead.responses = 1
    lead.previous_lead_id = before.id if before else None
    return lead


def last_response(lead: Lead) -> datetime:
    """When somebody last responded; the beginning of time for a lead that nobody opened yet."""
    return lead.last_response_at or datetime.min.replace(tzinfo=UTC)


def _joins(lead: Lead, arrival: Arrival) -> bool:
    if lead.first_response_at is None or lead.last_response_at is None:
        return False
    return belongs(
        lead.resolution, lead.first_response_at, lead.last_response_at, arrival.received_at, arrival.source.window
    )


def tell(tx: Transaction, lead: Lead, person: Person, record: Inquiry, *, opened: bool, answered: bool = False) -> None:
    """Publishes the new lead, or the further response of a known one."""
    response = _response(record)
    if not opened:
        tx.emit(
            LeadResponded(
                lead_id=lead.id,
                person_id=person.id,
                person=as_contract(person),
                response=response,
                number=lead.responses,
                answered=answered,
            )
        )
        return
    tx.emit(
        LeadRegistered(
            lead_id=lead.id,
            person_id=person.id,
            person=as_contract(person),
            response=response,
            previous=_previous(tx, lead),
            registered_at=tx.now,
            answered=answered,
        )
    )


def _previous(tx: Transaction, lead: Lead) -> PreviousResponse | None:
    before = tx.get(Lead, lead.previous_lead_id) if lead.previous_lead_id else None
    if before is None or before.registered_at is None:
        return None
    return PreviousResponse(
        lead_id=before.id,
        registered_at=before.registered_at,
        campaign=before.campaign,
        source=before.source,
        resolution=before.resolution,
    )


def _response(record: Inquiry) -> Response:
    return Response(
        inquiry_id=record.id,
        receipt_id=record.receipt_id,
        received_at=record.received_at,
        source=record.source,
        channel=record.channel,
        medium=record.medium,
        campaign=record.campaign,
        products=record.products,
        message=record.message,
        answers=record.answers,
        attribution=record.attribution,
        consent=Consent(**record.consent),
    )


# --- how it ended ----------------------------------------------------------------------------------------------------


def note_win(tx: Transaction, envelope: Envelope) -> None:
    """The lead became a sale; the person's next inquiry opens a new one."""
    event: router.LeadWon = envelope.data
    _resolve(tx, event.lead_id, "won", event.won_at)


def note_loss(tx: Transaction, envelope: Envelope) -> None:
    """The lead was lost; the person's next inquiry opens a new one."""
    event: router.LeadLost = envelope.data
    _resolve(tx, event.lead_id, "lost", event.lost_at)


def note_reopening(tx: Transaction, envelope: Envelope) -> None:
    """The owner takes back that the lead was won or lost: it is open again."""
    event: router.LeadReopened = envelope.data
    _resolve(tx, event.lead_id, OPEN, event.reopened_at)


def note_recycling(tx: Transaction, envelope: Envelope) -> None:
    """The lead is back with marketing: it stays open, marked."""
    event: router.LeadRecycled = envelope.data
    _resolve(tx, event.lead_id, RECYCLED, event.recycled_at)


def preload(tx: Transaction, lead_ids: set[UUID]) -> None:
    """Loads the leads that a batch of events speaks of."""
    store.load(tx, Lead, lead_ids)


def _resolve(tx: Transaction, lead_id: UUID, resolution: str, at: datetime) -> None:
    lead = _row(tx, lead_id)
    # The newest word counts; of two at one moment what ends the lead, and then the later in the alphabet (won), so that
    # order does not decide: an owner who says another ending takes the first one back at that moment.
    if lead.resolved_at is None or _weight(at, resolution) > _weight(lead.resolved_at, lead.resolution):
        lead.resolution, lead.resolved_at = resolution, at


def _weight(at: datetime, resolution: str) -> tuple[datetime, bool, str]:
    return at, resolution != OPEN, resolution


def _row(tx: Transaction, lead_id: UUID) -> Lead:
    return tx.get(Lead, lead_id) or tx.new(Lead, id=lead_id, responses=0, resolution=OPEN)
