"""What the front desk publishes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event, event
from shared.contracts.people import Person, PreviousResponse, Response


@event("capture", "inquiry_received")
class InquiryReceived(Event):
    """An inquiry was registered, whatever becomes of it. `test` inquiries go no further."""

    inquiry_id: UUID
    receipt_id: UUID
    lead_id: UUID | None = None
    person_id: UUID | None = None
    source: str
    channel: str
    campaign: str | None = None
    received_at: datetime
    registered_at: datetime
    outcome: Literal["registered", "responded", "test"]
    #: Share of the fields that qualification asks for which came filled, 0 to 1.
    completeness: float = 0.0


@event("capture", "inquiry_quarantined")
class InquiryQuarantined(Event):
    """An inquiry could not be understood or is suspect; it is kept whole and can be released."""

    inquiry_id: UUID
    receipt_id: UUID
    source: str
    channel: str
    received_at: datetime
    #: Stable slug: unreadable, no_contact, spam, unknown_source, …
    reason: str
    detail: str


@event("capture", "lead_registered")
class LeadRegistered(Event):
    """A new episode of interest begins."""

    lead_id: UUID
    person_id: UUID
    person: Person
    response: Response
    previous: PreviousResponse | None = None
    registered_at: datetime


@event("capture", "lead_responded")
class LeadResponded(Event):
    """The person of an open lead inquired again. `number` counts the responses of this lead from 2."""

    lead_id: UUID
    person_id: UUID
    person: Person
    response: Response
    number: int


@event("capture", "person_updated")
class PersonUpdated(Event):
    """The front desk knows something new of a person. `revision` grows; an older one must not win over a newer."""

    person_id: UUID
    person: Person
    revision: int
    lead_id: UUID | None = None


@event("capture", "consent_changed")
class ConsentChanged(Event):
    """Permission for one channel was given or withdrawn. `changed_at` decides between two that cross."""

    person_id: UUID
    channel: Literal["email", "phone", "post"]
    allowed: bool
    changed_at: datetime
    #: Where it was said: a form, an unsubscribe link, a phone call.
    origin: str
    text: str | None = None
