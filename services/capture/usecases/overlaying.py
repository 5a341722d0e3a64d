"""Values that the person did not say themselves: from somebody's list, or concluded. They fill gaps, and say so."""

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.capture.domain import identity
from services.capture.domain.addresses import address_of
from services.capture.domain.cleaning import line, said
from services.capture.domain.contacts import email_address, phone_number
from services.capture.domain.matching import blocking
from services.capture.domain.matching.particulars import particulars
from services.capture.domain.person import Facts, Kind
from services.capture.domain.values import Unusable
from services.capture.models import Person, PersonKey
from services.capture.store import matching as store
from services.capture.usecases import companies, people
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

_PLAIN = ("company", "job_title", "website", "language")
_ADDRESS = ("street", "street2", "city", "state", "postcode", "country")


def overlay(
    tx: Transaction,
    person_id: UUID,
    values: Mapping[str, str],
    origin: str,
    *,
    kind: Kind = "overlaid",
    at: datetime | None = None,
) -> tuple[UUID, list[str], dict[str, str]]:
    """Files values of a person with where they are from.

    Returns who the person is now, the particulars known by it, and what could not be used, with the reason. What the
    person said themselves is never replaced. The same values of one origin count once. Raises NotFound.
    """
    now, _ = store.facts_by_person(tx.session, [person_id]).get(person_id, (person_id, Facts()))
    store.lock_persons(tx, {now})
    person = tx.get(Person, now)
    if person is None:
        raise NotFound("There is no such person.")
    given = {name: text for name, value in values.items() if (text := said(line(value)))}
    country = person.address.get("country") if person.address else None
    facts, unusable = _facts(given, country)
    others = {name: text for name, text in given.items() if name not in {"email", "phone", *_PLAIN, *_ADDRESS}}
    value_id = derived_id(person_id, "overlay", kind, origin, json.dumps(sorted(given.items())))
    store.file_values(
        tx.session,
        [
            {
                "id": value_id,
                "person_id": now,
                "origin_person_id": person_id if person_id != now else None,
                "kind": kind,
                "source": line(origin),
                "inquiry_id": None,
                "said_at": at or tx.now,
                "recorded_at": tx.now,
                "values": people.values_of(facts) | others,
            }
        ],
    )
    before = people.facts_of(person)
    if people.take_up(person, facts, at or tx.now, kind, value_id):
        _spread(tx, person, before, facts)
    learnt = [name for name, by in person.said_by.items() if by == f"{kind}:{value_id}"]
    return now, sorted([*learnt, *others]), unusable


def _facts(given: Mapping[str, str], country: str | None) -> tuple[Facts, dict[str, str]]:
    unusable: dict[str, str] = {}

    def usable(name: str, value: str | None) -> str | None:
        try:
            if not value:
                return None
            return email_address(value) if name == "email" else phone_number(value, given.get("country") or country)
        except Unusable as problem:
            unusable[name] = str(problem)
            return None

    address, notes = address_of({name: given.get(name, "") for name in _ADDRESS}, country)
    unusable |= {note.field: note.problem for note in notes}
    facts = Facts(
        email=usable("email", given.get("email")),
        phone=usable("phone", given.get("phone")),
        company=given.get("company"),
        job_title=given.get("job_title"),
        website=given.get("website"),
        language=given.get("language"),
        address=address if any(given.get(name) for name in _ADDRESS) else None,
    )
    return facts, unusable


def _spread(tx: Transaction, person: Person, before: Facts, facts: Facts) -> None:
    """What is known now is told, and may show that somebody else is the same person."""
    person.revision += 1
    after = people.facts_of(person)
    companies.settle(tx, person, after)
    companies.file(tx)
    known = set(blocking.keys(particulars(before)))
    fresh = [key for key in blocking.keys(particulars(after)) if key not in known]
    store.file_blocks(
        tx.session, [(blocking.hashed(key), person.id) for key in (*fresh, *blocking.firms(particulars(after)))]
    )
    keys = identity.keys(after)
    tx.preload(PersonKey, [key.text for key in keys])
    people.own(tx, person, keys)
    people.tell_change(tx, person)
    if fresh:
        people.compare(tx, person.id)
