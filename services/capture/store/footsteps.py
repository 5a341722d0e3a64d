"""Activities and visitors. A batch goes in with one statement, whatever its size."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ARRAY, Text, Uuid, and_, any_, cast, func, or_, select, text, tuple_
from sqlalchemy.orm import Session

from services.capture.domain.lead import CLOSED
from services.capture.models import Activity, ActivityBatch, Lead, Person, Visitor

#: Due work: looks once more for people whose email a partner gave, and judges all activities anew.
LOOK_AGAIN = "activities_look_again"
JUDGE_AGAIN = "activities_judge_again"

_ACTIVITY_TYPES = {
    "id": "uuid", "receipt_id": "uuid", "at": "timestamptz", "received_at": "timestamptz", "touch": "jsonb",
    "details": "jsonb", "occasion": "uuid", "sent_at": "timestamptz", "named_person_id": "uuid", "person_id": "uuid",
    "origin_person_id": "uuid", "lead_id": "uuid", "anonymous_before": "boolean", "signs": "jsonb",
    "revision": "integer",
}  # fmt: skip
_COLUMNS = [column.name for column in Activity.__table__.columns]
_TYPED = [f"{name} {_ACTIVITY_TYPES.get(name, 'text')}" for name in _COLUMNS]
#: One document for the whole batch: the same statement whatever its size.
_FILE = text(
    f"INSERT INTO activity ({', '.join(_COLUMNS)}) SELECT {', '.join(_COLUMNS)} "
    "FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told "
    f"({', '.join(_TYPED)}) "
    "ON CONFLICT DO NOTHING RETURNING id"
)
# The row is locked until the end of the transaction, so that of two that learn of one visitor the second sees all that
# the first did.
_MEET = text(
    """
    INSERT INTO visitor AS known (id, first_at, first_touch, last_at, last_touch, bot)
    SELECT id, first_at, first_touch, last_at, last_touch, bot FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told
        (id text, first_at timestamptz, first_touch jsonb, last_at timestamptz, last_touch jsonb, bot boolean)
    ORDER BY id
    ON CONFLICT (id) DO UPDATE SET
        first_touch = CASE WHEN excluded.first_at < known.first_at OR known.first_at IS NULL
            THEN excluded.first_touch ELSE known.first_touch END,
        first_at = LEAST(known.first_at, excluded.first_at),
        last_touch = CASE WHEN excluded.last_at > known.last_at OR known.last_at IS NULL
            THEN excluded.last_touch ELSE known.last_touch END,
        last_at = GREATEST(known.last_at, excluded.last_at),
        bot = known.bot OR excluded.bot
    RETURNING id, identified, bot
    """
)


#: Gives activities to whom they belong, all in one statement.
_GIVE = text(
    """
    UPDATE activity SET person_id = told.person_id, origin_person_id = told.origin_person_id, lead_id = told.lead_id,
        anonymous_before = told.anonymous_before, revision = told.revision
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS told
        (id uuid, person_id uuid, origin_person_id uuid, lead_id uuid, anonymous_before boolean, revision integer)
    WHERE activity.id = told.id
    """
)


@dataclass(slots=True)
class Footmark:
    """Of an activity what is told of it, and whose it is. A plain object: there are thousands in one transaction."""

    id: UUID
    visitor: str | None
    source: str
    kind: str
    what: str
    at: datetime
    url: str | None
    title: str | None
    campaign: str | None
    traffic_source: str | None
    tactic: str | None
    details: dict[str, str]
    occasion: UUID | None
    signs: list[str]
    verdict: str
    person_id: UUID | None
    origin_person_id: UUID | None
    lead_id: UUID | None
    anonymous_before: bool
    revision: int


FOOTMARK = tuple(field.name for field in fields(Footmark))
_OWNERSHIP = ("id", "person_id", "origin_person_id", "lead_id", "anonymous_before", "revision")


@dataclass(frozen=True)
class Met:
    """A visitor as known now."""

    identified: Sequence[Mapping[str, Any]]
    bot: bool


def known_batches(session: Session, receipt_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the receipts whose activities were filed."""
    wanted = cast(list(receipt_ids), ARRAY(Uuid))
    return set(session.scalars(select(ActivityBatch.receipt_id).where(ActivityBatch.receipt_id == any_(wanted))))


def meet(session: Session, rows: Iterable[Mapping[str, Any]]) -> dict[str, Met]:
    """Makes or freshens visitors and locks them, in the order of their ids."""
    told = sorted(rows, key=lambda row: row["id"])
    if not told:
        return {}
    found = session.execute(_MEET, {"rows": orjson.dumps(told).decode()})
    return {row.id: Met(row.identified, row.bot) for row in found}


def lock_visitors(session: Session, new: Collection[str], known: Collection[str]) -> dict[str, Visitor]:
    """The visitors with these ids, locked in their order; the `new` ones are made when they are missing."""
    meet(session, ({"id": visitor, "bot": False} for visitor in set(new)))
    wanted = sorted({*new, *known})
    if not wanted:
        return {}
    query = select(Visitor).where(Visitor.id == any_(cast(wanted, ARRAY(Text)))).order_by(Visitor.id)
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {visitor.id: visitor for visitor in found}


def file_activities(session: Session, rows: Sequence[Mapping[str, Any]]) -> set[UUID]:
    """Stores activities. Returns the ids of those that were not there before."""
    if not rows:
        return set()
    # In the order of the ids, so that two replicas with the same activities cannot wait for each other.
    told = sorted(rows, key=lambda row: row["id"])
    return set(session.scalars(_FILE, {"rows": orjson.dumps(told).decode()}))


def not_settled(session: Session, visitors: Collection[str], several: Collection[str]) -> list[Footmark]:
    """What these visitors did and is nobody's yet; everything of those whom `several` people use."""
    condition = and_(
        Activity.visitor == any_(cast(sorted(visitors), ARRAY(Text))),
        Activity.named_person_id.is_(None),
        or_(Activity.person_id.is_(None), Activity.visitor == any_(cast(sorted(several), ARRAY(Text)))),
    )
    return _footmarks(session, condition)


def held_by(session: Session, person_id: UUID) -> list[Footmark]:
    """What is this person's now."""
    return _footmarks(session, Activity.person_id == person_id)


def that_came_from(session: Session, person_ids: Collection[UUID]) -> list[Footmark]:
    """What was these persons' before they became part of another."""
    return _footmarks(session, Activity.origin_person_id == any_(cast(sorted(person_ids), ARRAY(Uuid))))


def filed_under(session: Session, person_id: UUID, lead_ids: Collection[UUID]) -> list[Footmark]:
    """What is this person's and is filed under one of these leads."""
    filed = Activity.lead_id == any_(cast(sorted(lead_ids), ARRAY(Uuid)))
    return _footmarks(session, and_(Activity.person_id == person_id, filed))


def _footmarks(session: Session, condition: Any) -> list[Footmark]:
    session.flush()  # what was weighed in this transaction
    query = select(*(Activity.__table__.c[name] for name in FOOTMARK)).where(condition)
    return [Footmark(*row) for row in session.execute(query.order_by(Activity.id).with_for_update())]


def give(session: Session, activities: Collection[Footmark]) -> None:
    """Stores whose these activities are now. They are locked already."""
    if not activities:
        return
    told = [{name: getattr(one, name) for name in _OWNERSHIP} for one in activities]
    session.execute(_GIVE, {"rows": orjson.dumps(told).decode()})
    given = {one.id for one in activities}
    for row in session.identity_map.values():
        if isinstance(row, Activity) and row.id in given:
            session.expire(row)


def done_by(session: Session, visitors: Collection[str]) -> Sequence[Activity]:
    """Everything that these visitors did."""
    query = select(Activity).where(Activity.visitor == any_(cast(sorted(visitors), ARRAY(Text))))
    return session.scalars(query.order_by(Activity.id).with_for_update()).all()


def followed_in(session: Session, occasions: Collection[UUID]) -> Sequence[Activity]:
    """Every link that was followed in these mails."""
    query = select(Activity).where(Activity.occasion == any_(cast(sorted(occasions), ARRAY(Uuid))))
    return session.scalars(query.order_by(Activity.id).with_for_update()).all()


def stored_after(session: Session, after: tuple[datetime, UUID], until: datetime, limit: int) -> Sequence[Activity]:
    """A page of all activities in the order of their receipt."""
    query = (
        select(Activity)
        .where(tuple_(Activity.received_at, Activity.id) > tuple_(*after), Activity.received_at <= until)
        .order_by(Activity.received_at, Activity.id)
        .limit(limit)
    )
    return session.scalars(query.with_for_update()).all()


def open_leads(session: Session, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The open lead of each of these persons: the one that was responded to last."""
    if not person_ids:
        return {}
    query = (
        select(Lead.person_id, Lead.id)
        .where(Lead.person_id == any_(cast(sorted(person_ids), ARRAY(Uuid))), Lead.resolution.not_in(CLOSED))
        .order_by(Lead.last_response_at, Lead.id)
    )
    return {person_id: lead_id for person_id, lead_id in session.execute(query) if person_id is not None}


def current_persons(session: Session, person_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Those of the ids that are persons, each with whom they are now: themselves, or who absorbed them."""
    if not person_ids:
        return {}
    query = select(Person.id, func.coalesce(Person.current_id, Person.id))
    found = session.execute(query.where(Person.id == any_(cast(sorted(person_ids), ARRAY(Uuid)))))
    return {row[0]: row[1] for row in found}


def absorbed_by(session: Session, person_id: UUID) -> Sequence[UUID]:
    """Those who have become part of this person."""
    return session.scalars(select(Person.id).where(Person.current_id == person_id)).all()


# --- answering -------------------------------------------------------------------------------------------------------


def activities_of(
    session: Session, person_ids: Collection[UUID], before: datetime | None, limit: int
) -> Sequence[Activity]:
    """What these persons did, newest first."""
    query = select(Activity).where(_of(person_ids))
    if before is not None:
        query = query.where(Activity.at < before)
    return session.scalars(query.order_by(Activity.at.desc(), Activity.id.desc()).limit(limit)).all()


def first_pages_of(session: Session, person_ids: Collection[UUID], limit: int) -> Sequence[Activity]:
    """The pages that these persons saw first."""
    query = select(Activity).where(and_(_of(person_ids), Activity.kind == "page", Activity.verdict != "bot"))
    return session.scalars(query.order_by(Activity.at, Activity.id).limit(limit)).all()


def totals_of(session: Session, person_ids: Collection[UUID]) -> Sequence[tuple[str, str, int]]:
    """How many activities of each kind and verdict."""
    query = select(Activity.kind, Activity.verdict, func.count()).where(_of(person_ids))
    found = session.execute(query.group_by(Activity.kind, Activity.verdict))
    return [(kind, verdict, number) for kind, verdict, number in found]


def visitors_of(session: Session, person_ids: Collection[UUID]) -> Sequence[Visitor]:
    """The browsers on which these persons said who they are."""
    conditions = [Visitor.identified.contains([{"person": str(person_id)}]) for person_id in person_ids]
    return session.scalars(select(Visitor).where(or_(*conditions)).order_by(Visitor.id)).all()


def batch(session: Session, receipt_id: UUID) -> ActivityBatch | None:
    """What became of one body of activities."""
    return session.get(ActivityBatch, receipt_id)


def activity_counts(session: Session) -> dict[str, int]:
    """The line of the ledger: received = stored + duplicate + refused."""
    names = ("received", "stored", "duplicate", "refused")
    sums = (func.coalesce(func.sum(getattr(ActivityBatch, name)), 0) for name in names)
    row = session.execute(select(*sums)).one()
    anonymous = session.scalar(select(func.count()).select_from(Activity).where(Activity.person_id.is_(None))) or 0
    return {f"activities_{name}": int(number) for name, number in zip(names, row, strict=True)} | {
        "activities_anonymous": anonymous
    }


def _of(person_ids: Collection[UUID]) -> Any:
    return Activity.person_id == any_(cast(sorted(person_ids), ARRAY(Uuid)))
