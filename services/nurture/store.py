"""Every query of nurture."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.nurture.models import Enrolment, Lead, Person
from shared.database.plumbing import DUE
from shared.database.unit_of_work import Transaction


def lead(tx: Transaction, lead_id: UUID) -> Lead:
    """The lead's row, made when this is the first that we hear of it."""
    return tx.get(Lead, lead_id) or tx.add(Lead(lead_id=lead_id, person_revision=0))


def person(tx: Transaction, person_id: UUID) -> Person:
    """The person's row, made when this is the first that we hear of them."""
    return tx.get(Person, person_id) or tx.add(Person(person_id=person_id, unsubscribed=[], lead_ids=[], pieces={}))


def persons_of(session: Session, lead_ids: Iterable[UUID]) -> set[UUID]:
    """Whose these leads are, as far as we know."""
    wanted = set(lead_ids)
    if not wanted:
        return set()
    return {found for found in session.scalars(select(Lead.person_id).where(Lead.lead_id.in_(wanted))) if found}


def leads_of(session: Session, person_ids: Iterable[UUID]) -> set[UUID]:
    """The leads that these persons have, as far as we know."""
    wanted = set(person_ids)
    if not wanted:
        return set()
    found = session.scalars(select(Person.lead_ids).where(Person.person_id.in_(wanted)))
    return {UUID(lead_id) for lead_ids in found for lead_id in lead_ids}


def open_rows(session: Session, model: type[Lead] | type[Person], identities: Iterable[UUID]) -> None:
    """Makes empty rows for those that have none, so that two replicas that hear of one at once do not collide."""
    wanted = sorted(set(identities))
    if wanted:
        table, key = model.__tablename__, model.__mapper__.primary_key[0].name
        make = f"INSERT INTO {table} ({key}) SELECT unnest(CAST(:wanted AS uuid[])) ON CONFLICT DO NOTHING"
        session.execute(text(make), {"wanted": wanted})


def counts(session: Session) -> dict[str, int]:
    """The ledger: leads by decision, enrolments by state and reason, steps taken and waiting."""
    return (
        {"leads": _count(session, select(func.count()).select_from(Lead))}
        | _grouped(session, "decision", Lead.decision)
        | _grouped(session, "enrolments", Enrolment.state)
        | _grouped(session, "ended", Enrolment.reason)
        | {
            "steps_taken": _count(session, select(func.sum(func.jsonb_array_length(Enrolment.taken)))),
            "steps_waiting": _count(session, select(func.count()).select_from(DUE)),
            "not_ready_without_programme": _count(
                session,
                select(func.count()).select_from(Lead).where(Lead.decision == "not_ready", Lead.enrolment_id.is_(None)),
            ),
        }
    )


def _count(session: Session, query: Any) -> int:
    return int(session.scalar(query) or 0)


def _grouped(session: Session, name: str, column: InstrumentedAttribute[Any]) -> dict[str, int]:
    rows = session.execute(select(column, func.count()).where(column.is_not(None)).group_by(column))
    return {f"{name}.{value}": number for value, number in rows}
