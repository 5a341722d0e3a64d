"""How a profile remembers what was heard: contract → stored document → the domain's history."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.qualify.domain.facts import Facts, shown
from services.qualify.domain.history import Closing, Finding, History, Note, PersonUpdate, Recycling, Response
from services.qualify.models import Person, Profile
from shared.contracts import people
from shared.contracts.router import LeadLost, LeadWon

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
    }


def ending(profile: Profile) -> tuple[datetime | None, str | None]:
    """When and how the lead ended first, as far as that is known."""
    closings = [_closing(kept) for kept in profile.closings.values()]
    first = min(closings, key=lambda closing: (closing.at, closing.outcome or ""), default=None)
    return (first.at, first.outcome) if first else (None, None)


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


def history_of(profile: Profile, person: Person | None) -> History:
    """Everything heard of the lead so far."""
    return History(
        responses=tuple(_response(key, kept) for key, kept in profile.responses.items()),
        person_updates=tuple(_update(key, kept) for key, kept in (person.updates if person else {}).items()),
        recyclings=tuple(_recycling(kept) for kept in profile.recyclings.values()),
        notes=tuple(_note(key, kept) for key, kept in profile.notes.items()),
        findings=tuple(_finding(via, kept) for via, kept in profile.findings.items()),
        closings=tuple(_closing(kept) for kept in profile.closings.values()),
        previous_resolution=profile.previous_resolution,
    )


def fact_documents(facts: Facts) -> dict[str, Any]:
    """Facts as they are kept for explanation: the value as shown, and the inquiry that gave it."""
    return {
        name: {"value": shown(fact.value)}
        | ({"inquiry_id": str(fact.inquiry_id)} if fact.inquiry_id else {})
        | ({"received_at": fact.received_at.isoformat()} if fact.received_at else {})
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


def _heard(kept: Mapping[str, Any]) -> datetime | None:
    at = kept.get("heard_at")
    return _moment(at) if at else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
