"""What fulfillment publishes."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event, event
from shared.contracts.privacy import DataErased


@event("fulfillment", "piece_sent")
class PieceSent(Event):
    """One piece went out to one person, once: the mail server took it."""

    piece_id: UUID
    #: person × piece × occasion
    key: str
    lead_id: UUID
    person_id: UUID
    piece: str
    channel: Literal["email", "post"]
    occasion: str
    items: list[str]
    owner_id: str | None = None
    sent_at: datetime


@event("fulfillment", "piece_failed")
class PieceFailed(Event):
    """A piece was not sent (`failed`, `suppressed`), or nobody can know after a crash (`unknown`: not resent)."""

    piece_id: UUID
    key: str
    lead_id: UUID
    person_id: UUID
    piece: str
    channel: Literal["email", "post"]
    occasion: str
    outcome: Literal["failed", "suppressed", "unknown"]
    reason: str
    failed_at: datetime


@event("fulfillment", "print_job_sent")
class PrintJobSent(Event):
    """A print job (PDF and job ticket) lies in the fulfilment house's folder."""

    piece_id: UUID
    key: str
    job_id: str
    lead_id: UUID
    person_id: UUID
    piece: str
    occasion: str
    items: list[str]
    pages: int
    sent_at: datetime


@event("fulfillment", "unsubscribed")
class Unsubscribed(Event):
    """A person used the unsubscribe link of a piece."""

    person_id: UUID
    lead_id: UUID | None = None
    channel: Literal["email", "post"]
    piece: str | None = None
    unsubscribed_at: datetime


@event("fulfillment", "person_data_erased")
class PersonDataErased(DataErased):
    """The person is gone; nothing more is sent to them, and letters that nobody fetched are destroyed."""
