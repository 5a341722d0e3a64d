"""The portal's queries. Each walks an index of one owner's leads and stops: none grows slow with the tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Numeric,
    Row,
    Select,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.dialects.postgresql import JSONPATH
from sqlalchemy.orm import Session

from services.router.models import Assignment, DeliveryRow, Lead, OwnerWord, Person, Share
from services.router.usecases.erasing import ERASED

Shelf = Literal["open", "closed"]
#: Beyond it a number is told as "that many or more".
MOST = 1000
_SEARCHED = ("name", "company", "email", "phone")
_RANK = func.coalesce(Lead.verdict["rank"].astext, Lead.score["rank"].astext)
#: What a line of the list needs.
_COLUMNS = (
    Lead.lead_id, Lead.owner_id, Lead.status, Lead.blocked, (Lead.shares > 0).label("shared"),
    literal(False).label("is_share"), Lead.clock, Lead.due_at, Lead.closed_at, Lead.responses,
    _RANK.label("rank"), Person.document.label("person"),
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """Which leads are looked for."""

    owners: Sequence[str]
    shelf: Shelf = "open"
    status: str | None = None
    due_before: datetime | None = None
    product: str | None = None
    rank: str | None = None
    text: str | None = None
    #: Time and id of the last line of the page before.
    after: tuple[datetime, UUID] | None = None


@dataclass(frozen=True)
class Counts:
    """Of the open leads of some owners."""

    open: int
    overdue: int
    today: int
    new: int


def page_of_leads(session: Session, wanted: Wanted, limit: int) -> Sequence[Row[Any]]:
    """The first leads of these owners: open ones by when they are due, shared or not; closed ones newest first.

    Each owner's come from the index in the order of the page, and no more than a page of them.
    """
    own = _own_leads(session, wanted, limit)
    if wanted.shelf == "closed":
        return own
    shares = _shared_leads(session, wanted, limit)
    return sorted((*own, *shares), key=lambda row: (row.due_at, row.lead_id))[:limit]


def _own_leads(session: Session, wanted: Wanted, limit: int) -> Sequence[Row[Any]]:
    moment = Lead.due_at if wanted.shelf == "open" else Lead.closed_at
    owners = select(func.unnest(cast(list(wanted.owners), ARRAY(Text))).label("owner_id")).subquery("of_owner")
    leads = (
        _found(select(*_COLUMNS), wanted)
        .where(Lead.owner_id == owners.c.owner_id)
        .order_by(*_ordered(wanted.shelf, moment, Lead.lead_id))
        .limit(limit)
        .lateral("their_lead")
    )
    last = leads.c.due_at if wanted.shelf == "open" else leads.c.closed_at
    query = select(leads).select_from(owners.join(leads, true()))
    return session.execute(query.order_by(*_ordered(wanted.shelf, last, leads.c.lead_id)).limit(limit)).all()


def _shared_leads(session: Session, wanted: Wanted, limit: int) -> Sequence[Row[Any]]:
    """Open leads that they work on beside whoever is responsible, in the order of that one's due time."""
    columns = select(
        Lead.lead_id, Share.owner_id, Share.status, literal(None).label("blocked"), literal(True).label("shared"),
        literal(True).label("is_share"), literal(None).label("clock"), Lead.due_at, Lead.closed_at, Lead.responses,
        _RANK.label("rank"), Person.document.label("person"),
    )  # fmt: skip
    theirs = and_(
        Share.lead_id == Lead.lead_id,
        Share.owner_id == func.any(cast(list(wanted.owners), ARRAY(Text))),
        Share.ended_at.is_(None),
    )
    found = _found(columns.select_from(Lead).join(Share, theirs), wanted, Share.status)
    return session.execute(found.order_by(Lead.due_at, Lead.lead_id).limit(limit)).all()


def live_share(session: Session, lead_id: UUID, owners: Sequence[str]) -> UUID | None:
    """The share that one of these owners has in a lead, while it lasts."""
    query = select(Share.id).where(Share.lead_id == lead_id, Share.owner_id.in_(owners), Share.ended_at.is_(None))
    return session.scalars(query.order_by(Share.place)).first()


def _ordered(shelf: Shelf, moment: Any, lead_id: Any) -> tuple[Any, Any]:
    return (moment, lead_id) if shelf == "open" else (moment.desc(), lead_id.desc())


def _found(query: Select[Any], wanted: Wanted, status: Any = Lead.status) -> Select[Any]:
    query = query.outerjoin(Person, Person.person_id == Lead.person_id).where(Lead.status != ERASED)
    query = query.where(Lead.closed_at.is_(None) if wanted.shelf == "open" else Lead.closed_at.is_not(None))
    if wanted.after is not None:
        place = cast(literal(wanted.after[0]), Lead.due_at.type), literal(wanted.after[1])
        query = query.where(
            tuple_(Lead.due_at, Lead.lead_id) > tuple_(*place)
            if wanted.shelf == "open"
            else tuple_(Lead.closed_at, Lead.lead_id) < tuple_(*place)
        )
    if wanted.status is not None:
        query = query.where(status == wanted.status)
    if wanted.due_before is not None:
        query = query.where(Lead.due_at < wanted.due_before)
    if wanted.rank is not None:
        query = query.where(_RANK.in_([wanted.rank]))
    if wanted.product is not None:
        query = query.where(_asks_for(wanted.product))
    if wanted.text is not None:
        query = query.where(_mentions(wanted.text))
    return query


def _asks_for(product: str) -> ColumnElement[bool]:
    path = cast("$.*.products[*] ? (@ == $product)", JSONPATH)
    return func.jsonb_path_exists(Lead.responses, path, func.jsonb_build_object("product", product))


def _mentions(text: str) -> ColumnElement[bool]:
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    places = [Person.document[name].astext for name in _SEARCHED] + [Person.document["address"]["city"].astext]
    return or_(*(place.ilike(f"%{escaped}%") for place in places))


def open_counts(session: Session, owners: Sequence[str], now: datetime, tonight: datetime) -> Counts:
    """How many open leads these owners have, none counted beyond MOST."""
    of_them = and_(Lead.owner_id == func.any(cast(list(owners), ARRAY(Text))), Lead.closed_at.is_(None))

    def counted(*which: ColumnElement[bool]) -> Any:
        some = select(literal(1)).select_from(Lead).where(of_them, *which).limit(MOST).subquery()
        return select(func.count()).select_from(some).scalar_subquery()

    row = session.execute(
        select(
            counted(),
            counted(Lead.due_at < now),
            counted(Lead.due_at >= now, Lead.due_at < tonight),
            counted(Lead.status == "assigned"),
        )
    ).one()
    return Counts(*map(int, row))


def overdue_by_owner(session: Session, owners: Sequence[str], now: datetime) -> Mapping[str, tuple[int, int]]:
    """Open and overdue leads of each owner, none counted beyond MOST."""
    wanted = select(func.unnest(cast(list(owners), ARRAY(Text))).label("owner_id")).subquery("of_owner")
    theirs = (
        select((Lead.due_at < now).label("is_late"))
        .where(Lead.owner_id == wanted.c.owner_id, Lead.closed_at.is_(None))
        .order_by(Lead.due_at, Lead.lead_id)
        .limit(MOST)
        .lateral("their_lead")
    )
    counted = func.count(theirs.c.is_late), func.count().filter(theirs.c.is_late)
    query = select(wanted.c.owner_id, *counted).select_from(wanted.outerjoin(theirs, true()))
    rows = session.execute(query.group_by(wanted.c.owner_id))
    return {name: (int(open), int(overdue)) for name, open, overdue in rows}


def lapsed_by_owner(session: Session, owners: Sequence[str], since: datetime) -> Mapping[str, int]:
    """How many leads each owner let lapse since then."""
    query = (
        select(Assignment.owner_id, func.count())
        .where(
            Assignment.owner_id == func.any(cast(list(owners), ARRAY(Text))),
            Assignment.ended_because == "lapsed",
            Assignment.ended_at >= since,
        )
        .group_by(Assignment.owner_id)
    )
    return {name: int(number) for name, number in session.execute(query)}


def assignments_of(session: Session, lead_id: UUID) -> Sequence[Assignment]:
    """Everybody who had the lead, the first one first."""
    query = select(Assignment).where(Assignment.lead_id == lead_id).order_by(Assignment.revision)
    return session.scalars(query).all()


def deliveries_of(session: Session, lead_id: UUID) -> Sequence[DeliveryRow]:
    """What went out because of a lead, newest first."""
    query = select(DeliveryRow).where(DeliveryRow.lead_id == lead_id).order_by(DeliveryRow.planned_at.desc())
    return session.scalars(query).all()


def sold_by(session: Session, owner_id: str, currency: str) -> Decimal:
    """Sum of the sales that an owner told with an amount in this currency and did not correct."""
    amount = cast(OwnerWord.fields["amount"].astext, Numeric)
    sales = or_(OwnerWord.action == "won", OwnerWord.fields["to"].astext == "won")
    query = select(func.coalesce(func.sum(amount), 0)).where(
        OwnerWord.owner_id == owner_id,
        OwnerWord.corrected_by.is_(None),
        sales,
        OwnerWord.fields["currency"].astext == currency,
    )
    return Decimal(session.execute(query).scalar_one())
