"""Every query of the front desk, one file per noun."""

from services.capture.store.front_desk import (
    LIST_ROWS,
    counts,
    known_receipts,
    lead_ids_of,
    load,
    outcomes,
    quarantined,
    raw_head,
)

__all__ = [
    "LIST_ROWS",
    "counts",
    "known_receipts",
    "lead_ids_of",
    "load",
    "outcomes",
    "quarantined",
    "raw_head",
]
