"""Who is asking: the person is found by exact keys, or by likeness, or made; learns what was said; consent is noted."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from uuid import UUID

from services.capture.domain import identity
from services.capture.domain.identity import Key
from services.capture.domain.inquiry import Inquiry
from services.capture.domain.person import Facts, Kind, Times, learn, news, times_of
from services.capture.models import Person, PersonKey, PersonMerge
from services.capture.usecases import companies, matching
from services.capture.usecases.arriving import Arrival
from services.capture.usecases.matching import Likeness, Lookout
from shared.contracts import people as contracts
from shared.contracts.capture import MatchReason, PersonsMerged, PersonUpdated
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

_PLAIN = tuple(field.name for field in fields(Facts) if field.name != "address")

#: Due work that compares a person with everybody who is like them: they have said something new.
COMPARE = "compare_person"


@dataclass(frozen=True)
class Found:
    """Whom the keys of an inquiry name."""

    person: Person | None = None
    #: Whose key it was before any merge.
    origin: UUID | None = None
    #: Another person, whom a weaker key names.
    other: UUID | None = None


@dataclass(frozen=True)
class Recognised:
    """Who sent an inquiry."""

    person: Person
    #: Whose inquiry it is without any merge; None where that is the person.
    origin: UUID | None = None
    #: Whether something new was learnt of somebody known.
    changed: bool = False
    #: Somebody else whom it may be from.
    also: UUID | None = None


def recognise(tx: Transaction, arrival: Arrival, lookout: Lookout) -> Recognised:
    """The person who sent this: known by a key, or so like somebody that it is them, or new."""
    said = arrival.inquiry.facts
    found = find(tx, arrival.inquiry)
    if found.person is not None:
        changed = _learn(tx, found.person, said, arrival, found.origin, lookout)
        if found.other is not None:
            compare(tx, found.person.id)
        return Recognised(found.person, found.origin, changed, found.other)
    likely = lookout.likely(arrival.inquiry_id)
    same = next((one for one in likely if one.verdict == "same"), None)
    if same is not None:
        person = _now(tx, same.person_id)
        absorbed = _join(tx, person, arrival, same, lookout)
        changed = _learn(tx, person, said, arrival, absorbed, lookout)
        also = next((one.person_id for one in likely if one is not same), None)
        if also is not None:
            # Two who are both like the sender may be one themselves.
            compare(tx, person.id)
        return Recognised(person, absorbed, changed, also)
    person = _open(tx, arrival, lookout)
    for likeness in likely[: matching.MOST_ASKED]:
        row = matching.question(tx, person.id, likeness.person_id, likeness, lookout.asked(arrival.inquiry_id))
        lookout.reviews[row["key"]] = row
    return Recognised(person, also=likely[0].person_id if likely else None)


def _now(tx: Transaction, person_id: UUID) -> Person:
    """Who was found by likeness, locked: a merge may have made them somebody's part since they were looked up."""
    while True:
        person = tx.get(Person, person_id)
        assert person is not None
        if person.current_id is None:
            return person
        person_id = person.current_id


def find(tx: Transaction, inquiry: Inquiry) -> Found:
    """The person known by the surest key of an inquiry, and another one whom a weaker key names."""
    said = inquiry.facts
    if inquiry.replier is not None:
        # Whoever follows the link of a piece answers for the person that it was sent to, under whatever name.
        person = tx.get(Person, current(tx, inquiry.replier))
        return Found(person, inquiry.replier if person is not None and person.id != inquiry.replier else None)
    found: Person | None = None
    origin: UUID | None = None
    for key in inquiry.keys:
        row = tx.get(PersonKey, key.text)
        if row is None or (found is not None and row.person_id == found.id):
            continue
        person = tx.get(Person, row.person_id)
        if person is None:
            continue
        # A name that somebody was known by is theirs, whatever they are called now.
        if not key.whole and not identity.is_that_person(key, facts_of(person), said):
            continue
        if found is not None:
            return Found(found, origin, person.id)
        found, origin = person, row.origin_person_id
    return Found(found, origin if found is not None and origin != found.id else None)


def compare(tx: Transaction, person_id: UUID) -> None:
    """Has somebody compared with everybody who is like them, once this transaction is committed."""
    tx.schedule(COMPARE, str(person_id), tx.now)


def current(tx: Transaction, person_id: UUID) -> UUID:
    """Who somebody is now: themselves, or the person that they were merged into."""
    row = tx.get(Person, person_id)
    return row.current_id or person_id if row is not None else person_id


def preload_current(tx: Transaction, person_ids: Iterable[UUID]) -> None:
    """Loads these people for the `current`s that follow, in one query."""
    tx.preload(Person, person_ids)


# --- learning --------------------------------------------------------------------------------------------------------


def kind_of(arrival: Arrival) -> Kind:
    """Whether somebody wrote it themselves or had it keyed in."""
    return "keyed" if arrival.source.channel == "keyed" else "given"


def _learn(
    tx: Transaction, person: Person, said: Facts, arrival: Arrival, origin: UUID | None, lookout: Lookout
) -> bool:
    """What was said is filed and learnt. Returns whether something is new."""
    value_id = _file_value(tx, person.id, origin, arrival, lookout)
    kind = kind_of(arrival)
    before = facts_of(person)
    changed = take_up(person, said, arrival.received_at, kind, value_id)
    own(tx, person, arrival.inquiry.keys, origin)
    if changed:
        after = facts_of(person)
        person.revision += 1
        companies.settle(tx, person, after)
        if origin is None:
            # Of what is known of two together no key is made: it would be nobody's once they are two again.
            own(tx, person, identity.keys(after))
        if lookout.note(person.id, after, before):
            compare(tx, person.id)
    return changed


def take_up(person: Person, said: Facts, at: datetime, kind: Kind, value_id: UUID) -> bool:
    """Writes into the row what is learnt from what was said. Returns whether something of it is new."""
    known = facts_of(person)
    learnt, times = learn(known, times_of_row(person), said, at, kind, kinds_of(person))
    person.said_at = _as_json(times)
    if learnt == known:
        return False
    write(person, learnt)
    person.said_by = {**person.said_by, **dict.fromkeys(news(known, learnt, said), f"{kind}:{value_id}")}
    return True


def kinds_of(person: Person) -> dict[str, str]:
    """By particular: how what is known came."""
    return {name: origin.partition(":")[0] for name, origin in person.said_by.items()}


def _file_value(tx: Transaction, person_id: UUID, origin: UUID | None, arrival: Arrival, lookout: Lookout) -> UUID:
    value_id = derived_id(arrival.inquiry_id, "said")
    lookout.values.append(
        {
            "id": value_id,
            "person_id": person_id,
            "origin_person_id": origin,
            "kind": kind_of(arrival),
            "source": arrival.source.id,
            "inquiry_id": arrival.inquiry_id,
            "said_at": arrival.received_at,
            "recorded_at": tx.now,
            "values": values_of(arrival.inquiry.facts),
        }
    )
    return value_id


def values_of(facts: Facts) -> dict[str, object]:
    """Facts as they are filed: what is there."""
    found: dict[str, object] = {name: value for name in _PLAIN if (value := getattr(facts, name)) is not None}
    if facts.address:
        found["address"] = vars(facts.address)
    return found


def facts_from(values: dict[str, object]) -> Facts:
    """Filed values as facts."""
    address = values.get("address")
    plain = {name: value for name, value in values.items() if name in _PLAIN}
    return Facts(**plain, address=contracts.Address(**address) if isinstance(address, dict) else None)  # type: ignore[arg-type]


def _open(tx: Transaction, arrival: Arrival, lookout: Lookout) -> Person:
    person = new_row(tx, arrival)
    _file_value(tx, person.id, None, arrival, lookout)
    own(tx, person, arrival.inquiry.keys)
    lookout.introduce(arrival.inquiry_id, person.id, arrival.inquiry.facts)
    return person


def new_row(tx: Transaction, arrival: Arrival) -> Person:
    """The person that this inquiry would make."""
    facts = arrival.inquiry.facts
    said = sorted(times_of(facts, arrival.received_at))
    value = f"{kind_of(arrival)}:{derived_id(arrival.inquiry_id, 'said')}"
    person = tx.new(
        Person,
        id=derived_id(arrival.inquiry_id, "person"),
        revision=1,
        said_at=dict.fromkeys(said, _instant(arrival.received_at)),
        said_by=dict.fromkeys(said, value),
        registered_at=tx.now,
        aliases=[],
    )
    write(person, facts)
    companies.settle(tx, person, facts)
    return person


def _join(tx: Transaction, person: Person, arrival: Arrival, likeness: Likeness, lookout: Lookout) -> UUID:
    """The sender is somebody known, by likeness alone: they become part of that person, which can be undone."""
    absorbed = new_row(tx, arrival)
    absorbed.current_id = person.id
    reasons = matching.reasons_as_json(lookout.asked(arrival.inquiry_id), likeness.theirs, likeness.match)
    merge = tx.new(
        PersonMerge,
        id=derived_id(absorbed.id, "merged", "1"),
        survivor_id=person.id,
        absorbed_id=absorbed.id,
        automatic=True,
        confidence=round(likeness.match.probability, 4),
        reasons=reasons,
        merged_at=tx.now,
    )
    lookout.joined[arrival.inquiry_id] = merge
    return absorbed.id


def own(tx: Transaction, person: Person, keys: Iterable[Key], origin: UUID | None = None) -> None:
    """Makes these keys the person's, as far as they are nobody's."""
    for key in keys:
        if tx.get(PersonKey, key.text) is None:
            tx.new(PersonKey, key=key.text, person_id=person.id, origin_person_id=origin)


def facts_of(person: Person) -> Facts:
    """The row as facts."""
    address = contracts.Address(**person.address) if person.address else None
    return Facts(**{name: getattr(person, name) for name in _PLAIN}, address=address)


def write(person: Person, facts: Facts) -> None:
    """Facts into the row."""
    for name in _PLAIN:
        setattr(person, name, getattr(facts, name))
    person.address = dict(vars(facts.address)) if facts.address else None


def joint_facts(person: Person, arrival: Arrival) -> Facts:
    """What will be known of the person with this arrival."""
    said, kinds = arrival.inquiry.facts, kinds_of(person)
    return learn(facts_of(person), times_of_row(person), said, arrival.received_at, kind_of(arrival), kinds)[0]


def times_of_row(person: Person) -> Times:
    """By particular: when it was last said."""
    return {name: datetime.fromisoformat(at) for name, at in person.said_at.items()}


def _as_json(times: Times) -> dict[str, str]:
    return {name: _instant(at) for name, at in sorted(times.items())}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def as_contract(person: Person) -> contracts.Person:
    """The row as other rooms see it."""
    facts = facts_of(person)
    return contracts.Person(
        person_id=person.id,
        company_id=person.company_id,
        **{name: getattr(facts, name) for name in _PLAIN},
        address=facts.address,
    )


def tell_change(tx: Transaction, person: Person, lead_id: UUID | None = None) -> None:
    """Publishes what is known of the person now, under every id that other rooms know them by."""
    told = as_contract(person)
    tx.emit(PersonUpdated(person_id=person.id, person=told, revision=person.revision, lead_id=lead_id))
    for alias in map(UUID, person.aliases):
        tx.emit(PersonUpdated(person_id=alias, person=replace(told, person_id=alias), revision=person.revision))


def tell_join(tx: Transaction, person: Person, merge: PersonMerge, lead_id: UUID) -> None:
    """Publishes that the sender of an inquiry was taken for somebody known."""
    tx.emit(
        PersonsMerged(
            merge_id=merge.id,
            person_id=person.id,
            survivor_id=person.id,
            absorbed_id=merge.absorbed_id,
            person=as_contract(person),
            confidence=merge.confidence,
            reasons=[MatchReason(**reason) for reason in merge.reasons],
            automatic=merge.automatic,
            lead_ids=[lead_id],
            merged_at=merge.merged_at,
        )
    )
