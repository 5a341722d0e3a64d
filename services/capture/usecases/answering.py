"""What the front desk answers when it is asked: a receipt, the ledger."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.capture import store
from services.capture.models import Inquiry
from services.capture.store.footsteps import activity_counts
from shared.contracts.calls import LedgerReply, ReceiptReply, ReceiptRow


def receipt(session: Session, receipt_id: UUID) -> ReceiptReply:
    """What became of everything under this receipt; a second copy resolves to the first."""
    head = store.raw_head(session, receipt_id)
    if head is None:
        return ReceiptReply(receipt_id=receipt_id, state="unknown", rows=[])
    received_at, total = head
    outcomes = store.outcomes(session, receipt_id)
    if len(outcomes) == 1 and total == 1 and outcomes[0][0] == 0:
        found = outcomes[0][1]
        return ReceiptReply(
            receipt_id=receipt_id,
            state=found.outcome,  # type: ignore[arg-type]
            received_at=received_at,
            inquiry_id=found.id,
            lead_id=found.lead_id,
            reason=found.reason,
            detail=found.detail,
            rows=[],
        )
    return ReceiptReply(
        receipt_id=receipt_id,
        state="list",
        received_at=received_at,
        detail=f"{len(outcomes)} of {total} inquiries handled",
        rows=[_row(receipt_id, number, found) for number, found in outcomes],
        unread=max(0, total - len(outcomes)),
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
