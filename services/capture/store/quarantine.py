"""What lies in quarantine, by reason, source and day."""

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from services.capture.domain.cleaning import line
from services.capture.models import Inquiry, PulledAnswer, RawPayload, Repair


@dataclass(frozen=True)
class Filter:
    """Which of the quarantined inquiries are meant."""

    reason: str | None = None
    source: str | None = None
    #: Of the receipt, in UTC.
    day: date | None = None
    junk: bool = False
    before: datetime | None = None

    @classmethod
    def asked(
        cls,
        reason: str | None,
        source: str | None,
        day: date | None,
        junk: bool = False,
        before: datetime | None = None,
    ) -> "Filter":
        """As somebody asked for it, without what the database refuses."""
        return cls(line(reason) if reason else None, line(source) if source else None, day, junk, before)

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on inquiries."""
        found: list[ColumnElement[bool]] = [
            Inquiry.outcome == "quarantined",
            Inquiry.junked_at.is_not(None) if self.junk else Inquiry.junked_at.is_(None),
        ]
        if self.reason is not None:
            found.append(Inquiry.reason == self.reason)
        if self.source is not None:
            found.append(Inquiry.source == self.source)
        if self.before is not None:
            found.append(Inquiry.received_at < self.before)
        if self.day is not None:
            start = datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC)
            found.append(Inquiry.received_at >= start)
            if self.day < date.max:
                found.append(Inquiry.received_at < start + timedelta(days=1))
        return found

    def as_json(self) -> dict[str, str]:
        """For a row that keeps it."""
        asked = {"reason": self.reason, "source": self.source, "day": self.day.isoformat() if self.day else None}
        return {name: value for name, value in asked.items() if value is not None}

    @classmethod
    def from_json(cls, kept: Mapping[str, str]) -> "Filter":
        """As it was kept."""
        day = kept.get("day")
        return cls(kept.get("reason"), kept.get("source"), date.fromisoformat(day) if day else None)


#: Nothing was received before or after; what lies outside may not fit into a column.
_FIRST_YEAR, _LAST_YEAR = 1970, 9000

#: Where a page ended: the time of receipt and the id of its last entry.
Place = tuple[datetime, UUID]


def cursor_of(inquiry: Inquiry) -> str:
    """Names the place of this entry in the list, for good."""
    return cursor_at(inquiry.received_at, inquiry.id)


def cursor_at(received_at: datetime, inquiry_id: UUID) -> str:
    """Names this place."""
    return base64.urlsafe_b64encode(f"{received_at.isoformat()}|{inquiry_id}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place | None:
    """The place that a cursor names; None when it names none."""
    try:
        at, _, identity = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition("|")
        moment = datetime.fromisoformat(at)
        return (moment, UUID(identity)) if moment.tzinfo and _FIRST_YEAR <= moment.year <= _LAST_YEAR else None
    except (ValueError, binascii.Error):
        return None


_PLACE = tuple_(Inquiry.received_at, Inquiry.id)


def quarantined(session: Session, wanted: Filter, after: Place | None, limit: int) -> Sequence[Inquiry]:
    """Quarantined inquiries, newest first, from a place on."""
    query = select(Inquiry).where(*wanted.conditions())
    if after is not None:
        query = query.where(_PLACE.__lt__(after))  # type: ignore[operator]
    return session.scalars(query.order_by(Inquiry.received_at.desc(), Inquiry.id.desc()).limit(limit)).all()


def next_to_release(session: Session, wanted: Filter, until: datetime, after: Place | None, limit: int) -> list[Place]:
    """Places of quarantined inquiries that were registered up to `until`, oldest first."""
    query = select(Inquiry.received_at, Inquiry.id).where(*wanted.conditions(), Inquiry.registered_at <= until)
    if after is not None:
        query = query.where(_PLACE.__gt__(after))  # type: ignore[operator]
    return [(at, identity) for at, identity in session.execute(query.order_by(*_PLACE.clauses).limit(limit))]


def number_of(session: Session, wanted: Filter) -> int:
    """How many quarantined inquiries fit."""
    return session.scalar(select(func.count()).select_from(Inquiry).where(*wanted.conditions())) or 0


def groups(session: Session) -> list[tuple[str, str, int]]:
    """How many wait, by reason and source; most first."""
    number = func.count()
    query = (
        select(Inquiry.reason, Inquiry.source, number)
        .where(*Filter().conditions())
        .group_by(Inquiry.reason, Inquiry.source)
        .order_by(number.desc(), Inquiry.reason, Inquiry.source)
    )
    return [(reason or "", source, count) for reason, source, count in session.execute(query)]


def repairs_of(session: Session, inquiry_id: UUID) -> Sequence[Repair]:
    """What was done to an inquiry, oldest first."""
    return session.scalars(select(Repair).where(Repair.inquiry_id == inquiry_id).order_by(Repair.number)).all()


def inquiries(session: Session, inquiry_ids: Iterable[UUID]) -> Sequence[Inquiry]:
    """These inquiries, to look at."""
    return session.scalars(select(Inquiry).where(Inquiry.id.in_(list(inquiry_ids))).order_by(Inquiry.received_at)).all()


def payloads(session: Session, receipt_ids: Iterable[UUID]) -> dict[UUID, RawPayload]:
    """The raw inquiries of these receipts."""
    found = session.scalars(select(RawPayload).where(RawPayload.receipt_id.in_(list(receipt_ids))))
    return {row.receipt_id: row for row in found}


def answers(session: Session, inquiry_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """What platforms answered about these inquiries."""
    found = session.scalars(select(PulledAnswer).where(PulledAnswer.inquiry_id.in_(list(inquiry_ids))))
    return {row.inquiry_id: row.body for row in found}
