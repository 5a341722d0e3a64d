"""How an owner stands at the moment of a choice: what they have, what they can still take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Span = Literal["day", "week", "month"]


@dataclass(frozen=True)
class Caps:
    """How many leads an owner takes at most, in their own days, weeks (from Monday) and months; None: no limit.

    `open` is how many they work on at the same time.
    """

    day: int | None = None
    week: int | None = None
    month: int | None = None
    open: int | None = None

    @property
    def any(self) -> bool:
        """Whether there is a limit at all."""
        return any(limit is not None for limit in (self.day, self.week, self.month, self.open))


@dataclass(frozen=True)
class Pause:
    """An owner takes nothing new for now, by their own word."""

    until: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """What an owner was given this day, week and month, and how they do with it."""

    today: int = 0
    this_week: int = 0
    this_month: int = 0
    open: int = 0
    pause: Pause | None = None
    #: Their own limit per day, beside the company's.
    daily_limit: int | None = None
    #: Of the leads that ended lately: how many there were, how many were won, and hours to the first contact.
    ended: int = 0
    won: int = 0
    hours_to_contact: float | None = None

    def full(self, caps: Caps) -> str | None:
        """Which limit is reached, in words; None when another lead can be taken."""
        day, own = caps.day, self.daily_limit
        if own is not None and (day is None or own < day):
            day = own
        # One by one and not in a loop: this is asked of everybody for every lead.
        if day is not None and self.today >= day:
            return f"full: {self.today} of {day} today"
        if caps.week is not None and self.this_week >= caps.week:
            return f"full: {self.this_week} of {caps.week} this week"
        if caps.month is not None and self.this_month >= caps.month:
            return f"full: {self.this_month} of {caps.month} this month"
        if caps.open is not None and self.open >= caps.open:
            return f"full: {self.open} of {caps.open} open"
        return None

    def paused(self, at: datetime) -> str | None:
        """Why they take nothing new; None when they do."""
        if self.pause is None or (self.pause.until is not None and self.pause.until <= at):
            return None
        return "paused" if self.pause.until is None else f"paused until {self.pause.until:%Y-%m-%d}"

    @property
    def close_rate(self) -> float:
        """Share of ended leads that were won, drawn towards one half while there are few (Laplace's rule)."""
        return (self.won + 1) / (self.ended + 2)


#: Of somebody of whom nothing is known yet.
NEW = Standing()
