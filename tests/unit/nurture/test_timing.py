"""When steps are due, and which of them may be sent."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.nurture.domain import (
    Nurtured,
    Reach,
    Step,
    ends_at,
    next_step,
    planned,
    reach,
    resumes_at,
    spaced,
    starts_at,
    why_unreachable,
)

MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)
GUIDE, STORY = Step("guide", "nurture-1-guide", "email", 3), Step("story", "nurture-2-story", "post", 21)
EVERYWHERE = Reach(frozenset({"email", "post"}), frozenset())


def wish(day: date | None, *, ahead: bool) -> Nurtured:
    return Nurtured("first", MARCH, day, ahead, "")


def test_steps_count_their_days_from_the_start() -> None:
    assert planned(STORY, MARCH) == datetime(2026, 3, 23, 9, tzinfo=UTC)


def test_contact_resumes_fourteen_days_before_the_prospects_day() -> None:
    assert resumes_at(wish(date(2027, 4, 15), ahead=True), 14) == datetime(2027, 4, 1, 12, tzinfo=UTC)


def test_contact_resumes_on_the_owners_day_itself() -> None:
    assert resumes_at(wish(date(2027, 4, 15), ahead=False), 14) == datetime(2027, 4, 15, 12, tzinfo=UTC)


def test_the_upcoming_step_falls_on_the_day_of_resumption_and_the_rest_keep_their_distance() -> None:
    resume_at = datetime(2027, 4, 1, 12, tzinfo=UTC)
    start = starts_at(MARCH, resume_at, GUIDE)

    assert planned(GUIDE, start) == resume_at
    assert planned(STORY, start) == resume_at + timedelta(days=18)


def test_a_day_that_is_nearer_than_the_programme_changes_nothing() -> None:
    assert starts_at(MARCH, MARCH + timedelta(days=1), GUIDE) == MARCH


def test_a_step_too_soon_after_the_last_one_is_moved() -> None:
    assert spaced(MARCH, MARCH - timedelta(days=2), 5) == MARCH + timedelta(days=3)
    assert spaced(MARCH, MARCH - timedelta(days=9), 5) == MARCH
    assert spaced(MARCH, None, 5) == MARCH


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (datetime(2026, 3, 2, tzinfo=UTC), 24, datetime(2028, 3, 2, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), 2, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2024, 2, 29, tzinfo=UTC), 24, datetime(2026, 2, 28, tzinfo=UTC)),
    ],
)
def test_the_horizon_ends_on_the_same_day_of_the_month(start: datetime, months: int, end: datetime) -> None:
    assert ends_at(start, months) == end


def test_a_step_over_a_refused_channel_is_skipped() -> None:
    no_email = Reach(frozenset({"email", "post"}), frozenset({"email"}))

    assert next_step([GUIDE, STORY], 0, EVERYWHERE) == 0
    assert next_step([GUIDE, STORY], 0, no_email) == 1


def test_nothing_is_sent_where_no_channel_is_open_and_the_reason_is_told() -> None:
    refused = Reach(frozenset({"email"}), frozenset({"email"}))
    nowhere = Reach(frozenset(), frozenset())

    assert next_step([GUIDE], 0, refused) is None
    assert why_unreachable([GUIDE], 0, refused) == "unsubscribed"
    assert why_unreachable([GUIDE], 0, nowhere) == "unreachable"
    assert why_unreachable([GUIDE], 1, EVERYWHERE) == "completed"


def test_where_the_law_wants_a_yes_silence_closes_a_channel() -> None:
    said = {"email": None, "post": True}

    assert not reach({"email", "post"}, said, set(), needs_yes=True).is_open("email")
    assert reach({"email", "post"}, said, set(), needs_yes=True).is_open("post")
    assert reach({"email", "post"}, said, set(), needs_yes=False).is_open("email")


def test_an_unsubscription_closes_a_channel_whatever_was_said_before() -> None:
    assert not reach({"email"}, {"email": True}, {"email"}, needs_yes=False).is_open("email")
