"""Inquiries that cannot be registered now: set aside with a reason, awaited from a platform, or taken back by it."""

from dataclasses import asdict

import structlog

from services.capture.domain.values import Note
from services.capture.models import Inquiry, SubmissionKey
from services.capture.usecases.arriving import Arrival
from shared.contracts.capture import InquiryQuarantined
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

#: The effect that fetches the answers of an announced lead.
PULL = "pull"
_DELETED = "the platform deleted this lead before its answers were fetched"


def set_aside(tx: Transaction, record: Inquiry, reason: str, detail: str, *, before: str | None = None) -> None:
    """Puts an inquiry into quarantine. `before`: what had become of it; one that lies there is not announced again."""
    record.outcome, record.reason, record.detail = "quarantined", reason, detail
    log.info("inquiry_quarantined", inquiry_id=str(record.id), source=record.source, reason=reason)
    if before == "quarantined":
        return
    tx.emit(
        InquiryQuarantined(
            inquiry_id=record.id,
            receipt_id=record.receipt_id,
            source=record.source,
            channel=record.channel,
            received_at=record.received_at,
            reason=reason,
            detail=detail,
            repairs=record.repairs,
        ),
        # The same inquiry may come here again after a release; each time is an event of its own.
        key=f"quarantined/{record.id}/{record.repairs}",
    )


def wait(tx: Transaction, record: Inquiry, arrival: Arrival) -> None:
    """Has the answers of an announced lead fetched; until then nobody knows who it is."""
    if arrival.counterpart and tx.get(SubmissionKey, arrival.counterpart):
        record.outcome = record.reason = "withdrawn"
        record.detail = _DELETED
        return
    record.outcome, record.detail = "awaiting", "its answers are being fetched from the platform"
    log.info("inquiry_awaited", inquiry_id=str(record.id), source=record.source)
    tx.plan(
        PULL,
        # Once per time that it begins to wait: what failed for good may be asked for again after a release.
        f"{PULL}:{record.id}:{record.repairs}",
        {"inquiry_id": str(record.id), "source": record.source, "lead": arrival.submission.fetch},
    )


def withdraw(tx: Transaction, notice: Inquiry, arrival: Arrival) -> None:
    """The platform deleted a lead: what is not registered yet never will be; a registered one is noted on."""
    notice.outcome = notice.reason = "withdrawn"
    notice.detail = "the platform's own notice that a lead was deleted"
    if arrival.provider_key and tx.get(SubmissionKey, arrival.provider_key) is None:
        # It may come before the notice of the lead itself.
        tx.new(SubmissionKey, key=arrival.provider_key, inquiry_id=notice.id, received_at=arrival.received_at)
    known = tx.get(SubmissionKey, arrival.counterpart) if arrival.counterpart else None
    announced = tx.get(Inquiry, known.inquiry_id) if known else None
    if announced is None or announced.id == notice.id:
        return
    log.info("inquiry_withdrawn", inquiry_id=str(announced.id), outcome=announced.outcome)
    if announced.outcome == "awaiting":
        announced.outcome = announced.reason = "withdrawn"
        announced.detail = _DELETED
        return
    said = Note("lead", "deleted at the platform on its own notice", arrival.received_at.isoformat())
    announced.notes = [*announced.notes, asdict(said)]
