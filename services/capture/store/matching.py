"""Candidates for being one person, what was said of people, questions, merges."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, or_, select, text, update
from sqlalchemy.orm import Session

from services.capture.domain.person import Facts
from services.capture.models import (
    Base,
    ConsentStatement,
    Inquiry,
    Lead,
    Person,
    PersonKey,
    PersonMerge,
    PersonReview,
    PersonValue,
)
from shared.contracts.people import Address
from shared.database.arrays import literal_of, one_of
from shared.database.unit_of_work import Transaction

#: A key that more people have tells nobody apart, and is passed over.
MOST_HOLDERS = 16
#: The people of a firm are shown up to this many.
MOST_NEIGHBOURS = 200

# Every key is looked up by itself in the b-tree and no further than it tells anything: the cost of a look-up does not
# grow with the number of people.
_HOLDERS = text(
    """
    SELECT wanted.key, held.person_id
    FROM unnest(CAST(:keys AS bigint[])) AS wanted (key)
    CROSS JOIN LATERAL (
        SELECT person_id FROM person_block WHERE key = wanted.key LIMIT :most
    ) AS held
    """
)
_FILE_BLOCKS = text(
    """
    INSERT INTO person_block (key, person_id)
    SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:persons AS uuid[])) ON CONFLICT DO NOTHING
    """
)
# One document for all of them: one row after the other costs ten times as much.
_FILE_VALUES = text(
    """
    INSERT INTO person_value (id, person_id, origin_person_id, kind, source, inquiry_id, said_at, recorded_at, values)
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS said
        (id uuid, person_id uuid, origin_person_id uuid, kind text, source text, inquiry_id uuid,
         said_at timestamptz, recorded_at timestamptz, values jsonb)
    ON CONFLICT DO NOTHING
    """
)
_FILE_REVIEWS = text(
    """
    INSERT INTO person_review (key, one_id, other_id, probability, reasons, objection, state, found_at, inquiry_id)
    SELECT * FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS asked
        (key text, one_id uuid, other_id uuid, probability double precision, reasons jsonb, objection text,
         state text, found_at timestamptz, inquiry_id uuid)
    ON CONFLICT DO NOTHING
    """
)

_PLAIN = tuple(each.name for each in fields(Facts) if each.name != "address")
_FACTS = (*(getattr(Person, name) for name in _PLAIN), Person.address)


def holders(session: Session, keys: Collection[int], most: int = MOST_HOLDERS) -> dict[int, list[UUID]]:
    """Who has each of these keys, where not too many have it."""
    found: dict[int, list[UUID]] = {}
    if keys:
        rows = session.execute(_HOLDERS, {"keys": literal_of(sorted(keys)), "most": most + 1})
        for key, person_id in rows:
            found.setdefault(key, []).append(person_id)
    return {key: sorted(persons) for key, persons in found.items() if len(persons) <= most}


def file_blocks(session: Session, blocks: Iterable[tuple[int, UUID]]) -> None:
    """Files keys of people, each once."""
    wanted = sorted(set(blocks))
    if wanted:
        keys, persons = zip(*wanted, strict=True)
        session.execute(_FILE_BLOCKS, {"keys": literal_of(keys), "persons": literal_of(persons)})


def facts_by_person(session: Session, person_ids: Collection[UUID]) -> dict[UUID, tuple[UUID, Facts]]:
    """By person: who they are now, and their own facts. Read without a lock: to compare, not to change."""
    if not person_ids:
        return {}
    query = select(Person.id, Person.current_id, *_FACTS).where(one_of(Person.id, sorted(person_ids)))
    # By the connection: plain rows, of which the session need know nothing.
    return {row[0]: (row[1] or row[0], facts_of(row[2:])) for row in session.connection().execute(query)}


def facts_of(values: Sequence[Any]) -> Facts:
    """Facts from the columns of a person in the order of `Facts`, the address last."""
    *plain, address = values
    return Facts(**dict(zip(_PLAIN, plain, strict=True)), address=Address(**address) if address else None)


def file_values(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Files what was said, each once."""
    if rows:
        session.execute(_FILE_VALUES, {"rows": orjson.dumps(list(rows)).decode()})


def values_of(session: Session, person_ids: Collection[UUID], *, by_origin: bool = False) -> Sequence[PersonValue]:
    """All that was said of these people, in the order in which it was learnt."""
    query = select(PersonValue).where(PersonValue.person_id.in_(person_ids))
    if by_origin:
        query = select(PersonValue).where(
            or_(
                PersonValue.origin_person_id.in_(person_ids),
                PersonValue.origin_person_id.is_(None) & PersonValue.person_id.in_(person_ids),
            )
        )
    order = (PersonValue.recorded_at, PersonValue.said_at, PersonValue.id)
    return session.scalars(query.order_by(*order)).all()


# --- questions -------------------------------------------------------------------------------------------------------


def review_key(one: UUID, other: UUID) -> str:
    """The key of the question whether these two are one."""
    low, high = sorted((str(one), str(other)))
    return f"{low}.{high}"


def told_apart(session: Session, keys: Collection[str]) -> set[str]:
    """Those of the pairs that somebody said are two."""
    if not keys:
        return set()
    query = select(PersonReview.key).where(PersonReview.key.in_(keys), PersonReview.state == "different")
    return set(session.scalars(query))


def file_reviews(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Asks these questions, unless they were asked before."""
    if rows:
        session.execute(_FILE_REVIEWS, {"rows": orjson.dumps(list(rows)).decode()})


def open_reviews(session: Session, limit: int, before: tuple[float, str] | None = None) -> Sequence[PersonReview]:
    """Open questions, the likeliest first."""
    query = select(PersonReview).where(PersonReview.state == "open")
    if before is not None:
        probability, key = before
        query = query.where(
            or_(
                PersonReview.probability < probability,
                (PersonReview.probability == probability) & (PersonReview.key > key),
            )
        )
    return session.scalars(query.order_by(PersonReview.probability.desc(), PersonReview.key).limit(limit)).all()


def number_open(session: Session) -> int:
    """How many questions are open."""
    return session.scalar(select(func.count()).where(PersonReview.state == "open")) or 0


def who_now(session: Session, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Who each of these people is at this moment."""
    found = session.execute(select(Person.id, Person.current_id).where(Person.id.in_(person_ids)))
    return {person_id: now or person_id for person_id, now in found}


def currently(session: Session, person_ids: Collection[UUID]) -> tuple[dict[UUID, UUID], dict[UUID, Person]]:
    """Who each of these people is now, and the rows of those."""
    current = who_now(session, person_ids)
    rows = session.scalars(select(Person).where(Person.id.in_(set(current.values()))))
    return current, {row.id: row for row in rows}


@dataclass(frozen=True)
class Summary:
    """What a person asked, in short."""

    inquiries: int
    last_at: datetime
    sources: list[str]


def inquiry_summaries(session: Session, person_ids: Collection[UUID]) -> dict[UUID, Summary]:
    """By person: how often and when they asked, and where."""
    query = (
        select(
            Inquiry.person_id,
            func.count(),
            func.max(Inquiry.received_at),
            func.array_agg(func.distinct(Inquiry.source)),
        )
        .where(Inquiry.person_id.in_(person_ids))
        .group_by(Inquiry.person_id)
    )
    return {
        row[0]: Summary(  # type: ignore[misc]
            row[1], row[2], sorted(row[3])
        )
        for row in session.execute(query)
    }


def lead_ids(session: Session, person_id: UUID) -> list[UUID]:
    """The leads of a person, oldest first."""
    query = select(Lead.id).where(Lead.person_id == person_id).order_by(Lead.registered_at, Lead.id)
    return list(session.scalars(query))


def reviews_about(session: Session, person_ids: Collection[UUID]) -> Sequence[PersonReview]:
    """Questions about these people, open ones and decided ones."""
    query = select(PersonReview).where(or_(PersonReview.one_id.in_(person_ids), PersonReview.other_id.in_(person_ids)))
    return session.scalars(query.order_by(PersonReview.key)).all()


# --- merges ----------------------------------------------------------------------------------------------------------


def lock_persons(tx: Transaction, person_ids: Collection[UUID]) -> list[Person]:
    """Locks these people with all their keys: keys first and in order, as inquiries do."""
    keys = select(PersonKey.key).where(PersonKey.person_id.in_(person_ids)).order_by(PersonKey.key)
    tx.preload(PersonKey, tx.session.scalars(keys).all())
    return tx.preload(Person, person_ids)


def merges_among(session: Session, person_ids: Collection[UUID]) -> Sequence[PersonMerge]:
    """Merges into these people, done and undone, oldest first."""
    query = select(PersonMerge).where(
        or_(PersonMerge.survivor_id.in_(person_ids), PersonMerge.absorbed_id.in_(person_ids))
    )
    return session.scalars(query.order_by(PersonMerge.merged_at, PersonMerge.id)).all()


def undone_among(session: Session, merge_ids: Collection[UUID]) -> set[UUID]:
    """Those of the merges that were undone."""
    if not merge_ids:
        return set()
    query = select(PersonMerge.id).where(PersonMerge.id.in_(merge_ids), PersonMerge.undone_at.is_not(None))
    return set(session.scalars(query))


def family_of(session: Session, root: UUID) -> set[UUID]:
    """The ids that are this person now: their own and all that were absorbed."""
    return {root, *session.scalars(select(Person.id).where(Person.current_id == root))}


def rekeyed_models() -> list[type[Base]]:
    """Every table whose rows follow their person into a merge and back: those that remember their origin."""
    return [
        mapper.class_
        for mapper in sorted(Base.registry.mappers, key=lambda mapper: mapper.class_.__tablename__)
        if {"person_id", "origin_person_id"} <= set(mapper.columns.keys())
    ]


def move(session: Session, absorbed: UUID, survivor: UUID) -> None:
    """Makes the rows of one person the other's; each remembers whose it was."""
    for model in rekeyed_models():
        columns: Any = model
        session.execute(
            update(model)
            .where(columns.person_id == absorbed)
            .values(
                person_id=survivor,
                origin_person_id=func.coalesce(columns.origin_person_id, columns.person_id),
            ),
            execution_options={"synchronize_session": False},
        )


def move_back(session: Session, origins: Collection[UUID], to: UUID) -> None:
    """Gives the rows that came from these people to `to`."""
    for model in rekeyed_models():
        columns: Any = model
        session.execute(
            update(model).where(columns.origin_person_id.in_(origins)).values(person_id=to),
            execution_options={"synchronize_session": False},
        )


def inquiries_in(session: Session, lead_ids: Collection[UUID]) -> Sequence[Inquiry]:
    """The inquiries of these leads, in the order in which they were received."""
    query = select(Inquiry).where(Inquiry.lead_id.in_(lead_ids), Inquiry.outcome.in_(("registered", "responded")))
    return session.scalars(query.order_by(Inquiry.received_at, Inquiry.receipt_id, Inquiry.row)).all()


def leads_of(session: Session, person_ids: Collection[UUID]) -> Sequence[Lead]:
    """The leads of these people, locked, in the order of their ids."""
    query = select(Lead).where(Lead.person_id.in_(person_ids)).order_by(Lead.id).with_for_update()
    return session.scalars(query).all()


def statements_of(session: Session, person_id: UUID) -> Sequence[ConsentStatement]:
    """What a person allowed and refused."""
    return session.scalars(select(ConsentStatement).where(ConsentStatement.person_id == person_id)).all()


# --- relations -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Neighbour:
    """Somebody who shares a key with somebody else, or their company."""

    person_id: UUID
    facts: Facts
    colleague: bool = False


def neighbours(
    session: Session, keys: Collection[int], own: Collection[UUID], company_id: UUID | None = None
) -> list[Neighbour]:
    """Who shares a key or the company, apart from the person; whoever became part of somebody else is those."""
    groups = holders(session, keys, MOST_NEIGHBOURS).values()
    found = {person_id for persons in groups for person_id in persons}
    colleagues = _colleagues(session, company_id) if company_id else set()
    known = facts_by_person(session, (found | colleagues) - set(own))
    now = {each for each, _ in known.values()} - set(own)
    known |= facts_by_person(session, now - known.keys())
    return [Neighbour(each, known[each][1], each in colleagues) for each in sorted(now)]


def _colleagues(session: Session, company_id: UUID) -> set[UUID]:
    query = select(Person.id).where(Person.company_id == company_id, Person.current_id.is_(None))
    return set(session.scalars(query.order_by(Person.id).limit(MOST_NEIGHBOURS)))
