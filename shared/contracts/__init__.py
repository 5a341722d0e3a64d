"""Wire contracts: every event, call and error that crosses from one room to another.

Importing this package declares all events.
"""

from shared.contracts import analytics, capture, enrichment, fulfillment, nurture, qualify, router, screening

__all__ = ["analytics", "capture", "enrichment", "fulfillment", "nurture", "qualify", "router", "screening"]
