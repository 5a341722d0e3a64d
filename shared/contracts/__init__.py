"""Wire contracts: every event, call and error that crosses from one room to another.

Importing this package declares all events.
"""

from shared.contracts import analytics, capture, fulfillment, nurture, qualify, router

__all__ = ["analytics", "capture", "fulfillment", "nurture", "qualify", "router"]
