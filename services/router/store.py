"""The router's queries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, and_, case, cast, exists, func, or_, select
from sqlalchemy.orm import Session

from services.router.models import Assignment, Lead, OwnerRow, OwnerWord, Person, PurchaseQuestion
from shared.database.plumbing import DUE, EFFECT

#: Kind of the due work that moves a lead's clock; its key is the lead's id.
CLOCK = "clock"
#: Kind of the due work that notices an owner's silence; its key is the lead's id.
SILENCE = "silence"


def read_lead(session: Session, lead_id: UUID) -> Lead | None:
    """The lead, not locked."""
    return session.get(Lead, lead_id)


def read_assignment(session: Session, assignment_id: UUID) -> Assignment | None:
    """The assignment, not locked."""
    return session.get(Assignment, assignment_id)


def read_person(session: Session, person_id: UUID) -> Person | None:
    """The person, not locked."""
    return session.get(Person, person_id)


def read_purchase_question(session: Session, lead_id: UUID) -> PurchaseQuestion | None:
    """The question whether the lead's prospect bought, not locked; None while nobody asked."""
    return session.get(PurchaseQuestion, lead_id)


def last_accepted(session: Session, person_id: UUID) -> tuple[str, UUID, datetime] | None:
    """Who accepted a lead of this person last, which and when."""
    query = (
        select(Assignment.owner_id, Assignment.lead_id, Assignment.accepted_at)
        .join(Lead, Lead.lead_id == Assignment.lead_id)
        .where(Lead.person_id == person_id, Assignment.accepted_at.is_not(None))
        .order_by(Assignment.accepted_at.desc(), Assignment.id)
        .limit(1)
    )
    row = session.execute(query).first()
    return None if row is None else (row.owner_id, row.lead_id, row.accepted_at)


def words_of(session: Session, lead_id: UUID) -> Sequence[OwnerWord]:
    """What owners said of a lead, the first word first."""
    query = select(OwnerWord).where(OwnerWord.lead_id == lead_id).order_by(OwnerWord.number)
    return session.scalars(query).all()


def owner_rows(session: Session) -> Sequence[OwnerRow]:
    """What is kept of every owner, not locked."""
    return session.scalars(select(OwnerRow)).all()


def leads_without_duty(session: Session, known_owners: Collection[str]) -> Sequence[UUID]:
    """Open leads without a live assignment to a known owner, or without a next due time that will be acted on.

    Must be empty at every instant: a lead that nobody answers for is lost without anybody noticing.
    """
    acted_upon = exists().where(DUE.c.kind == CLOCK, DUE.c.key == cast(Lead.lead_id, Text), DUE.c.state == "waiting")
    owned = and_(
        Assignment.id == Lead.assignment_id,
        Assignment.lead_id == Lead.lead_id,
        Assignment.ended_at.is_(None),
        Assignment.owner_id.in_(known_owners),
    )
    query = (
        select(Lead.lead_id)
        .outerjoin(Assignment, owned)
        .where(Lead.registered_at.is_not(None), Lead.closed_at.is_(None))
        .where(or_(Assignment.id.is_(None), Lead.due_at.is_(None), ~acted_upon))
    )
    return session.scalars(query).all()


def counts(session: Session, now: datetime) -> dict[str, int]:
    """Leads and deliveries by state; a delivery that waits for its owner to open is held."""
    leads = session.execute(
        select(
            func.count().filter(Lead.registered_at.is_not(None), Lead.closed_at.is_(None)),
            func.count().filter(Lead.closed_at.is_not(None)),
            func.count().filter(Lead.registered_at.is_(None)),
            func.count().filter(Lead.verdict_revision > Lead.acted_revision),
        )
    ).one()
    named = dict(zip(("live", "closed", "not_registered_yet", "verdicts_waiting"), map(int, leads), strict=True))
    for status, number in session.execute(
        select(Lead.status, func.count()).where(Lead.status.is_not(None)).group_by(Lead.status)
    ):
        named[f"status_{status}"] = number
    waits = and_(EFFECT.c.state == "planned", EFFECT.c.attempts == 0, EFFECT.c.next_attempt_at > now)
    told = case((waits, "held"), else_=EFFECT.c.state)
    for kind, state, number in session.execute(select(EFFECT.c.kind, told, func.count()).group_by(EFFECT.c.kind, told)):
        named[f"{kind}_{state}"] = number
    return named
