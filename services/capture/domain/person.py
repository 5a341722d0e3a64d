"""What is known of a person, and how something newly said changes it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from services.capture.domain.contacts import is_assigned
from services.capture.domain.names import agree
from shared.contracts.people import Address


@dataclass(frozen=True)
class Facts:
    """A person's particulars in normal form; None where nothing usable was said."""

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    salutation: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    job_title: str | None = None
    website: str | None = None
    address: Address | None = None
    language: str | None = None


NOTHING: Mapping[str, str] = MappingProxyType({})
_NAME_FIELDS = ("name", "given_name", "family_name", "salutation")
_OTHER_FIELDS = ("email", "phone", "company", "job_title", "website", "address", "language")


#: When each particular was last said.
Times = Mapping[str, datetime]

#: How a value came, best first: the person said it, in writing or to somebody who keyed it in; it was overlaid from a
#: list that somebody else keeps; it was concluded from another value.
Kind = Literal["given", "keyed", "overlaid", "inferred"]
_RANKS: Mapping[str, int] = {"given": 2, "keyed": 2, "overlaid": 1, "inferred": 0}


def learn(
    known: Facts, times: Times, said: Facts, at: datetime, kind: Kind = "given", kinds: Mapping[str, str] = NOTHING
) -> tuple[Facts, Times]:
    """What is known after something was `said` at the time `at`, and when each particular of it was last said.

    A gap is always filled. A value gives way to one of a better kind, of one kind to a better one, and among equally
    good ones to the newer: so the order in which two inquiries are handled does not matter. Words under another
    person's name (a shared mailbox) fill gaps only. `kinds` are those of what is known; "given" where it does not say.
    """
    rank = _RANKS[kind]
    stranger = _strangers(known, said)
    changes: dict[str, object] = {}
    fresh: dict[str, datetime] = {}
    for name in _OTHER_FIELDS:
        old, new = getattr(known, name), getattr(said, name)
        if new is None:
            continue
        if new == old:
            fresh[name] = max(at, times.get(name, at))
        elif old is None or (
            not stranger
            and (rank, _worth(name, new), at) > (_rank(kinds, name), _worth(name, old), times.get(name, at))
        ):
            changes[name], fresh[name] = new, at
    if not contradict(known, said) and _words(said):
        before = (_rank(kinds, "name"), _words(known), times.get("name", at))
        if (rank, _words(said), at) > before or not known.name:
            changes |= {name: getattr(said, name) or getattr(known, name) for name in _NAME_FIELDS}
            fresh["name"] = at
    return (replace(known, **changes) if changes else known), {**times, **fresh}  # type: ignore[arg-type]


def _rank(kinds: Mapping[str, str], name: str) -> int:
    return _RANKS.get(kinds.get(name, "given"), 0)


def news(known: Facts, learnt: Facts, said: Facts) -> list[str]:
    """The particulars (with "name" for all parts of it) in which what is known is now what was just said."""
    found = [
        name
        for name in _OTHER_FIELDS
        if (value := getattr(said, name)) is not None
        and value == getattr(learnt, name)
        and value != getattr(known, name)
    ]
    named = said.name is not None and (said.name == learnt.name != known.name)
    return [*found, "name"] if named else found


def times_of(facts: Facts, at: datetime) -> Times:
    """The times of what a new person said first."""
    return {name: at for name in (*_OTHER_FIELDS, "name") if getattr(facts, name) is not None}


def contradict(one: Facts, other: Facts) -> bool:
    """Whether two sets of particulars name two different people: "Mary Jones" is not "John Smith"."""
    if one.family_name and other.family_name and one.family_name.casefold() != other.family_name.casefold():
        # A new family name alone is a marriage or a correction; with another given name it is someone else.
        return not agree(one.given_name, other.given_name) or not (one.given_name and other.given_name)
    return not agree(one.given_name, other.given_name)


def _strangers(one: Facts, other: Facts) -> bool:
    """Whether neither name fits: a nickname alone ("Bob Smith" for "Robert Smith") does not make a stranger."""
    same_family = (one.family_name or "").casefold() == (other.family_name or "").casefold()
    return contradict(one, other) and not (same_family and one.family_name)


def _words(facts: Facts) -> int:
    """How full a name is: initials count for less than words."""
    parts = f"{facts.given_name or ''} {facts.family_name or ''}".split() or (facts.name or "").split()
    return sum(2 if len(part.strip(".")) > 1 else 1 for part in parts)


def _worth(name: str, value: object) -> tuple[int, int]:
    """How good a value is beside another of its kind: an assigned number, a fuller address."""
    if name == "phone":
        return int(is_assigned(str(value))), 0
    if name == "address" and isinstance(value, Address):
        return _completeness(value)
    return 0, 0


def _completeness(address: Address) -> tuple[int, int]:
    parts = (bool(address.lines), address.city, address.state, address.postcode, address.country)
    return int(address.mailable), sum(1 for part in parts if part)
