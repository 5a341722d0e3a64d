"""Calendars and clocks hold against counting minute by minute, over holidays, zones and the nights of the clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from opening_hours import OpeningHours

from services.router.domain.calendar import Absence, Calendar
from services.router.domain.clock import ClockPlan, Step, tick

MINUTE = timedelta(minutes=1)
ZONES = [ZoneInfo(name) for name in ("America/Chicago", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")]
HOURS = [
    None,
    "Mo-Fr 08:00-17:00",
    "Mo-Fr 08:30-12:00,13:00-17:30; Sa 09:00-12:00",
    "Mo-Su 22:00-03:00",
    "Mo-Su 00:00-24:00",
    "Su 01:00-04:00",
]
#: Nights in which clocks go forward and back (Chicago, Berlin, Lord Howe by half an hour), and ordinary days.
DAYS = [date(2026, 3, 7), date(2026, 3, 28), date(2026, 4, 4), date(2026, 10, 3), date(2026, 10, 24),
        date(2026, 10, 31), date(2026, 6, 15), date(2026, 12, 23)]  # fmt: skip


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    """A calendar with holidays and absences around a moment, and the moment."""
    zone, hours, day = draw(st.sampled_from(ZONES)), draw(st.sampled_from(HOURS)), draw(st.sampled_from(DAYS))
    off = {day + timedelta(days=draw(st.integers(0, 3))): "holiday"} if draw(st.booleans()) else {}
    away = day + timedelta(days=draw(st.integers(1, 3)))
    absences = (Absence(away, away + timedelta(days=1), "fair"),) if draw(st.booleans()) else ()
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + draw(st.integers(0, 2 * 24 * 60)) * MINUTE
    return Calendar(zone, OpeningHours(hours, timezone=zone) if hours else None, off, absences), start


def open_minutes(calendar: Calendar, start: datetime, days: int = 12) -> Iterator[datetime]:
    """Every minute in which somebody is there."""
    at = start
    while at < start + timedelta(days=days):
        if calendar.closed(at) is None:
            yield at
        at += MINUTE


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(1, 600))
def test_working_time_is_over_after_so_many_open_minutes(known: tuple[Calendar, datetime], minutes: int) -> None:
    calendar, start = known
    counted = open_minutes(calendar, start)
    last = next((at for number, at in enumerate(counted, 1) if number == minutes), None)
    if last is not None:
        assert calendar.after(start, minutes * MINUTE) == last + MINUTE


@settings(max_examples=40, deadline=None)
@given(calendars(), st.integers(0, 4 * 24 * 60))
def test_working_time_between_two_moments_is_the_number_of_open_minutes(
    known: tuple[Calendar, datetime], minutes: int
) -> None:
    calendar, start = known
    end = start + minutes * MINUTE
    assert calendar.working(start, end) == sum(at < end for at in open_minutes(calendar, start, 5)) * MINUTE


@settings(max_examples=40, deadline=None)
@given(calendars())
def test_the_opening_is_the_first_open_minute(known: tuple[Calendar, datetime]) -> None:
    calendar, start = known
    first = next(open_minutes(calendar, start), None)
    if first is not None:
        assert calendar.opening(start) == first


@settings(max_examples=40, deadline=None)
@given(calendars(), st.booleans(), st.lists(st.integers(1, 2000), min_size=1, max_size=6, unique=True))
def test_each_step_of_a_clock_comes_once_and_in_order_however_seldom_it_is_looked_at(
    known: tuple[Calendar, datetime], working: bool, looks: list[int]
) -> None:
    calendar, start = known
    steps = (Step(60 * MINUTE, "remind"), Step(90 * MINUTE, "escalate"), Step(120 * MINUTE, "escalate_further"))
    plan = ClockPlan("accept", "accept", 100 * MINUTE, steps, working)
    done, taken = 0, []
    for look in sorted(looks):
        now = start + look * MINUTE
        found = tick(plan, calendar, start, done, now)
        assert found.done >= done
        assert all(plan.at(calendar, start, step.after) <= now for step in steps[: found.done])
        assert all(plan.at(calendar, start, step.after) > now for step in steps[found.done :])
        taken += found.measures
        done = found.done
    assert len(taken) == len(set(taken))
    assert taken == [step.measure for step in steps if step.measure in taken]
    assert [one for one in taken if one != "remind"] == [
        step.measure for step in steps[:done] if step.measure != "remind"
    ]


def test_a_day_of_23_hours_has_23_and_one_of_25_has_25() -> None:
    calendar = Calendar(ZoneInfo("America/Chicago"))
    for day, hours in ((date(2026, 3, 8), 23), (date(2026, 11, 1), 25)):
        start, end = calendar.start_of(day), calendar.start_of(day + timedelta(days=1))
        assert calendar.working(start, end) == timedelta(hours=hours)
