"""Small plots as SVG: what a template draws, worked out here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.contracts.calls import CampaignDay

HEIGHT = 40.0
#: Days that a plot has room for at least: one busy day is a bar, not a wall.
FEWEST_DAYS = 30


@dataclass(frozen=True)
class DayBar:
    """One day: place and heights in the units of the plot, and what is told when somebody points at it."""

    x: int
    responses: float
    leads: float
    text: str


@dataclass(frozen=True)
class DayPlot:
    """Responses by day; those that opened a lead are the dark part."""

    width: int
    bars: tuple[DayBar, ...]
    text: str


def day_plot(days: Sequence[CampaignDay], since: date, until: date) -> DayPlot | None:
    """The plot of some days; None when nothing came in any of them."""
    most = max((day.responses for day in days), default=0)
    if not most:
        return None
    width = max((until - since).days + 1, FEWEST_DAYS)
    bars = tuple(
        DayBar(
            x=(day.day - since).days,
            responses=round(HEIGHT * day.responses / most, 1),
            leads=round(HEIGHT * day.leads / most, 1),
            text=f"{day.day}: {day.responses} responses, {day.leads} leads",
        )
        for day in days
        if since <= day.day <= until
    )
    total = sum(day.responses for day in days)
    return DayPlot(width, bars, f"{total} responses from {since} to {until}, {most} on the best day")
