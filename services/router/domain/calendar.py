"""When an owner works: their hours in their own time zone, without holidays and absences.

All arithmetic is done on moments, never on wall clocks, so that a day of 23 or 25 hours counts what it has.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from opening_hours import OpeningHours, State

#: Somebody who does not open for so long is gone.
LONGEST_REST = timedelta(days=366)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Absence:
    """Days on which an owner does not work, both included."""

    first: date
    last: date
    because: str = "away"


@dataclass(frozen=True)
class Calendar:
    """Without `hours` somebody works round the clock. `holidays` names the public holidays by day."""

    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    hours: OpeningHours | None = None
    holidays: Mapping[date, str] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()

    def day(self, at: datetime) -> date:
        """The owner's own day."""
        return at.astimezone(self.zone).date()

    def start_of(self, day: date) -> datetime:
        """The moment at which the owner's day begins, in UTC."""
        return datetime.combine(day, time(), self.zone).astimezone(UTC)

    def absence(self, day: date) -> Absence | None:
        """The absence that the day falls into."""
        return next((one for one in self.absences if one.first <= day <= one.last), None)

    def day_off(self, day: date) -> str | None:
        """Why nobody works on the whole day; None on a day that may have working hours."""
        away = self.absence(day)
        if away is not None:
            return f"{away.because} until {away.last}"
        return self.holidays.get(day)

    def closed(self, at: datetime) -> str | None:
        """Why nobody is there at a moment; None when somebody is."""
        off = self.day_off(self.day(at))
        if off is not None:
            return off
        return None if self.hours is None or self.hours.is_open(at.astimezone(self.zone)) else "outside hours"

    def opening(self, at: datetime) -> datetime | None:
        """The first moment from `at` on at which somebody is there; None when there is none within a year."""
        return next((max(at, start) for start, end in self._spans(at) if end > at), None)

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The moment at which so much working time has passed since `start`; whoever never works has it at once.

        Nothing at all falls due at `start` itself, open or not.
        """
        if not working:
            return start
        left, last = working, start
        for begins, ends in self._spans(start):
            begins = max(begins, start)
            if ends - begins >= left:
                return begins + left
            if ends > begins:
                left, last = left - (ends - begins), ends
        return max(last, start + working)

    def working(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments."""
        total = timedelta()
        for begins, ends in self._spans(start):
            if begins >= end:
                break
            total += max(timedelta(), min(ends, end) - max(begins, start))
        return total

    def _spans(self, start: datetime) -> Iterator[Span]:
        """Working spans that end after `start`, in UTC and in order, for a year."""
        # Hours that run past midnight are cut there: whether somebody works is said by the day.
        day = self.day(start)
        last = day + LONGEST_REST
        while day <= last:
            if self.day_off(day) is None:
                yield from self._spans_of(day)
            day += timedelta(days=1)

    def _counted(self, begins: datetime, ends: datetime) -> Iterator[Span]:
        """Minute by minute: on a day on which the clocks change, a wall-clock time is there twice or not at all."""
        assert self.hours is not None
        since, at = None, begins
        while at < ends:
            is_open = self.hours.is_open(at.astimezone(self.zone))
            if is_open and since is None:
                since = at
            elif not is_open and since is not None:
                yield since, at
                since = None
            at += MINUTE
        if since is not None:
            yield since, ends

    def _spans_of(self, day: date) -> Iterator[Span]:
        begins, ends = self.start_of(day), self.start_of(day + timedelta(days=1))
        if self.hours is None:
            yield begins, ends
            return
        if ends - begins != DAY:
            yield from self._counted(begins, ends)
            return
        local = (begins.astimezone(self.zone), ends.astimezone(self.zone))
        for opens, closes, state, _ in self.hours.intervals(*local):
            if state == State.OPEN:
                yield max(opens.astimezone(UTC), begins), min(closes.astimezone(UTC), ends)
