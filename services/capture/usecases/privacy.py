"""What a person may demand: to see what is held of them, to be forgotten, and a certificate of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select

from services.capture.models import Erasure, ErasureReport, Person
from services.capture.usecases import belongings, forgetting
from shared.contracts import schema
from shared.contracts.calls import (
    CertificateReply,
    EraseReply,
    EraseRequest,
    ErasureLine,
    ErasuresReply,
    OwnExportReply,
    RoomErasure,
)
from shared.contracts.capture import PersonErased
from shared.contracts.envelope import Envelope
from shared.contracts.errors import NotAllowed, NotFound
from shared.contracts.privacy import DataErased, PassedOn
from shared.database import erasing
from shared.database.plumbing import TOMBSTONE
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

#: Everybody who must say that a person is gone.
ROOMS = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics")
#: After this somebody must look why a room has not answered.
PATIENCE = timedelta(days=1)
_MOST = 500


def export(tx: Transaction, person_id: UUID) -> OwnExportReply:
    """Everything that the front desk holds of a person. Raises NotFound."""
    if tx.session.get(Person, person_id) is None:
        raise NotFound(f"no person {person_id}")
    of = belongings.gather(tx.session, person_id)
    return OwnExportReply(
        person_ids=list(of.subject.person_ids),
        lead_ids=list(of.subject.lead_ids),
        inquiry_ids=list(of.subject.inquiry_ids),
        tables=belongings.rows(tx.session, of),
    )


def erase(tx: Transaction, request: EraseRequest, *, secret: str) -> EraseReply:
    """Forgets a person here, and tells every room to. A second time gives the first erasure.

    Raises NotFound; NotAllowed while a list that holds them is still being read.
    """
    erasing.run_alone(tx.session)
    before = _erasure_of(tx, request.person_id)
    if before is not None:
        return EraseReply(erasure_id=before.id, person_ids=forgetting.ids(before.person_ids), begun=False)
    if tx.session.get(Person, request.person_id) is None:
        raise NotFound(f"no person {request.person_id}")
    of = belongings.gather(tx.session, request.person_id, hold=True)
    erasure_id = tx.new_id("erasure", str(request.person_id))
    removed, kept = forgetting.forget(tx.session, of, tx.now, secret)
    try:
        removed |= erasing.begin(tx.session, of.subject, erasure_id, tx.now)
    except erasing.ActUnderWay:
        raise NotAllowed("Something of this person is being fetched this moment. Try again in a minute.") from None
    subject = of.subject
    tx.session.expire_all()
    tx.add(
        Erasure(
            id=erasure_id,
            requested_at=tx.now,
            reason=request.reason,
            asked_by=request.by,
            person_ids=[str(one) for one in subject.person_ids],
            lead_ids=[str(one) for one in subject.lead_ids],
            inquiry_ids=[str(one) for one in subject.inquiry_ids],
        )
    )
    _file(tx, "capture", erasure_id, removed, kept, [])
    tx.emit(
        PersonErased(
            erasure_id=erasure_id,
            person_ids=list(subject.person_ids),
            lead_ids=list(subject.lead_ids),
            inquiry_ids=list(subject.inquiry_ids),
            erased_at=tx.now,
        ),
        key=str(erasure_id),
    )
    log.info("person_erased", erasure_id=str(erasure_id), leads=len(subject.lead_ids))
    return EraseReply(erasure_id=erasure_id, person_ids=list(subject.person_ids), begun=True)


def note_report(tx: Transaction, envelope: Envelope) -> None:
    """A room says that the person is gone from it."""
    told: DataErased = envelope.data
    passed_on = [schema.dump(one) for one in told.passed_on]
    _file(tx, envelope.source, told.erasure_id, told.removed, told.kept, passed_on)


def _file(
    tx: Transaction,
    room: str,
    erasure_id: UUID,
    removed: dict[str, int],
    kept: dict[str, str],
    passed_on: list[dict[str, Any]],
) -> None:
    key = f"{erasure_id}/{room}"
    if tx.get(ErasureReport, key) is None:
        tx.add(
            ErasureReport(
                key=key,
                erasure_id=erasure_id,
                room=room,
                erased_at=tx.now,
                removed={table: number for table, number in removed.items() if number},
                kept=kept,
                passed_on=passed_on,
            )
        )


def _erasure_of(tx: Transaction, person_id: UUID) -> Erasure | None:
    erasure_id = tx.session.scalar(select(TOMBSTONE.c.erasure_id).where(TOMBSTONE.c.subject == person_id))
    return tx.session.get(Erasure, erasure_id) if erasure_id else None


# --- the certificate -------------------------------------------------------------------------------------------------


def certificate(tx: Transaction, erasure_id: UUID) -> CertificateReply:
    """What was erased where, as every room says. Raises NotFound."""
    erasure = tx.session.get(Erasure, erasure_id)
    if erasure is None:
        raise NotFound(f"no erasure {erasure_id}")
    found = tx.session.scalars(select(ErasureReport).where(ErasureReport.erasure_id == erasure_id))
    reports = {report.room: report for report in found}
    complete = len(reports) == len(ROOMS)
    return CertificateReply(
        erasure_id=erasure.id,
        state=_state(tx, erasure, complete),
        requested_at=erasure.requested_at,
        completed_at=max(report.erased_at for report in reports.values()) if complete else None,
        reason=erasure.reason,
        by=erasure.asked_by,
        person_ids=forgetting.ids(erasure.person_ids),
        leads=len(erasure.lead_ids),
        inquiries=len(erasure.inquiry_ids),
        rooms=[_word(room, reports.get(room)) for room in ROOMS],
        passed_on=[schema.load(PassedOn, one) for room in ROOMS if room in reports for one in reports[room].passed_on],
    )


def erasures(tx: Transaction, limit: int) -> ErasuresReply:
    """The newest erasures, and how many wait too long for a room's word."""
    heard = (
        select(ErasureReport.erasure_id, func.array_agg(ErasureReport.room).label("rooms"))
        .group_by(ErasureReport.erasure_id)
        .subquery()
    )
    found = select(Erasure, heard.c.rooms).outerjoin(heard, heard.c.erasure_id == Erasure.id)
    newest = tx.session.execute(found.order_by(Erasure.requested_at.desc()).limit(max(1, min(limit, _MOST))))
    late = select(func.count()).select_from(
        found.where(
            Erasure.requested_at < tx.now - PATIENCE, func.coalesce(func.cardinality(heard.c.rooms), 0) < len(ROOMS)
        ).subquery()
    )
    return ErasuresReply(
        erasures=[_line(tx, erasure, set(rooms or ())) for erasure, rooms in newest],
        overdue=tx.session.scalar(late) or 0,
    )


def _line(tx: Transaction, erasure: Erasure, heard: set[str]) -> ErasureLine:
    return ErasureLine(
        erasure_id=erasure.id,
        state=_state(tx, erasure, len(heard) == len(ROOMS)),
        requested_at=erasure.requested_at,
        waits_for=[room for room in ROOMS if room not in heard],
    )


def _state(tx: Transaction, erasure: Erasure, complete: bool) -> Any:
    if complete:
        return "complete"
    return "overdue" if tx.now - erasure.requested_at > PATIENCE else "running"


def _word(room: str, report: ErasureReport | None) -> RoomErasure:
    if report is None:
        return RoomErasure(room=room)
    return RoomErasure(room=room, erased_at=report.erased_at, removed=report.removed, kept=report.kept)
