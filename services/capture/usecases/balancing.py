"""The ledger by day and source: what was received is what became of it, or something was lost."""

from collections import Counter
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import Date, case, cast, func, select, true
from sqlalchemy.orm import Session

from services.capture.domain.lead import CLOSED
from services.capture.models import Inquiry, Lead, RawPayload
from services.capture.store import LIST_ROWS, list_of
from shared.contracts.calls import LedgerDay, LedgerDaysReply, LedgerDaysRequest
from shared.database.plumbing import DUE

#: Columns of the ledger beside what was received.
_FATES = ("live", "closed", "quarantined", "test", "merged", "erased", "waiting")
#: An inquiry's outcome where the column has another name; registered and responded go by their lead.
_FATE = {"duplicate": "merged", "awaiting": "waiting", "withdrawn": "waiting"}

_Key = tuple[date, str]


def days(session: Session, request: LedgerDaysRequest) -> LedgerDaysReply:
    """The lines of these days and sources, the newest day first."""
    received = _received(session, request)
    fates = _fates(session, request) + _unread(session, request)
    keys = {key for key, _ in received.items()} | {key for key, _ in fates}
    lines = [_line(key, received[key], fates) for key in sorted(keys, key=lambda one: (-one[0].toordinal(), one[1]))]
    return LedgerDaysReply(days=lines, balance=sum(abs(line.balance) for line in lines))


def _line(key: _Key, received: int, fates: Counter[tuple[_Key, str]]) -> LedgerDay:
    of_day = {fate: fates[key, fate] for fate in _FATES}
    return LedgerDay(day=key[0], source=key[1], received=received, **of_day, balance=received - sum(of_day.values()))


def _received(session: Session, request: LedgerDaysRequest) -> Counter[_Key]:
    day = _day(RawPayload.received_at)
    query = select(day, RawPayload.source, func.sum(RawPayload.inquiries)).where(_asked(RawPayload, request))
    rows = session.execute(query.group_by(day, RawPayload.source))
    return Counter({(of_day, source): int(number) for of_day, source, number in rows})


def _fates(session: Session, request: LedgerDaysRequest) -> Counter[tuple[_Key, str]]:
    day = _day(RawPayload.received_at)
    closed = case((Lead.resolution.in_(CLOSED), "closed"), else_="live")
    fate = case((Inquiry.outcome.in_(("registered", "responded")), closed), else_=Inquiry.outcome)
    # By the payload's day and source: an inquiry's own may have been put right since.
    query = (
        select(day, RawPayload.source, fate, func.count())
        .select_from(Inquiry)
        .join(RawPayload, RawPayload.receipt_id == Inquiry.receipt_id)
        .outerjoin(Lead, Lead.id == Inquiry.lead_id)
        .where(_asked(RawPayload, request))
        .group_by(day, RawPayload.source, fate)
    )
    found: Counter[tuple[_Key, str]] = Counter()
    for of_day, source, outcome, number in session.execute(query):
        found[(of_day, source), _FATE.get(outcome, outcome)] += number
    return found


def _unread(session: Session, request: LedgerDaysRequest) -> Counter[tuple[_Key, str]]:
    """Rows of long lists that are still to be read."""
    day = _day(RawPayload.received_at)
    left = func.sum(cast(DUE.c.data["left"].astext, RawPayload.inquiries.type))
    query = (
        select(day, RawPayload.source, left)
        .join(RawPayload, list_of(DUE.c.key) == cast(RawPayload.receipt_id, DUE.c.key.type))
        .where(DUE.c.kind == LIST_ROWS, _asked(RawPayload, request))
        .group_by(day, RawPayload.source)
    )
    return Counter({((of_day, source), "waiting"): int(number) for of_day, source, number in session.execute(query)})


def _day(moment: Any) -> Any:
    return cast(func.timezone("UTC", moment), Date)


def _asked(model: Any, request: LedgerDaysRequest) -> Any:
    wanted = true()
    if request.since:
        wanted &= model.received_at >= datetime.combine(request.since, time.min, UTC)
    if request.until:
        wanted &= model.received_at < datetime.combine(request.until, time.min, UTC)
    if request.source is not None:
        wanted &= model.source == request.source
    return wanted
