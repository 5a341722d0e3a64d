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
            reading = arriving.read(kept, intake, company)
            kept.inquiries = len(reading.submissions)
            arrivals += _rows(tx, kept, reading, company, range(kept.inquiries))
    registering.register(tx, arrivals, company)


def read_on(tx: Transaction, item: DueItem, *, company: Company) -> None:
    """Registers a part of a long list. Several processes may read parts of one list at once."""
    receipt_id = UUID(item.key.partition("/")[0])
    # Not its body: it may be large, and was read with the first rows. Not locked: other parts want it too.
    found = tx.preload(RawPayload, [receipt_id], defer(RawPayload.body), locked=False)
    if not found:
        log.error("list_without_payload", receipt_id=str(receipt_id))
        return
    kept, start, read_as = found[0], int(item.data["from"]), dict(item.data.get("as") or {})
    reading = _being_read(kept, read_as, company) or arriving.read(kept, rereading.read_again(kept, read_as), company)
    stop, total = start + int(item.data["left"]), len(reading.submissions)
    if stop >= kept.inquiries and total != kept.inquiries:
        # The last part; another mapping since the first finds more or fewer rows.
        stop = kept.inquiries = total
    registering.register(tx, _rows(tx, kept, reading, company, range(start, min(stop, total)), read_as), company)


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
    places: range,
    read_as: Mapping[str, str] | None = None,
) -> Sequence[Arrival]:
    """The first of the inquiries at these places of a payload; the rest of a long list is scheduled, part by part.

    `read_as` are a source and a dialect that an operator gave in place of those it came with.
    """
    now, rest = places[:ROWS_AT_ONCE], places[ROWS_AT_ONCE:]
    if len(reading.submissions) > ROWS_AT_ONCE:
        _BEING_READ.clear()
        if now.stop < len(reading.submissions):
            _BEING_READ[kept.receipt_id, tuple(sorted((read_as or {}).items()))] = reading
    for start in rest[::ROWS_AT_ONCE]:
        left = min(ROWS_AT_ONCE, rest.stop - start)
        data = {"from": start, "left": left, "as": dict(read_as or {})}
        tx.schedule(LIST_ROWS, f"{kept.receipt_id}/{start:06}", tx.now, data)
    return arriving.judge(kept, reading, company, now)
