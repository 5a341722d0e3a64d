"""The router's queries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, and_, case, cast, exists, func, or_, select, union_all
from sqlalchemy.orm import Session

from services.router.models import (
    Assignment,
    Charge,
    Lead,
    OwnerReply,
    OwnerRow,
    OwnerWord,
    Person,
    PurchaseQuestion,
    Share,
)
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


def read_entry(session: Session, entry_id: UUID) -> Assignment | Share | None:
    """The assignment or share, not locked; a share that made its owner responsible is its assignment."""
    share = session.get(Share, entry_id)
    if share is not None and share.assignment_id is None:
        return share
    return session.get(Assignment, share.assignment_id if share is not None else entry_id)


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


def word_of_key(session: Session, lead_id: UUID, key: str) -> OwnerWord | None:
    """The word of a lead that was said under this key."""
    return session.scalar(select(OwnerWord).where(OwnerWord.lead_id == lead_id, OwnerWord.request_key == key))


def entry_of_owner(session: Session, lead_id: UUID, owner_id: str) -> UUID | None:
    """Under which assignment or share an owner has the lead, or had it last."""
    assigned = select(Assignment.id, Assignment.ended_at, Assignment.assigned_at).where(
        Assignment.lead_id == lead_id, Assignment.owner_id == owner_id
    )
    shared = select(Share.id, Share.ended_at, Share.assigned_at).where(
        Share.lead_id == lead_id, Share.owner_id == owner_id
    )
    both = union_all(assigned, shared).subquery()
    return session.scalar(select(both.c.id).order_by(both.c.ended_at.desc().nulls_first(), both.c.assigned_at.desc()))


def open_leads_of(session: Session, owner_id: str) -> Sequence[Lead]:
    """The owner's open leads, due first."""
    query = select(Lead).where(Lead.owner_id == owner_id, Lead.closed_at.is_(None), Lead.registered_at.is_not(None))
    return session.scalars(query.order_by(Lead.due_at, Lead.lead_id)).all()


def waiting_replies(session: Session) -> Sequence[OwnerReply]:
    """Mail of owners that somebody has to look at."""
    query = select(OwnerReply).where(OwnerReply.waits).order_by(OwnerReply.received_at, OwnerReply.receipt_id)
    return session.scalars(query.limit(500)).all()


def blocked_leads(session: Session) -> Sequence[tuple[UUID, str, str]]:
    """Open leads that their owners cannot go on with: lead, owner, and what they say of it."""
    query = select(Lead.lead_id, Lead.owner_id, Lead.blocked).where(Lead.blocked.is_not(None), Lead.closed_at.is_(None))
    return [(row[0], row[1] or "", row[2] or "") for row in session.execute(query.order_by(Lead.lead_id))]


def owner_rows(session: Session) -> Sequence[OwnerRow]:
    """What is kept of every owner, not locked."""
    return session.scalars(select(OwnerRow)).all()


def live_shares(session: Session, lead_id: UUID) -> Sequence[UUID]:
    """The shares of a lead that last."""
    query = select(Share.id).where(Share.lead_id == lead_id, Share.ended_at.is_(None)).order_by(Share.id)
    return session.scalars(query).all()


def sharers(session: Session, lead_ids: Collection[UUID]) -> Sequence[str]:
    """Who shares one of these leads now."""
    query = select(Share.owner_id).where(Share.lead_id.in_(lead_ids), Share.ended_at.is_(None)).distinct()
    return session.scalars(query).all() if lead_ids else []


def charged_as(session: Session, entry_id: UUID) -> UUID | None:
    """Under which entry an assignment or share is charged: a share's charge goes on with its assignment."""
    named = or_(
        Charge.entry_id == entry_id, Charge.entry_id.in_(select(Share.id).where(Share.assignment_id == entry_id))
    )
    return session.scalar(select(Charge.entry_id).where(named).order_by(Charge.charged_at).limit(1))


def charges_between(session: Session, start: datetime, end: datetime, owner_id: str | None) -> Sequence[Charge]:
    """What was charged or credited in a span of time."""
    touched = or_(
        and_(Charge.charged_at >= start, Charge.charged_at < end),
        and_(Charge.credited_at >= start, Charge.credited_at < end),
    )
    query = select(Charge).where(touched).order_by(Charge.charged_at, Charge.entry_id)
    return session.scalars(query if owner_id is None else query.where(Charge.owner_id == owner_id)).all()


def held_by_owner(session: Session, now: datetime) -> dict[str, int]:
    """Leads that wait for their owner to open."""
    query = (
        select(Assignment.owner_id, func.count())
        .where(Assignment.ended_at.is_(None), Assignment.held_until > now, Assignment.accepted_at.is_(None))
        .group_by(Assignment.owner_id)
    )
    return {str(owner): number for owner, number in session.execute(query)}


def given_by_territory(session: Session, since: datetime) -> dict[str, int]:
    """Leads that each territory was given."""
    query = (
        select(Assignment.territory, func.count())
        .where(Assignment.assigned_at >= since, Assignment.territory.is_not(None))
        .group_by(Assignment.territory)
    )
    return {str(territory): number for territory, number in session.execute(query)}


def given_by_owner(session: Session, since: datetime) -> dict[str, tuple[int, int]]:
    """Leads that each owner was given, and how many of them they let lapse."""
    lapsed = func.count().filter(Assignment.ended_because == "lapsed")
    query = select(Assignment.owner_id, func.count(), lapsed).where(Assignment.assigned_at >= since)
    rows = session.execute(query.group_by(Assignment.owner_id))
    return {owner: (number, gone) for owner, number, gone in rows}


def misplaced(session: Session, since: datetime) -> dict[str, int]:
    """Leads of each territory of which an owner said that they are not in theirs."""
    query = (
        select(Assignment.territory, func.count())
        .join(OwnerWord, OwnerWord.assignment_id == Assignment.id)
        .where(OwnerWord.action == "wrong_territory", OwnerWord.heard_at >= since, Assignment.territory.is_not(None))
        .group_by(Assignment.territory)
    )
    return {str(territory): number for territory, number in session.execute(query)}


def refused_full(session: Session, since: datetime) -> dict[str, int]:
    """How often each owner was looked at and full."""
    line = func.jsonb_array_elements(Assignment.explanation).table_valued("value", name="line")
    owner, because = line.c.value.op("->>")("owner_id"), line.c.value.op("->>")("because")
    query = (
        select(owner, func.count())
        .select_from(Assignment)
        .join(line, because.like("full:%"))
        .where(Assignment.assigned_at >= since)
        .group_by(owner)
    )
    return {str(name): number for name, number in session.execute(query)}


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
