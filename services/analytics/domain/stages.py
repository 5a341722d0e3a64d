"""The stages of the funnel, and how many leads go on from one to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

#: In order. A lead that reached a stage counts as having reached those before it: an owner who reports the sale
#: without the quote did make an offer.
STAGES = ("inquiry", "qualified", "accepted", "quoted", "won")
#: Where a lead can end from every stage.
LOST = "lost"


@dataclass(frozen=True)
class Reached:
    """When a lead first reached each stage, as far as it did."""

    qualified_at: datetime | None = None
    accepted_at: datetime | None = None
    quoted_at: datetime | None = None
    won_at: datetime | None = None
    #: The last time.
    lost_at: datetime | None = None
    recycled_at: datetime | None = None


def stage(reached: Reached) -> str:
    """Where a lead stands: the furthest stage, or lost when nobody took it up again."""
    if reached.won_at:
        return "won"
    if reached.lost_at and not (reached.recycled_at and reached.recycled_at > reached.lost_at):
        return LOST
    if reached.quoted_at:
        return "quoted"
    if reached.accepted_at:
        return "accepted"
    return "qualified" if reached.qualified_at else "inquiry"


def conversions(leads: Mapping[str, int]) -> dict[str, float | None]:
    """The share of each stage's leads in those of the stage before; None for the first, and where there are none."""
    shares: dict[str, float | None] = {STAGES[0]: None}
    for before, here in pairwise(STAGES):
        shares[here] = round(leads[here] / leads[before], 4) if leads[before] else None
    return shares
