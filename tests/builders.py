"""Builders: each gives a valid thing, with any field overridden by keyword."""

import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from shared.contracts import capture, envelope
from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.people import Address, Consent, Person, Response

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def person(**over: Any) -> Person:
    """A farm manager in Iowa whom every channel reaches."""
    values: dict[str, Any] = {
        "person_id": uuid.uuid4(),
        "name": "Ann Lee",
        "given_name": "Ann",
        "family_name": "Lee",
        "email": "ann.lee@leefarms.example",
        "phone": "+15155550142",
        "company": "Lee Farms",
        "address": address(),
        "language": "en",
    }
    return Person(**(values | over))


def address(**over: Any) -> Address:
    """A mailable address in Ames, Iowa."""
    values: dict[str, Any] = {
        "lines": ["1200 Prairie Road"],
        "city": "Ames",
        "state": "IA",
        "postcode": "50010",
        "country": "US",
        "mailable": True,
    }
    return Address(**(values | over))


def response(**over: Any) -> Response:
    """A web form response about a grain dryer."""
    values: dict[str, Any] = {
        "inquiry_id": uuid.uuid4(),
        "receipt_id": uuid.uuid4(),
        "received_at": NOON,
        "source": "website-contact",
        "channel": "form",
        "medium": "web",
        "campaign": "website",
        "products": ["grain-dryer"],
        "answers": {"budget": "60000", "role": "owner", "timing": "3m"},
        "attribution": {},
        "consent": Consent(email=True),
    }
    return Response(**(values | over))


def lead_registered(**over: Any) -> capture.LeadRegistered:
    """A new lead; `person` and `response` may be given."""
    who = over.pop("person", None) or person()
    what = over.pop("response", None) or response()
    values: dict[str, Any] = {
        "lead_id": uuid.uuid4(),
        "person_id": who.person_id,
        "person": who,
        "response": what,
        "registered_at": what.received_at,
    }
    return capture.LeadRegistered(**(values | over))


def enveloped(event: Event, **over: Any) -> Envelope:
    """The event in an envelope of its own, as a handler gets it."""
    values: dict[str, Any] = {"id": uuid.uuid4(), "time": NOON, "correlation_id": uuid.uuid4()}
    return envelope.wrap(event, **(values | over))


def merged(survivor: Person, absorbed: Person, lead_ids: Iterable[uuid.UUID], revision: int) -> capture.PersonsMerged:
    """Two people were taken for one: these leads of the absorbed one are the survivor's."""
    return capture.PersonsMerged(
        merge_id=uuid.uuid4(),
        person_id=survivor.person_id,
        survivor_id=survivor.person_id,
        absorbed_id=absorbed.person_id,
        person=survivor,
        confidence=1.0,
        reasons=[],
        automatic=False,
        lead_ids=list(lead_ids),
        merged_at=NOON,
        revision=revision,
    )


def unmerged(
    survivor: Person, absorbed: Person, lead_ids: Iterable[uuid.UUID], revision: int, **over: Any
) -> capture.PersonsUnmerged:
    """They were told apart: these leads are the absorbed one's."""
    values: dict[str, Any] = {
        "merge_id": uuid.uuid4(),
        "person_id": survivor.person_id,
        "survivor_id": survivor.person_id,
        "absorbed_id": absorbed.person_id,
        "survivor": survivor,
        "absorbed": absorbed,
        "lead_ids": list(lead_ids),
        "moved": {},
        "left": {},
        "unmerged_at": NOON,
        "revision": revision,
    }
    return capture.PersonsUnmerged(**(values | over))
