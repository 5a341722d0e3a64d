"""Working time: hours, time zones, days of 23 and 25 hours, holidays, absences."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from services.router.domain.calendar import Absence, Calendar

CHICAGO, BERLIN = ZoneInfo("America/Chicago"), ZoneInfo("Europe/Berlin")
ALWAYS = Calendar()


def hours(text: str, zone: ZoneInfo) -> OpeningHours:
    return OpeningHours(text, timezone=zone)


OFFICE = Calendar(CHICAGO, hours("Mo-Fr 08:00-17:00; Sa 09:00-12:00", CHICAGO), {date(2026, 11, 26): "Thanksgiving"})


def chicago(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHICAGO).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "because"),
    [
        ("2026-11-23 08:00", None),
        ("2026-11-23 16:59", None),
        ("2026-11-23 17:00", "outside hours"),
        ("2026-11-22 10:00", "outside hours"),
        ("2026-11-26 10:00", "Thanksgiving"),
    ],
)
def test_somebody_is_there_in_their_own_hours(at: str, because: str | None) -> None:
    assert OFFICE.closed(chicago(at)) == because


def test_the_next_opening_skips_nights_sundays_and_holidays() -> None:
    assert OFFICE.opening(chicago("2026-11-23 10:00")) == chicago("2026-11-23 10:00")
    assert OFFICE.opening(chicago("2026-11-25 17:00")) == chicago("2026-11-27 08:00")
    assert OFFICE.opening(chicago("2026-11-28 12:00")) == chicago("2026-11-30 08:00")


def test_working_time_goes_on_where_it_stopped() -> None:
    assert OFFICE.after(chicago("2026-11-25 16:00"), timedelta(hours=2)) == chicago("2026-11-27 09:00")
    assert OFFICE.working(chicago("2026-11-25 16:00"), chicago("2026-11-27 10:00")) == timedelta(hours=3)


def test_an_absence_is_over_after_its_last_day() -> None:
    away = Calendar(CHICAGO, OFFICE.hours, {}, (Absence(date(2026, 11, 23), date(2026, 11, 24), "trade fair"),))

    assert away.closed(chicago("2026-11-23 09:00")) == "trade fair until 2026-11-24"
    assert away.opening(chicago("2026-11-23 09:00")) == chicago("2026-11-25 08:00")


def test_hours_past_midnight_belong_to_both_days() -> None:
    bar = Calendar(CHICAGO, hours("Fr 20:00-02:00", CHICAGO))

    assert bar.closed(chicago("2026-11-28 01:00")) is None
    assert bar.working(chicago("2026-11-27 00:00"), chicago("2026-11-29 00:00")) == timedelta(hours=6)


@pytest.mark.parametrize(("day", "length"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_counts_the_hours_that_it_has(day: str, length: int) -> None:
    night_and_day = Calendar(BERLIN)
    start = night_and_day.start_of(date.fromisoformat(day))

    assert night_and_day.after(start, timedelta(hours=length)) == night_and_day.start_of(
        date.fromisoformat(day) + timedelta(days=1)
    )


def test_an_office_keeps_its_wall_clock_over_the_change_of_time() -> None:
    office = Calendar(BERLIN, hours("Mo-Fr 09:00-17:00", BERLIN))
    friday = datetime(2026, 3, 27, 16, 0, tzinfo=BERLIN)

    assert office.after(friday, timedelta(hours=2)) == datetime(2026, 3, 30, 10, 0, tzinfo=BERLIN)


def test_who_never_opens_is_due_all_the_same() -> None:
    gone = Calendar(CHICAGO, absences=(Absence(date(2026, 1, 1), date(2999, 1, 1)),))
    start = chicago("2026-11-23 09:00")

    assert gone.opening(start) is None
    assert gone.after(start, timedelta(hours=8)) == start + timedelta(hours=8)


def test_round_the_clock_working_time_is_time() -> None:
    start = datetime(2026, 11, 23, 9, 17, tzinfo=UTC)

    assert ALWAYS.after(start, timedelta(hours=50)) == start + timedelta(hours=50)


@given(
    seconds=st.integers(0, 365 * 86400),
    minutes=st.integers(1, 6000),
    text=st.sampled_from(["Mo-Fr 08:00-17:00", "24/7", "Mo-Su 22:00-04:00", "Sa 09:00-12:00; Mo 07:30-08:00"]),
    zone=st.sampled_from([CHICAGO, BERLIN, ZoneInfo("Asia/Kathmandu")]),
)
def test_so_much_working_time_lies_before_what_is_due_after_it(
    seconds: int, minutes: int, text: str, zone: ZoneInfo
) -> None:
    calendar = Calendar(zone, hours(text, zone), {date(2026, 12, 25): "Christmas Day"})
    begins = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    working = timedelta(minutes=minutes)
    due = calendar.after(begins, working)

    assert calendar.working(begins, due) == working
    assert due - begins >= working
