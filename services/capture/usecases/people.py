"""Who is asking: the person is found by exact keys or made, learns what was said, and their consent is noted."""

from dataclasses import asdict, fields
from datetime import UTC, datetime
from uuid import UUID

from services.capture.domain import identity
from services.capture.domain.person import Facts, Times, learn, times_of
from services.capture.models import ConsentStatement, Inquiry, Person, PersonKey
from services.capture.usecases.arriving import Arrival
from shared.contracts import people as contracts
from shared.contracts.capture import ConsentChanged, PersonUpdated
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

_PLAIN = tuple(field.name for field in fields(Facts) if field.name != "address")
_CHANNELS = ("email", "phone", "post")


def recognise(tx: Transaction, arrival: Arrival) -> tuple[Person, bool, UUID | None]:
    """The person who sent this, whether something changed of a known one, and who else it might be."""
    said = arrival.inquiry.facts
    person, other = find(tx, said)
    if person is None:
        person = _open(tx, arrival)
        _own(tx, person, said)
        return person, False, other
    known = facts_of(person)
    learnt, times = learn(known, _times(person), said, arrival.received_at)
    person.said_at = _as_json(times)
    _own(tx, person, said)
    if learnt == known:
        return person, False, other
    _write(person, learnt)
    person.revision += 1
    _own(tx, person, learnt)
    return person, True, other


def find(tx: Transaction, said: Facts) -> tuple[Person | None, UUID | None]:
    """The person known by the surest key of these facts, and another one whom a weaker key names."""
    found: Person | None = None
    for key in identity.keys(said):
        row = tx.get(PersonKey, key.text)
        if row is None or (found is not None and row.person_id == found.id):
            continue
        person = tx.get(Person, row.person_id)
        if person is None or not identity.is_that_person(key, facts_of(person), said):
            continue
        if found is not None:
            return found, person.id
        found = person
    return found, None


def _open(tx: Transaction, arrival: Arrival) -> Person:
    person = Person(
        id=derived_id(arrival.inquiry_id, "person"),
        revision=1,
        said_at=_as_json(times_of(arrival.inquiry.facts, arrival.received_at)),
        registered_at=tx.now,
    )
    _write(person, arrival.inquiry.facts)
    return tx.add(person)


def _own(tx: Transaction, person: Person, facts: Facts) -> None:
    """Makes the keys of these facts the person's, as far as they are nobody's."""
    for key in identity.keys(facts):
        if tx.get(PersonKey, key.text) is None:
            tx.add(PersonKey(key=key.text, person_id=person.id))


def facts_of(person: Person) -> Facts:
    """The row as facts."""
    address = contracts.Address(**person.address) if person.address else None
    return Facts(**{name: getattr(person, name) for name in _PLAIN}, address=address)


def _write(person: Person, facts: Facts) -> None:
    for name in _PLAIN:
        setattr(person, name, getattr(facts, name))
    person.address = asdict(facts.address) if facts.address else None


def joint_facts(person: Person, arrival: Arrival) -> Facts:
    """What will be known of the person with this arrival."""
    return learn(facts_of(person), _times(person), arrival.inquiry.facts, arrival.received_at)[0]


def _times(person: Person) -> Times:
    return {name: datetime.fromisoformat(at) for name, at in person.said_at.items()}


def _as_json(times: Times) -> dict[str, str]:
    return {name: at.astimezone(UTC).isoformat() for name, at in sorted(times.items())}


def as_contract(person: Person) -> contracts.Person:
    """The row as other rooms see it."""
    facts = facts_of(person)
    return contracts.Person(
        person_id=person.id, **{name: getattr(facts, name) for name in _PLAIN}, address=facts.address
    )


def tell_change(tx: Transaction, person: Person, lead_id: UUID) -> None:
    """Publishes what is known of the person now."""
    tx.emit(PersonUpdated(person_id=person.id, person=as_contract(person), revision=person.revision, lead_id=lead_id))


def note_consent(tx: Transaction, person: Person, record: Inquiry) -> None:
    """Files each channel that the inquiry speaks of as a statement of its own, and publishes it."""
    for channel in _CHANNELS:
        allowed = record.consent.get(channel)
        if allowed is not None:
            tx.add(
                ConsentStatement(
                    id=derived_id(record.id, "consent", channel),
                    person_id=person.id,
                    channel=channel,
                    allowed=allowed,
                    changed_at=record.received_at,
                    origin=f"{record.channel}:{record.source}",
                    text=record.consent.get("text"),
                    inquiry_id=record.id,
                )
            )
            tx.emit(
                ConsentChanged(
                    person_id=person.id,
                    channel=channel,  # type: ignore[arg-type]
                    allowed=allowed,
                    changed_at=record.received_at,
                    origin=f"{record.channel}:{record.source}",
                    text=record.consent.get("text"),
                ),
                key=f"consent/{record.id}/{channel}",
            )
