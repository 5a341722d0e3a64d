"""What the front desk answers."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract


@contract
class ReceiptRequest:
    """A receipt; of a long list a page: up to `limit` rows after the row `after`. Without a limit all of it."""

    receipt_id: UUID
    after: int = -1
    limit: int | None = None


@contract
class ReceiptRow:
    """One row of an uploaded list and what became of it."""

    row: int
    state: Literal["registered", "responded", "quarantined", "test", "awaiting", "withdrawn", "erased"]
    inquiry_id: UUID
    lead_id: UUID | None = None
    reason: str | None = None
    #: A second copy: what is said of it is what became of the first.
    repeated: bool = False


@contract
class ReceiptReply:
    """What became of an inquiry. `unknown` means that the front desk has not seen it (yet).

    `awaiting`: a platform announced it and its answers are being fetched; `withdrawn`: the platform took it back.
    """

    receipt_id: UUID
    state: Literal[
        "unknown", "registered", "responded", "quarantined", "test", "awaiting", "withdrawn", "erased", "list"
    ]
    received_at: datetime | None = None
    inquiry_id: UUID | None = None
    lead_id: UUID | None = None
    reason: str | None = None
    detail: str | None = None
    rows: list[ReceiptRow]
    #: Rows of a long list that are still to be handled.
    unread: int = 0
    #: Where it came from: whoever may send for another source alone is told nothing of it.
    source: str | None = None
    #: Whether rows follow after the last of `rows`.
    more: bool = False


RECEIPT = declare("capture", "receipt", ReceiptRequest, ReceiptReply)


@contract
class PageRequest:
    """A page of a list, newest first: up to `limit` entries before the time `before`."""

    limit: int = 50
    before: datetime | None = None


@contract
class LedgerRequest:
    """Nothing to ask."""


@contract
class LedgerReply:
    """Counts by name in one room. What they must add up to is said where they are shown."""

    counts: dict[str, int]


CAPTURE_LEDGER = declare("capture", "ledger", LedgerRequest, LedgerReply)
