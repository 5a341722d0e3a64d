"""How a profile remembers what was heard: contract → stored document → the domain's history."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.qualify.domain import activities as did
from services.qualify.domain.facts import Facts, shown
from services.qualify.domain.history import (
    Closing,
    Colleagues,
    Finding,
    History,
    Mark,
    Note,
    PersonUpdate,
    Recycling,
    Response,
    standing,
)
from services.qualify.models import Activity, Person, Profile
from shared.contracts import people
from shared.contracts.router import (
    LeadAccepted,
    LeadDeclined,
    LeadLost,
    LeadReopened,
    LeadStatusChanged,
    LeadWon,
    QuoteRecorded,
)

#: Rules look for words in a message; what comes after this many characters is left to the front desk.
MESSAGE_KEPT = 2000


def response_document(
    response: people.Response, person: people.Person, told_at: datetime, heard_at: datetime
) -> dict[str, Any]:
    """What a profile keeps of one response."""
    return {
        "received_at": response.received_at.isoformat(),
        "told_at": told_at.isoformat(),
        "heard_at": heard_at.isoformat(),
        "source": response.source,
        "channel": response.channel,
        "medium": response.medium,
        "campaign": response.campaign,
        "products": list(response.products),
        "message": response.message[:MESSAGE_KEPT] if response.message else None,
        "answers": dict(response.answers),
        "person": person_facts(person),
        "company_id": str(person.company_id) if person.company_id else None,
    }


def closing_document(event: LeadWon | LeadLost, heard_at: datetime) -> dict[str, Any]:
    """What a profile keeps of how the lead ended."""
    won = isinstance(event, LeadWon)
    return {
        "at": (event.won_at if isinstance(event, LeadWon) else event.lost_at).isoformat(),
        "heard_at": heard_at.isoformat(),
        "outcome": "won" if won else "lost",
        "amount": str(event.amount) if isinstance(event, LeadWon) and event.amount is not None else None,
        "currency": event.currency if isinstance(event, LeadWon) else None,
        "revision": event.revision,
    }


def reopening_document(event: LeadReopened, heard_at: datetime) -> dict[str, Any]:
    """What a profile keeps of an ending that was taken back."""
    at = event.reopened_at.isoformat()
    return {"at": at, "heard_at": heard_at.isoformat(), "outcome": "reopened", "revision": event.revision}


def ending(profile: Profile) -> tuple[datetime | None, str | None]:
    """When and how the lead ended first, as far as that is known."""
    closings = standing(_closing(kept) for kept in profile.closings.values())
    first = min(closings, key=lambda closing: (closing.at, closing.outcome or ""), default=None)
    return (first.at, first.outcome) if first else (None, None)


def mark_document(
    event: LeadAccepted | LeadDeclined | LeadStatusChanged | QuoteRecorded, heard_at: datetime
) -> dict[str, Any] | None:
    """What a profile keeps of what the owner did; None where it is no step on the way to a sale."""
    match event:
        case LeadAccepted():
            kind, at = "accepted", event.accepted_at
        case LeadDeclined():
            kind, at = "declined", event.declined_at
        case QuoteRecorded():
            kind, at = "quoted", event.quoted_at
        case LeadStatusChanged(status="appointment"):
            kind, at = "appointment", event.changed_at
        case _:
            return None
    return {"kind": kind, "at": at.isoformat(), "heard_at": heard_at.isoformat()}


def person_facts(person: people.Person) -> dict[str, str | bool | None]:
    """What rules may know of a person; name, address and phone themselves stay at the front desk."""
    address = person.address
    return {
        "state": address.state if address else None,
        "country": address.country if address else None,
        "language": person.language,
        "has_email": bool(person.email),
        "has_phone": bool(person.phone),
        "has_company": bool(person.company),
        "mailable": bool(address and address.mailable),
    }


def history_of(profile: Profile, person: Person | None, activities: Iterable[Activity] = ()) -> History:
    """Everything heard of the lead so far."""
    return History(
        responses=tuple(_response(key, kept) for key, kept in profile.responses.items()),
        person_updates=tuple(_update(key, kept) for key, kept in (person.updates if person else {}).items()),
        recyclings=tuple(_recycling(kept) for kept in profile.recyclings.values()),
        notes=tuple(_note(key, kept) for key, kept in profile.notes.items()),
        findings=tuple(
            _finding(via, each) for via, kept in profile.findings.items() for each in (kept, *kept.get("before", ()))
        ),
        closings=tuple(_closing(kept) for kept in profile.closings.values()),
        marks=tuple(_mark(kept) for kept in profile.marks.values()),
        activities=tuple(_activity(row) for row in activities if row.kind is not None),
        colleagues=tuple(_colleagues(at, kept) for at, kept in profile.colleagues.items()),
        previous_resolution=profile.previous_resolution,
    )


def company_of(profile: Profile, person: Person | None) -> UUID | None:
    """The company that the lead's person was last said to be of."""
    _, company_id = seen_of(profile, person)
    return UUID(company_id) if company_id else None


def seen_of(profile: Profile, person: Person | None) -> tuple[Mapping[str, Any], str | None]:
    """What was last known of the lead's person: the facts that rules may read, and the company."""
    told = [(_moment(kept["told_at"]), 0, kept) for kept in profile.responses.values()]
    updates = person.updates if person else {}
    told += [(_moment(kept["told_at"]), int(key), kept) for key, kept in updates.items()]
    if not told:
        return {}, None
    newest = max(told, key=lambda known: known[:2])[2]
    return newest["person"], newest.get("company_id")


def fact_documents(facts: Facts) -> dict[str, Any]:
    """Facts as they are kept for explanation: the value as shown, and the inquiry that gave it."""
    return {
        name: {"value": shown(fact.value)}
        | ({"inquiry_id": str(fact.inquiry_id)} if fact.inquiry_id else {})
        | ({"received_at": fact.received_at.isoformat()} if fact.received_at else {})
        | ({"via": fact.via} if fact.via else {})
        | ({"by": fact.by} if fact.by else {})
        for name, fact in sorted(facts.items())
    }


def _response(key: str, kept: Mapping[str, Any]) -> Response:
    return Response(
        inquiry_id=UUID(key),
        received_at=_moment(kept["received_at"]),
        told_at=_moment(kept["told_at"]),
        source=kept["source"],
        channel=kept["channel"],
        medium=kept["medium"],
        campaign=kept["campaign"],
        products=tuple(kept["products"]),
        message=kept["message"],
        answers=kept["answers"],
        person=kept["person"],
        heard_at=_heard(kept),
    )


def _update(key: str, kept: Mapping[str, Any]) -> PersonUpdate:
    return PersonUpdate(int(key), _moment(kept["told_at"]), kept["person"], _heard(kept))


def _recycling(kept: Mapping[str, Any]) -> Recycling:
    until = kept["until"]
    day = date.fromisoformat(until) if until else None
    return Recycling(_moment(kept["at"]), day, kept["reason"], _heard(kept))


def _closing(kept: Mapping[str, Any]) -> Closing:
    amount = kept.get("amount")
    return Closing(
        at=_moment(kept["at"]),
        outcome=kept.get("outcome"),
        amount=Decimal(amount) if amount else None,
        currency=kept.get("currency"),
        heard_at=_heard(kept),
        revision=kept.get("revision", 0),
    )


def _note(key: str, kept: Mapping[str, Any]) -> Note:
    until = kept.get("until")
    return Note(
        key=key,
        at=_moment(kept["at"]),
        answers=kept["answers"],
        via=kept["via"],
        by=kept.get("by"),
        outcome=kept.get("outcome"),
        until=date.fromisoformat(until) if until else None,
        heard_at=_heard(kept),
    )


def _finding(via: str, kept: Mapping[str, Any]) -> Finding:
    return Finding(via, _moment(kept["at"]), kept["values"], _heard(kept))


def _mark(kept: Mapping[str, Any]) -> Mark:
    return Mark(kept["kind"], _moment(kept["at"]), _heard(kept))


def _activity(row: Activity) -> did.Activity:
    told = tuple(
        did.Telling(each["revision"], each["verdict"], each["its"], _moment(each["heard_at"])) for each in row.told
    )
    assert row.kind is not None
    assert row.at is not None
    return did.Activity(row.activity_id, row.kind, row.what or "", row.at, told, row.title)


def _colleagues(at: str, kept: Mapping[str, Any]) -> Colleagues:
    return Colleagues(_moment(at), kept["people"], kept["score"], tuple(kept["roles"]))


def _heard(kept: Mapping[str, Any]) -> datetime | None:
    at = kept.get("heard_at")
    return _moment(at) if at else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
