"""An owner's figures against their group, as the page draws and tells them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from shared.contracts.calls import OwnerRecord, OwnersReply, PortalMonth, PortalNumbersReply

#: With fewer others a middle figure would tell how one of them does.
FEWEST_OTHERS = 3
HEIGHT = 40.0
Said = Callable[[float], str]


@dataclass(frozen=True)
class Compared:
    """One figure, mine and the group's, as bars of 0 to 100 and in words."""

    name: str
    mine: str
    group: str
    mine_width: float
    group_width: float
    verdict: str


@dataclass(frozen=True)
class Bar:
    """One month in the units of the plot, and what is told of it."""

    x: int
    mine: float
    group: float
    month: str
    mine_said: str
    group_said: str


@dataclass(frozen=True)
class Months:
    """A figure month by month."""

    name: str
    bars: tuple[Bar, ...]
    text: str


def hours(value: float) -> str:
    """A span in words: "5 hours", "2.5 days"."""
    if value < 1:
        return f"{round(value * 60)} minutes"
    return f"{value:.0f} hours" if value < 48 else f"{value / 24:.1f} days"


def share(value: float) -> str:
    """A part of a whole."""
    return f"{100 * value:.0f} %"


def compared(found: PortalNumbersReply, follow_up: tuple[float | None, float | None]) -> list[Compared]:
    """Speed, follow-up and close rate against the middle of the group."""
    group = found.group
    speed = found.mine.hours_to_contact, group.hours_to_contact if group else None
    closing = found.mine.close_rate, group.close_rate if group else None
    return [
        _compared("Time to first contact", *speed, hours, less_is_better=True),
        _compared("Followed up in time", *follow_up, share),
        _compared("Sold, of what ended", *closing, share),
    ]


def follow_up(report: OwnersReply | None, mine: str, group: Sequence[str]) -> tuple[float | None, float | None]:
    """Share of my duties that I did in time, and the middle of the group's."""
    if report is None:
        return None, None
    by_owner = {one.owner_id: one.share_in_time for one in report.owners}
    others = [share for name in group if (share := by_owner.get(name)) is not None]
    return by_owner.get(mine), median(others) if len(others) >= FEWEST_OTHERS else None


def record_of(report: OwnersReply | None, owner_id: str) -> OwnerRecord | None:
    """An owner's month."""
    return next((one for one in report.owners if one.owner_id == owner_id), None) if report else None


def by_month(months: Sequence[PortalMonth]) -> list[Months]:
    """Speed and close rate month by month; a plot without any figure is left out."""
    plots = [
        _months("Time to first contact", months, "hours_to_contact", hours),
        _months("Sold, of what ended", months, "close_rate", share),
    ]
    return [plot for plot in plots if plot is not None]


def _compared(
    name: str, mine: float | None, group: float | None, said: Said, *, less_is_better: bool = False
) -> Compared:
    most = max(mine or 0, group or 0)
    return Compared(
        name=name,
        mine="nothing yet" if mine is None else said(mine),
        group="too few to tell" if group is None else said(group),
        mine_width=_part(mine, most, 100),
        group_width=_part(group, most, 100),
        verdict=_verdict(mine, group, less_is_better),
    )


def _verdict(mine: float | None, group: float | None, less_is_better: bool) -> str:
    if mine is None or group is None:
        return ""
    if mine == group:
        return "As the middle of your group."
    return "Better than the middle of your group." if (mine < group) == less_is_better else "Behind your group."


def _part(value: float | None, most: float, length: float) -> float:
    return round(length * (value or 0) / most, 1) if most else 0.0


def _months(name: str, months: Sequence[PortalMonth], figure: str, said: Said) -> Months | None:
    values = [(one.month, getattr(one.mine, figure), getattr(one.group, figure)) for one in months]
    most = max((value for _, *both in values for value in both if value is not None), default=0.0)
    if not most:
        return None
    bars = tuple(
        Bar(
            x=place * 12,
            mine=_part(mine, most, HEIGHT),
            group=_part(group, most, HEIGHT),
            month=month,
            mine_said="–" if mine is None else said(mine),
            group_said="–" if group is None else said(group),
        )
        for place, (month, mine, group) in enumerate(values)
    )
    told = "; ".join(f"{bar.month}: you {bar.mine_said}, your group {bar.group_said}" for bar in bars)
    return Months(name, bars, f"{name} by month. {told}")
