"""Every query of analytics."""

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, cast, delete, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.analytics.domain.duties import Tally
from services.analytics.domain.stages import LOST, STAGES
from services.analytics.models import DutyFact, InquiryFact, JournalEntry, LeadFact
from shared.contracts.calls import Reclaimed
from shared.contracts.envelope import Envelope

#: One document for the whole batch: the same statement whatever its size, and nothing to escape.
FILE = text(
    """
    INSERT INTO journal
        (event_id, time, room, type, version, lead_id, person_id, correlation_id, causation_id, body)
    SELECT * FROM jsonb_to_recordset(CAST(:told AS jsonb)) AS told
        (event_id uuid, time timestamptz, room text, type text, version int, lead_id uuid, person_id uuid,
         correlation_id uuid, causation_id uuid, body jsonb)
    ON CONFLICT DO NOTHING
    RETURNING event_id
    """
)


def file(session: Session, envelopes: Sequence[Envelope]) -> set[UUID]:
    """Puts the events into the journal in one statement. Returns the ids of those that were not there before."""
    # In the order of the ids, so that two replicas with the same events cannot wait for each other.
    rows = [_row(envelope) for envelope in sorted(envelopes, key=lambda envelope: envelope.id)]
    return set(session.scalars(FILE, {"told": orjson.dumps(rows).decode()}))


def _row(envelope: Envelope) -> dict[str, Any]:
    return {
        "event_id": envelope.id,
        "time": envelope.time,
        "room": envelope.source,
        "type": envelope.type,
        "version": envelope.dataversion,
        "lead_id": envelope.lead_id,
        "person_id": envelope.person_id,
        "correlation_id": envelope.correlation_id,
        "causation_id": envelope.causation_id,
        "body": envelope.raw,
    }


# --- facts -----------------------------------------------------------------------------------------------------------

Fact = type[LeadFact] | type[InquiryFact]


def locked_facts(session: Session, fact: Fact, identities: Iterable[UUID]) -> dict[UUID, SimpleNamespace]:
    """The facts with these ids, locked in their order; those that are missing are made, empty."""
    wanted = {"identities": sorted(set(identities))}
    if not wanted["identities"]:
        return {}
    table, key = fact.__tablename__, fact.__mapper__.primary_key[0].name
    # Made first: of two replicas that hear of a lead at once, one waits for the other instead of failing.
    make = f"INSERT INTO {table} ({key}) SELECT unnest(CAST(:identities AS uuid[])) ON CONFLICT DO NOTHING"
    lock = f"SELECT * FROM {table} WHERE {key} = ANY(CAST(:identities AS uuid[])) ORDER BY {key} FOR UPDATE"
    session.execute(text(make), wanted)
    return {row[key]: SimpleNamespace(**row) for row in session.execute(text(lock), wanted).mappings()}


def write_facts(session: Session, fact: Fact, rows: Iterable[SimpleNamespace]) -> None:
    """Writes locked facts back, all in one statement."""
    told = [vars(row) for row in rows]
    if not told:
        return
    table, key = fact.__tablename__, fact.__mapper__.primary_key[0].name
    names = [column.name for column in fact.__table__.columns if column.name != key]
    update = (
        f"UPDATE {table} SET ({', '.join(names)}) = ({', '.join(f'told.{name}' for name in names)}) "
        f"FROM jsonb_populate_recordset(NULL::{table}, CAST(:told AS jsonb)) AS told WHERE {table}.{key} = told.{key}"
    )
    session.execute(text(update), {"told": orjson.dumps(told).decode()})


def keep_duties(session: Session, duties: Sequence[dict[str, Any]]) -> None:
    """Files duties that ended."""
    if duties:
        session.execute(insert(DutyFact).on_conflict_do_nothing(), list(duties))


# --- the journal, read -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timeline:
    """What happened to a lead, and outside of leads to its person, in order of time."""

    entries: list[JournalEntry]
    #: All ids of its person.
    person_ids: frozenset[UUID]


def timeline(session: Session, lead_id: UUID, person_id: UUID | None) -> Timeline:
    """The story of a lead that is this person's now, with what they did under an id that became part of theirs."""
    of_lead = list(session.scalars(select(JournalEntry).where(JournalEntry.lead_id == lead_id)))
    named = {entry.person_id for entry in of_lead if entry.person_id}
    family: set[UUID] = set()
    edge = {person_id} if person_id else named
    told: dict[UUID, JournalEntry] = {}
    while edge:
        family |= edge
        found = _outside_of_leads(session, edge)
        told |= {entry.event_id: entry for entry in found}
        edge = _absorbed(found) - family
    # Of whoever they were taken for once: the merge and its end, and nothing else.
    for entry in _outside_of_leads(session, named - family):
        if entry.type in _MERGES and UUID(entry.body["absorbed_id"]) in family:
            told[entry.event_id] = entry
    return Timeline(sorted([*of_lead, *told.values()], key=lambda entry: entry.time), frozenset(family))


_MERGES = ("persons_merged", "persons_unmerged")


def _outside_of_leads(session: Session, persons: Set[UUID]) -> Sequence[JournalEntry]:
    query = select(JournalEntry).where(JournalEntry.lead_id.is_(None), JournalEntry.person_id.in_(persons))
    return session.scalars(query).all() if persons else ()


def _absorbed(entries: Sequence[JournalEntry]) -> set[UUID]:
    """Who became part of these people, and still is."""
    undone = {entry.body["merge_id"] for entry in entries if entry.type == "persons_unmerged"}
    merged = [entry.body for entry in entries if entry.type == "persons_merged"]
    return {UUID(body["absorbed_id"]) for body in merged if body["merge_id"] not in undone}


def leads_of(session: Session, person_id: UUID) -> Sequence[UUID]:
    """All leads that are a person's now, the oldest first."""
    query = select(LeadFact.lead_id).where(LeadFact.person_id == person_id)
    return session.scalars(query.order_by(LeadFact.registered_at, LeadFact.lead_id)).all()


def journal(session: Session, chunk: int = 1000) -> Iterator[list[Envelope]]:
    """The whole journal, in chunks, in the order of the event ids."""
    last = UUID(int=0)
    while True:
        query = select(JournalEntry).where(JournalEntry.event_id > last).order_by(JournalEntry.event_id).limit(chunk)
        entries = list(session.scalars(query))
        if not entries:
            return
        last = entries[-1].event_id
        yield [_envelope(entry) for entry in entries]


def _envelope(entry: JournalEntry) -> Envelope:
    return Envelope(
        id=entry.event_id,
        source=entry.room,
        type=entry.type,
        time=entry.time,
        dataversion=entry.version,
        lead_id=entry.lead_id,
        person_id=entry.person_id,
        correlation_id=entry.correlation_id,
        causation_id=entry.causation_id,
        traceparent=None,
        raw=entry.body,
    )


def forget_facts(session: Session) -> None:
    """Empties the fact tables. Handlers wait until this transaction ends."""
    session.execute(text("LOCK TABLE lead_fact, inquiry_fact, duty_fact IN EXCLUSIVE MODE"))
    session.execute(delete(LeadFact))
    session.execute(delete(InquiryFact))
    session.execute(delete(DutyFact))


# --- figures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Choice:
    """Which leads and inquiries are counted: days in UTC, `until` not included."""

    since: date | None = None
    until: date | None = None
    campaign: str | None = None
    source: str | None = None

    def of(self, moment: Any, model: Any) -> ColumnElement[bool]:
        """As a condition on a fact table whose time is `moment`."""
        wanted: list[ColumnElement[bool]] = [moment.is_not(None)]
        if self.since:
            wanted.append(moment >= datetime.combine(self.since, time.min, UTC))
        if self.until:
            wanted.append(moment < datetime.combine(self.until, time.min, UTC))
        if self.campaign is not None:
            wanted.append(model.campaign == self.campaign)
        if self.source is not None:
            wanted.append(model.source == self.source)
        return and_(true(), *wanted)


#: Of what ends so without having been in quarantine nothing is told: it counts nowhere, whatever way it took.
UNTOLD = ("duplicate", "awaiting", "withdrawn")


def inquiries(session: Session, choice: Choice) -> dict[str, int]:
    """Number of inquiries by outcome."""
    where = choice.of(InquiryFact.received_at, InquiryFact)
    rows = session.execute(
        select(InquiryFact.outcome, func.count())
        .where(where, InquiryFact.outcome.not_in(UNTOLD))
        .group_by(InquiryFact.outcome)
    )
    return {str(outcome): number for outcome, number in rows}


def stages(session: Session, choice: Choice) -> dict[str, int]:
    """Number of leads that reached each stage or one after it, and of the lost ones."""
    moments = {stage: getattr(LeadFact, f"{stage}_at") for stage in STAGES[1:]}
    counts = [func.count().label(STAGES[0])]
    for place, stage in enumerate(STAGES[1:], 1):
        reached = or_(*(moments[later].is_not(None) for later in STAGES[place:]))
        counts.append(func.count().filter(reached).label(stage))
    counts.append(func.count().filter(LeadFact.lost_at.is_not(None)).label(LOST))
    row = session.execute(select(*counts).where(choice.of(LeadFact.registered_at, LeadFact))).one()
    return dict(row._mapping)


def reclaimed(session: Session, choice: Choice) -> Reclaimed:
    """Leads that were given up once, and what became of them since."""
    given_up = LeadFact.discarded_at.is_not(None)
    row = session.execute(
        select(
            func.count().filter(given_up),
            func.count().filter(LeadFact.last_qualified_at > LeadFact.discarded_at),
            func.count().filter(LeadFact.won_at > LeadFact.discarded_at),
        ).where(choice.of(LeadFact.registered_at, LeadFact))
    ).one()
    return Reclaimed(discarded=row[0], ready_again=row[1], won=row[2])


def leads_by(session: Session, choice: Choice, column: InstrumentedAttribute[Any]) -> dict[str, int]:
    """Number of leads by one of their columns, most first; "none" for those that have nothing there."""
    where = choice.of(LeadFact.registered_at, LeadFact)
    number = func.count()
    rows = session.execute(select(column, number).where(where).group_by(column).order_by(number.desc(), column))
    return {key or "none": count for key, count in rows}


def events(session: Session) -> dict[str, int]:
    """Number of events by room and type."""
    kinds = (JournalEntry.room, JournalEntry.type)
    rows = session.execute(select(*kinds, func.count()).group_by(*kinds).order_by(*kinds))
    return {f"{room}.{kind}": number for room, kind, number in rows}


def leads_without_owner(session: Session) -> int:
    """Registered leads that nobody was given."""
    query = select(func.count()).where(LeadFact.registered_at.is_not(None), LeadFact.owner_id.is_(None))
    return session.scalar(query) or 0


def duties(session: Session, since: datetime, until: datetime) -> list[Tally]:
    """Duties that ended from `since` up to, not including, `until`, counted by owner and by how they ended."""
    complete = DutyFact.left_out == cast([], JSONB)
    kinds = (DutyFact.owner_id, DutyFact.outcome, DutyFact.did, complete)
    rows = session.execute(
        select(*kinds, func.count(), func.max(DutyFact.owner_name))
        .where(DutyFact.ended_at >= since, DutyFact.ended_at < until)
        .group_by(*kinds)
        .order_by(DutyFact.owner_id)
    )
    return [
        Tally(owner, name, outcome, did, complete=whole, number=number)
        for owner, outcome, did, whole, number, name in rows
    ]
