"""Repairs what was set aside: put right, released, or confirmed as junk. Everything that was done stays on record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog

from services.capture import store
from services.capture.domain.cleaning import line
from services.capture.domain.corrections import Uncorrectable, checked
from services.capture.domain.register import Company
from services.capture.models import Inquiry, ReleaseRun, Repair
from services.capture.sources import READERS
from services.capture.store import LIST_ROWS, Filter
from services.capture.usecases import registering, rereading
from services.capture.usecases.rereading import Reread
from shared.contracts.calls import (
    JunkRequest,
    ReleaseManyRequest,
    ReleaseReply,
    ReleaseRequest,
    ReleaseRunReply,
)
from shared.contracts.capture import InquiryReleased
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Cause, Transaction
from shared.ids import derived_id
from shared.room import DueItem

log = structlog.get_logger()

#: Due work: the next batch of a bulk release.
RELEASE_BATCH = "release_batch"
#: Inquiries released while somebody waits for the answer, and then in each transaction, which reads a long list anew.
AT_FIRST = 100
AT_ONCE = 500
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Release:
    """Who releases, and what they said with it."""

    by: str
    trusted: bool = False
    run_id: UUID | None = None


# --- one -------------------------------------------------------------------------------------------------------------


def release(tx: Transaction, request: ReleaseRequest, company: Company) -> ReleaseReply:
    """Has one inquiry judged again, with these corrections. The second of two operators is told what became of it.

    Raises NotFound, and ContractViolation when a correction is not possible.
    """
    inquiry = _locked(tx, request.inquiry_id)
    if inquiry.outcome != "quarantined":
        return reply(inquiry, already=True)
    given = correct(tx, inquiry, request.corrections, request.by, company)
    release_all(tx, [inquiry], Release(request.by, request.trusted), company, given)
    return reply(inquiry)


def correct(
    tx: Transaction, inquiry: Inquiry, corrections: Mapping[str, str], by: str, company: Company
) -> dict[str, str]:
    """Notes what an operator put right, with who and when. Returns it cleaned. Raises ContractViolation."""
    try:
        clean = checked(corrections, company, READERS)
    except Uncorrectable as error:
        raise ContractViolation("ReleaseRequest", {f"corrections.{error.field}": [str(error)]}) from error
    if clean:
        said = {name: {"value": value, "by": _name(by), "at": tx.now.isoformat()} for name, value in clean.items()}
        inquiry.corrections = {**(inquiry.corrections or {}), **said}
    return clean


def junk(tx: Transaction, request: JunkRequest) -> ReleaseReply:
    """Marks an inquiry as junk, or takes the mark away. It stays in quarantine and can be released. Raises NotFound."""
    inquiry = _locked(tx, request.inquiry_id)
    if inquiry.outcome != "quarantined" or (inquiry.junked_at is not None) == request.junk:
        return reply(inquiry, already=True)
    inquiry.junked_at = tx.now if request.junk else None
    inquiry.repairs += 1
    action = "junked" if request.junk else "unjunked"
    _note(tx, inquiry, action, Release(request.by), inquiry.reason, inquiry.detail)
    log.info("inquiry_junked", inquiry_id=str(inquiry.id), junk=request.junk)
    return reply(inquiry)


def reply(inquiry: Inquiry, *, already: bool = False) -> ReleaseReply:
    """What became of it."""
    return ReleaseReply(
        inquiry_id=inquiry.id,
        receipt_id=inquiry.receipt_id,
        outcome=inquiry.outcome,
        already=already,
        lead_id=inquiry.lead_id,
        reason=inquiry.reason,
        detail=inquiry.detail,
        junk=inquiry.junked_at is not None,
    )


def _locked(tx: Transaction, inquiry_id: UUID) -> Inquiry:
    inquiry = tx.get(Inquiry, inquiry_id)
    if inquiry is None:
        raise NotFound(f"inquiry {inquiry_id}")
    return inquiry


def _name(by: str) -> str:
    return line(by, _LONGEST_NAME) or "somebody"


# --- several ---------------------------------------------------------------------------------------------------------


def release_all(
    tx: Transaction,
    inquiries: Sequence[Inquiry],
    order: Release,
    company: Company,
    corrections: Mapping[str, str] | None = None,
) -> None:
    """Registers quarantined inquiries, locked by the caller, as they would be if they came now."""
    # Others may have been registered in this transaction: who came with them is to be found.
    tx.write()
    read = rereading.reread(tx, inquiries, company, trusted=order.trusted)
    before = {inquiry.id: (inquiry.reason, inquiry.detail) for inquiry in inquiries}
    for inquiry in inquiries:
        inquiry.repairs += 1
    registering.register(
        tx, [read[inquiry.id].arrival for inquiry in inquiries], company, {inquiry.id: inquiry for inquiry in inquiries}
    )
    for inquiry in inquiries:
        _close(tx, inquiry, order, before[inquiry.id], corrections or {})
        _read_the_rest(tx, read[inquiry.id], inquiry)


def _close(
    tx: Transaction,
    inquiry: Inquiry,
    order: Release,
    before: tuple[str | None, str | None],
    corrections: Mapping[str, str],
) -> None:
    passed = inquiry.outcome != "quarantined"
    _note(tx, inquiry, "released" if passed else "refused", order, *before, corrections)
    if not passed:
        return
    inquiry.junked_at = None
    log.info("inquiry_released", inquiry_id=str(inquiry.id), reason_before=before[0], outcome=inquiry.outcome)
    with tx.caused_by(Cause(inquiry.id, inquiry.receipt_id)):
        tx.emit(
            InquiryReleased(
                inquiry_id=inquiry.id,
                receipt_id=inquiry.receipt_id,
                lead_id=inquiry.lead_id,
                source=inquiry.source,
                channel=inquiry.channel,
                received_at=inquiry.received_at,
                reason_before=before[0] or "",
                outcome=inquiry.outcome,
                released_by=_name(order.by),
                at=tx.now,
                repairs=inquiry.repairs,
            ),
            key=f"released/{inquiry.id}/{inquiry.repairs}",
        )


def _note(
    tx: Transaction,
    inquiry: Inquiry,
    action: str,
    order: Release,
    reason: str | None,
    detail: str | None,
    corrections: Mapping[str, str] | None = None,
) -> None:
    tx.add(
        Repair(
            id=derived_id(inquiry.id, "repair", str(inquiry.repairs)),
            inquiry_id=inquiry.id,
            number=inquiry.repairs,
            action=action,
            by=_name(order.by),
            at=tx.now,
            reason_before=reason,
            detail_before=detail,
            outcome_after=inquiry.outcome,
            reason_after=inquiry.reason,
            corrections=dict(corrections or {}),
            trusted=order.trusted,
            run_id=order.run_id,
        )
    )


def _read_the_rest(tx: Transaction, read: Reread, inquiry: Inquiry) -> None:
    """A payload that could not be read at all was one inquiry; if it is a list now, its other rows follow."""
    if read.kept.inquiries == 1 and read.found > 1:
        read.kept.inquiries = read.found
        rest = {"from": 1, "left": read.found - 1, "as": dict(read.read_as)}
        tx.schedule(LIST_ROWS, str(inquiry.receipt_id), tx.now, rest)


# --- all that fit ----------------------------------------------------------------------------------------------------


def release_many(tx: Transaction, request: ReleaseManyRequest, company: Company) -> ReleaseRunReply:
    """Begins a bulk release, or its preview: the first batch now, the rest as due work."""
    wanted = Filter.asked(request.reason, request.source, request.day)
    run = tx.add(
        ReleaseRun(
            id=tx.new_id("release_run"),
            by=_name(request.by),
            asked_at=tx.now,
            preview=request.preview,
            trusted=request.trusted,
            filter=wanted.as_json(),
            until=tx.now,
            total=store.number_of(tx.session, wanted),
            handled=0,
            outcomes={},
            cursor=None,
            finished_at=None,
        )
    )
    _next_batch(tx, run, company, AT_FIRST)
    return progress(run)


def release_on(tx: Transaction, item: DueItem, *, company: Company) -> None:
    """The next batch of a bulk release."""
    run = tx.get(ReleaseRun, UUID(item.key))
    if run is not None and run.finished_at is None:
        _next_batch(tx, run, company, AT_ONCE)


def run_of(tx: Transaction, run_id: UUID) -> ReleaseRunReply:
    """How far a bulk release has come. Raises NotFound."""
    run = tx.get(ReleaseRun, run_id)
    if run is None:
        raise NotFound(f"release {run_id}")
    return progress(run)


def progress(run: ReleaseRun) -> ReleaseRunReply:
    """The run as others see it."""
    return ReleaseRunReply(
        run_id=run.id,
        preview=run.preview,
        done=run.finished_at is not None,
        total=run.total,
        handled=run.handled,
        outcomes=dict(run.outcomes),
    )


def _next_batch(tx: Transaction, run: ReleaseRun, company: Company, most: int) -> None:
    after = store.place_of(run.cursor) if run.cursor else None
    places = store.next_to_release(tx.session, Filter.from_json(run.filter), run.until, after, most)
    if len(places) < most:
        run.finished_at = tx.now
    else:
        tx.schedule(RELEASE_BATCH, str(run.id), tx.now)
    if not places:
        return
    run.cursor = store.cursor_at(*places[-1])
    run.handled += len(places)
    ids = [identity for _, identity in places]
    found = _preview(tx, ids, run, company) if run.preview else _release_batch(tx, ids, run, company)
    outcomes = dict(run.outcomes)
    for outcome in found:
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    run.outcomes = outcomes


def _release_batch(tx: Transaction, ids: Sequence[UUID], run: ReleaseRun, company: Company) -> list[str]:
    # Locked now: what somebody else released in the meantime is left alone.
    locked = [inquiry for inquiry in store.load(tx, Inquiry, ids) if inquiry.outcome == "quarantined"]
    release_all(tx, locked, Release(run.by, run.trusted, run.id), company)
    return [inquiry.outcome for inquiry in locked]


def _preview(tx: Transaction, ids: Sequence[UUID], run: ReleaseRun, company: Company) -> list[str]:
    inquiries = store.inquiries(tx.session, ids)
    read = rereading.reread(tx, inquiries, company, trusted=run.trusted)
    refusals = [read[inquiry.id].arrival.refused for inquiry in inquiries]
    return ["passes" if refused is None else f"quarantined: {refused[0]}" for refused in refusals]
