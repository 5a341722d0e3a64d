"""Queries over the queues of screening, beside the lookups by lead."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from services.qualify.models import Screening

OPEN = Screening.state != "done"


def take_next(session: Session, now: datetime, *, queue: str | None = None, lead_id: UUID | None = None) -> UUID | None:
    """The lead that is handed out next, locked; None where nothing waits that is not in other hands.

    A row that somebody else is just taking is skipped, not waited for: two who ask at the same moment get two leads.
    """
    free = or_(Screening.state == "waiting", Screening.claimed_until <= now)
    query = select(Screening.lead_id).where(OPEN, free)
    if lead_id is not None:
        query = query.where(Screening.lead_id == lead_id)
    else:
        query = query.where(Screening.not_before <= now)
    if queue is not None:
        query = query.where(Screening.queue == queue)
    found: UUID | None = session.scalar(_in_order(query).limit(1).with_for_update(skip_locked=True))
    return found


def in_hand(session: Session, now: datetime, by: str, *, queue: str | None = None) -> UUID | None:
    """The lead that this screener has in hand."""
    query = select(Screening.lead_id).where(_held(now), Screening.claimed_by == by)
    if queue is not None:
        query = query.where(Screening.queue == queue)
    found: UUID | None = session.scalar(_in_order(query).limit(1))
    return found


def person_of(session: Session, lead_id: UUID) -> UUID | None:
    """Whose lead it is, of those that were ever in a queue."""
    return session.scalar(select(Screening.person_id).where(Screening.lead_id == lead_id))


def entries(
    session: Session, now: datetime, *, queue: str | None, claimed_by: str | None, limit: int
) -> Sequence[Screening]:
    """Open screenings in the order in which they are handed out."""
    query = select(Screening).where(OPEN)
    if queue is not None:
        query = query.where(Screening.queue == queue)
    if claimed_by is not None:
        query = query.where(_held(now), Screening.claimed_by == claimed_by)
    return session.scalars(_in_order(query).limit(limit)).all()


def states(session: Session, now: datetime) -> Sequence[Any]:
    """By queue: how many wait, are in hand, come back later, are overdue; the oldest due time."""
    held = _held(now)
    query = select(
        Screening.queue,
        func.count().filter(~held, Screening.not_before <= now).label("waiting"),
        func.count().filter(held).label("claimed"),
        func.count().filter(~held, Screening.not_before > now).label("later"),
        func.count().filter(Screening.due_at < now).label("overdue"),
        func.min(Screening.due_at).label("oldest_due_at"),
    )
    return session.execute(query.where(OPEN).group_by(Screening.queue).order_by(Screening.queue)).all()


def _held(now: datetime) -> Any:
    # Nobody has it in hand whose time is over. Not a null: it is negated above.
    return and_(OPEN, Screening.state == "claimed", func.coalesce(Screening.claimed_until, now) > now)


def _in_order(query: Select[Any]) -> Select[Any]:
    return query.order_by(
        Screening.priority.desc(), Screening.potential_value.desc().nulls_last(), Screening.due_at, Screening.lead_id
    )
