"""Takes in what the gateway accepted: every raw inquiry becomes registered responses or quarantine entries."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import structlog
from sqlalchemy.orm import defer

from services.capture import store
from services.capture.domain.register import Company
from services.capture.models import RawPayload
from services.capture.store import LIST_ROWS
from services.capture.usecases import arriving, footsteps, registering, rereading
from services.capture.usecases.arriving import Arrival, Reading
from shared.database.unit_of_work import Transaction
from shared.room import DueItem, RawInquiry

log = structlog.get_logger()

#: Rows of a list handled at once; a longer list must not keep other inquiries waiting, nor one transaction open.
ROWS_AT_ONCE = 1_000
#: The dialect of a visitor's steps.
ACTIVITY = "activity"


def take_in(tx: Transaction, batch: Sequence[RawInquiry], *, company: Company) -> None:
    """Registers a batch of raw inquiries. A receipt that was taken in before is left alone.

    Steps of visitors travel the same way, so that they are as safe; they are no inquiries.
    """
    footsteps.take_in(tx, [raw for raw in batch if raw.intake.dialect == ACTIVITY], company=company)
    batch = [raw for raw in batch if raw.intake.dialect != ACTIVITY]
    known = store.known_receipts(tx.session, (raw.intake.receipt_id for raw in batch))
    arrivals: list[Arrival] = []
    for raw in batch:
        if raw.intake.receipt_id not in known:
            known.add(raw.intake.receipt_id)
            intake = arriving.clean(raw.intake)
            kept = arriving.keep(tx, intake, raw.body)
            arrivals += _rows(tx, kept, arriving.read(kept, intake, company), company)
    registering.register(tx, arrivals, company)


def read_on(tx: Transaction, item: DueItem, *, company: Company) -> None:
    """Registers the next rows of a long list."""
    # Not its body: it may be large, and was read with the first rows.
    kept = next(iter(tx.preload(RawPayload, [UUID(item.key)], defer(RawPayload.body))), None)
    if kept is None:
        log.error("list_without_payload", receipt_id=item.key)
        return
    start, read_as = int(item.data["from"]), dict(item.data.get("as") or {})
    reading = _being_read(kept, read_as, company) or arriving.read(kept, rereading.read_again(kept, read_as), company)
    registering.register(tx, _rows(tx, kept, reading, company, start, read_as), company)


#: The list that is being read on, so that it is neither fetched nor parsed again for each part.
_BEING_READ: dict[tuple[UUID, tuple[tuple[str, str], ...]], Reading] = {}


def _being_read(kept: RawPayload, read_as: Mapping[str, str], company: Company) -> Reading | None:
    reading = _BEING_READ.get((kept.receipt_id, tuple(sorted(read_as.items()))))
    known = reading is not None and company.sources.get(reading.source.id) is reading.source
    return reading if known else None


def _rows(
    tx: Transaction,
    kept: RawPayload,
    reading: Reading,
    company: Company,
    start: int = 0,
    read_as: Mapping[str, str] | None = None,
) -> Sequence[Arrival]:
    """The next inquiries of a payload; what is left of a long list is scheduled.

    `read_as` are a source and a dialect that an operator gave in place of those it came with.
    """
    kept.inquiries = len(reading.submissions)
    stop = min(start + ROWS_AT_ONCE, kept.inquiries)
    if kept.inquiries > ROWS_AT_ONCE:
        _BEING_READ.clear()
    if stop < kept.inquiries:
        _BEING_READ[kept.receipt_id, tuple(sorted((read_as or {}).items()))] = reading
        tx.schedule(
            LIST_ROWS,
            str(kept.receipt_id),
            tx.now,
            {"from": stop, "left": kept.inquiries - stop, "as": dict(read_as or {})},
        )
    return arriving.judge(kept, reading, company, range(start, stop))
