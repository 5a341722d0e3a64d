"""What the front desk answers when it is asked: a receipt, the ledger."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.capture import store
from services.capture.models import Inquiry
from services.capture.store.footsteps import activity_counts
from shared.contracts.calls import LedgerReply, ReceiptReply, ReceiptRow

#: Rows that are told at once at most, where a page is asked for.
MOST_ROWS = 10_000


def receipt(session: Session, receipt_id: UUID, after: int = -1, limit: int | None = None) -> ReceiptReply:
    """What became of everything under this receipt; a second copy resolves to the first.

    Of a long list up to `limit` rows after the row `after`; all of them without a limit.
    """
    head = store.raw_head(session, receipt_id)
    if head is None:
        return ReceiptReply(receipt_id=receipt_id, state="unknown", rows=[])
    received_at, total, source = head
    most = None if limit is None else min(max(limit, 1), MOST_ROWS)
    found = store.outcomes(session, receipt_id, after, None if most is None else most + 1)
    outcomes = found[:most]
    if len(outcomes) == 1 and total == 1 and outcomes[0][0] == 0:
        only = outcomes[0][1]
        return ReceiptReply(
            receipt_id=receipt_id,
            state=only.outcome,  # type: ignore[arg-type]
            received_at=received_at,
            inquiry_id=only.id,
            lead_id=only.lead_id,
            reason=only.reason,
            detail=only.detail,
            rows=[],
            source=source,
        )
    handled = len(outcomes) if most is None and after < 0 else store.handled(session, receipt_id)
    return ReceiptReply(
        receipt_id=receipt_id,
        state="list",
        received_at=received_at,
        detail=f"{handled} of {total} inquiries handled",
        rows=[_row(receipt_id, number, one) for number, one in outcomes],
        unread=max(0, total - handled),
        source=source,
        more=len(found) > len(outcomes),
    )


def _row(receipt_id: UUID, number: int, found: Inquiry) -> ReceiptRow:
    return ReceiptRow(
        row=number,
        state=found.outcome,  # type: ignore[arg-type]
        inquiry_id=found.id,
        lead_id=found.lead_id,
        reason=found.reason,
        repeated=(found.receipt_id, found.row) != (receipt_id, number),
    )


def ledger(session: Session) -> LedgerReply:
    """Counts: received = registered + responded + quarantined + test + duplicate + withdrawn + pending.

    Activities have a line of their own: received = stored + duplicate + refused.
    """
    return LedgerReply(counts=store.counts(session) | activity_counts(session))
