"""What is known of a person, and how something newly said changes it."""

from dataclasses import dataclass, replace

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


_NAME_FIELDS = ("name", "given_name", "family_name", "salutation")
_OTHER_FIELDS = ("email", "phone", "company", "job_title", "website", "address", "language")


def learn(known: Facts, said: Facts, *, newer: bool) -> Facts:
    """What is known after `said`; `newer` tells that it was said after everything known.

    A gap is always filled. A value is replaced only by a newer one that is not worse. Words under another person's
    name (a shared mailbox) replace nothing at all.
    """
    may_replace = newer and not _strangers(known, said)
    changes: dict[str, object] = {}
    for name in _OTHER_FIELDS:
        old, new = getattr(known, name), getattr(said, name)
        if new is None or new == old:
            continue
        if old is None or (may_replace and not _worse(name, new, old)):
            changes[name] = new
    same_name = not contradict(known, said)
    if same_name and _words(said) and (_words(said) > _words(known) or (newer and _words(said) == _words(known))):
        changes |= {name: getattr(said, name) or getattr(known, name) for name in _NAME_FIELDS}
    return replace(known, **changes) if changes else known  # type: ignore[arg-type]


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


def _worse(name: str, new: object, old: object) -> bool:
    if name == "phone":
        return is_assigned(str(old)) and not is_assigned(str(new))
    if name == "address" and isinstance(new, Address) and isinstance(old, Address):
        return _completeness(new) < _completeness(old)
    return False


def _completeness(address: Address) -> tuple[bool, int]:
    parts = (bool(address.lines), address.city, address.state, address.postcode, address.country)
    return address.mailable, sum(1 for part in parts if part)
