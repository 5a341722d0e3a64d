"""The rows that several events fill, whichever comes first."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from services.fulfillment.domain import pieces
from services.fulfillment.models import Lead, Permission, Person
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction

#: Which tale of a person wins, before the time it was told: the front desk's numbered ones over what came with a lead,
#: that over the copy that nurture keeps.
TOLD_BY_NURTURE, TOLD_WITH_LEAD, TOLD_IN_REVISION = 0, 1, 2


def lead_row(tx: Transaction, lead_id: UUID, person_id: UUID | None) -> Lead:
    """The lead's row, made when this is the first that is heard of it."""
    lead = tx.get(Lead, lead_id) or tx.add(Lead(lead_id=lead_id, requests={}, person_revision=0, moved_away={}))
    if person_id is not None and not lead.person_revision:
        lead.person_id = person_id
    return lead


def meet(tx: Transaction, person_id: UUID, envelope: Envelope, precedence: int) -> None:
    """Keeps what an event says of a person, unless something newer is known."""
    remember(tx, person_id, envelope.raw["person"], precedence, envelope.time)


def remember(tx: Transaction, person_id: UUID, document: Mapping[str, Any], precedence: int, told_at: datetime) -> None:
    """Keeps what was told of a person at a time, unless something newer is known."""
    known = tx.get(Person, person_id)
    if known is None:
        tx.add(Person(person_id=person_id, document=dict(document), precedence=precedence, told_at=told_at))
    elif (precedence, told_at) > (known.precedence, known.told_at):
        known.document, known.precedence, known.told_at = dict(document), precedence, told_at


def note_permission(tx: Transaction, person_id: UUID, channel: str, said: pieces.Permission) -> None:
    """Keeps what a person said about a channel, unless a later word is known."""
    key = permission_key(person_id, channel)
    row = tx.get(Permission, key)
    if row is None:
        row = tx.add(Permission(key=key, person_id=person_id, channel=channel, **vars(said)))
    word = pieces.newest(pieces.Permission(row.allowed, row.said_at, row.origin), said)
    row.allowed, row.said_at, row.origin = word.allowed, word.said_at, word.origin


def permission_key(person_id: UUID, channel: str) -> str:
    """Primary key of a permission."""
    return f"{person_id}/{channel}"
