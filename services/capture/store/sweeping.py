"""People in the order in which they were registered, and their candidate keys."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Uuid, any_, cast, exists, select, tuple_
from sqlalchemy.orm import Session

from services.capture.models import Person, PersonBlock
from shared.database.plumbing import DUE


@dataclass(frozen=True)
class Place:
    """A place in the order of registration."""

    at: datetime
    person_id: UUID


def next_people(session: Session, after: Place, until: datetime, limit: int) -> list[Place]:
    """The next people who are nobody's part, registered before `until`."""
    query = (
        select(Person.registered_at, Person.id)
        .where(
            tuple_(Person.registered_at, Person.id) > (after.at, after.person_id),
            Person.registered_at < until,
            Person.current_id.is_(None),
        )
        .order_by(Person.registered_at, Person.id)
        .limit(limit)
    )
    return [Place(at, person_id) for at, person_id in session.execute(query)]


def keys_of(session: Session, persons: Collection[UUID]) -> dict[UUID, list[int]]:
    """The candidate keys that are filed of these people."""
    query = select(PersonBlock.person_id, PersonBlock.key).where(PersonBlock.person_id == any_(_array(persons)))
    found: dict[UUID, list[int]] = {}
    for person_id, key in session.execute(query):
        found.setdefault(person_id, []).append(key)
    return found


def registered_between(session: Session, persons: Collection[UUID], since: datetime, until: datetime) -> set[UUID]:
    """Those of these people who were registered in this time and are nobody's part."""
    query = select(Person.id).where(
        Person.id == any_(_array(persons)), Person.registered_at.between(since, until), Person.current_id.is_(None)
    )
    return set(session.scalars(query)) if persons else set()


def is_scheduled(session: Session, kind: str) -> bool:
    """Whether due work of this kind waits, or was parked."""
    return bool(session.scalar(select(exists().where(DUE.c.kind == kind))))


def _array(persons: Collection[UUID]) -> ColumnElement[Any]:
    return cast(sorted(persons), ARRAY(Uuid))
