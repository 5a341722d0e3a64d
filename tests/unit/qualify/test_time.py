"""What the passing of time does: trends, and the next moment at which something changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.qualify.domain.decision import Assessment, assess
from services.qualify.domain.history import Colleagues, History, Response
from services.qualify.domain.rules import Rules
from services.qualify.domain.timing import next_change
from tests.unit.qualify.heard import NOON, READY, RULES, assessed, closed, history, recycled, response, rules
from tests.unit.qualify.test_activities import did

DAY = timedelta(days=1)
FADING = rules("engagement: {at_most: 20}", "engagement: {at_most: 20, half_life: 10 days}")
#: Everything that time changes, at once.
AGEING = rules(
    "engagement: {at_most: 20}\npoints:",
    "engagement: {at_most: 20, half_life: 10 days}\npoints:\n"
    "  - {rule: dryers, group: engagement, activity: page, points: 4, per: occurrence, at_most: 12, because: reads}\n"
    "  - {rule: thrice, group: engagement, activity: page, times: 3, within: 6 days, points: 9, half_life: never, "
    "because: reads a lot}\n"
    "  - {rule: silent, group: fit, points: -6, when: days_since_response > 21, because: silent}\n"
    '  - {rule: season, group: fit, points: 3, when: \'today >= d"2026-03-20" and today < d"2026-04-10"\', because: x}',
)


def told(day: float, **answers: str) -> Response:
    return response(day, answers=answers)


def test_a_lead_rises_falls_or_is_steady() -> None:
    hot = History(responses=(told(0), told(9, role="owner", timing="now")))

    def trend(day: float, by: Rules = FADING) -> str:
        return assessed(hot, by, NOON + day * DAY).trend.direction

    assert [trend(day) for day in (8, 10, 25)] == ["steady", "rising", "falling"]
    assert [trend(day, RULES) for day in (10, 25)] == ["rising", "steady"]
    found = assessed(hot, FADING, NOON + 12 * DAY).trend
    assert (found.week_ago, found.month_ago) == (0, None)


def test_fading_points_have_the_lead_looked_at_when_it_falls_below_a_bar() -> None:
    lead = history({"role": "owner", "timing": "now"})  # 20 + 15, ready from 35, warm from 20
    found = assessed(lead, FADING)
    when = next_change(found)

    assert when is not None
    assert assessed(lead, FADING, when - timedelta(seconds=2)).score == 35
    assert assessed(lead, FADING, when).score == 34
    assert next_change(assessed(lead, RULES)) is None
    assert next_change(assessed(history({"timing": "now"}, closings=(closed(1),)), FADING, NOON + 2 * DAY)) is None


def test_a_future_lead_is_looked_at_when_its_day_is_near() -> None:
    lead = history({"role": "owner", "timing": "next year"})
    found = assessed(lead)
    when = next_change(found)

    assert found.rank == "future"
    assert when is not None
    assert when.date() == date(2027, 3, 2) - 181 * DAY
    ranks = set()
    moment = NOON
    while (later := next_change(assessed(lead, as_of=moment))) is not None:
        moment = later
        ranks.add(assessed(lead, as_of=moment).rank)
    assert ranks == {"future", "warm"}


LEADS = st.builds(
    History,
    responses=st.lists(
        st.builds(
            lambda hours, answers: response(hours / 24, answers=answers),
            st.integers(0, 240),
            st.fixed_dictionaries(
                {},
                optional={
                    "role": st.sampled_from(["owner", "clerk"]),
                    "timing": st.sampled_from(["now", "12m", "soon"]),
                    "acres": st.sampled_from(["640", "5"]),
                    "budget": st.just("20000"),
                },
            ),
        ),
        min_size=1,
        max_size=3,
    ).map(tuple),
    activities=st.lists(st.integers(0, 260).map(lambda hours: did(hours / 24)), max_size=5).map(tuple),
    recyclings=st.lists(st.integers(0, 240).map(lambda hours: recycled(hours / 24)), max_size=1).map(tuple),
)


def standing(found: Assessment) -> Any:
    return found.rank, found.decision, found.stage


@pytest.mark.parametrize("by", [FADING, AGEING], ids=["fading", "ageing"])
@settings(max_examples=60, deadline=None)
@given(lead=LEADS)
def test_between_two_looks_the_standing_does_not_change(by: Rules, lead: History) -> None:
    moment, end = NOON + 11 * DAY, NOON + 80 * DAY
    while moment < end:
        found = assess(lead, by, moment)
        assert found is not None
        until = min(next_change(found) or end, end)
        assert until > moment
        probe = moment
        while probe < until - timedelta(seconds=2):
            seen = assess(lead, by, probe)
            assert seen is not None
            assert standing(seen) == standing(found), (moment, probe, until)
            probe += timedelta(hours=7)
        moment = until


def test_what_was_live_at_an_earlier_moment_can_be_asked_for() -> None:
    heard_late = response(1, answers={"role": "owner"}, heard_at=NOON + 5 * DAY)
    lead = History(responses=(told(0, timing="now"), heard_late))

    assert [assessed(lead, as_of=NOON + day * DAY).score for day in (0, 4, 6)] == [15, 15, 40]
    assert assess(lead, RULES, NOON - DAY) is None


def test_others_of_the_company_count_but_never_in_what_the_lead_brings_itself() -> None:
    grouped = rules("points:\n", "points:\n  - {rule: group, group: engagement, points: 7, because: several, "
                    "when: 'group_people >= 2 and \"owner\" in group_roles'}\n")  # fmt: skip
    seen = (Colleagues(NOON + DAY, 1, 20, ("owner",)), Colleagues(NOON + 2 * DAY, 2, 30, ("owner", "manager")))
    lead = history({"timing": "now"}, colleagues=seen)

    assert [assessed(lead, grouped, NOON + day * DAY).score for day in (0, 1, 2)] == [15, 15, 20]
    assert assessed(lead, grouped, NOON + 2 * DAY).score_alone == 15
    assert assessed(history(READY), grouped).score_alone == 35
