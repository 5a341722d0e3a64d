"""Activities: what counts, how often, how long, and that programs never do."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.qualify.domain.activities import Activity, Telling
from services.qualify.domain.history import History
from services.qualify.domain.rules import Rules
from tests.unit.qualify.heard import NOON, assessed, history, response, rules

DAY = timedelta(days=1)


def with_rule(rule: str) -> Rules:
    return rules("points:\n", f"points:\n  - {{rule: did, group: engagement, because: they did it, {rule}}}\n")


def did(days: float, kind: str = "page", what: str = "dryers", told: tuple[Telling, ...] = (), **over: Any) -> Activity:
    """An activity so many days after noon of 2 March 2026, told at once."""
    at = NOON + timedelta(days=days)
    return Activity(uuid4(), kind, what, at, told or (Telling(1, "human", True, at),), **over)


def points(rule: str, *done: Activity, as_of: float = 10) -> int:
    heard = history({}, activities=done)
    lines = assessed(heard, with_rule(rule), NOON + timedelta(days=as_of)).lines
    return sum(line.points for line in lines if line.rule == "did")


def test_an_activity_counts_once_for_the_lead_or_each_time_up_to_a_limit() -> None:
    twice = (did(1), did(2))

    assert points("points: 3, activity: page", *twice) == 3
    assert points("points: 3, activity: page, per: occurrence", *twice) == 6
    assert points("points: 3, activity: page, per: occurrence, at_most: 5", *twice) == 5
    assert points("points: -3, activity: page, per: occurrence, at_most: -5", *twice) == -5
    assert points("points: 0, activity: page", *twice) == 0


def test_kind_and_what_choose() -> None:
    done = (did(1, "download", "spec-sheet-gd40"), did(1, "page", "careers"))

    assert points("points: 3, activity: download", *done) == 3
    assert points("points: 3, activity: [download, webinar]", *done) == 3
    assert points("points: 3, activity: download, what: spec-sheet-*", *done) == 3
    assert points("points: 3, activity: download, what: [price-list, brochure-*]", *done) == 0
    assert points("points: -10, activity: page, what: careers", *done) == -10


def test_a_rule_may_ask_for_several_within_a_time() -> None:
    rule = "points: 8, activity: page, times: 3, within: 7 days"

    assert points(rule, did(1), did(4), did(5), as_of=6) == 8
    assert points(rule, did(1), did(4), as_of=6) == 0
    assert points(rule, did(1), did(4), did(5), as_of=8) == 0


def test_what_was_done_fades_to_a_half_in_each_half_life() -> None:
    rule = "points: 8, activity: page, half_life: 30 days"

    assert [points(rule, did(0), as_of=day) for day in (0, 30, 60, 90, 150)] == [8, 4, 2, 1, 0]
    assert points(rule + ", per: occurrence", did(0), did(30), as_of=30) == 12


def test_of_an_answer_fades_what_was_said_last() -> None:
    fading = rules(
        'points: 15, when: timing == "now", because', 'points: 16, half_life: 10 days, when: timing == "now", because'
    )
    heard = History(responses=(response(0, answers={"timing": "now"}), response(20, answers={"acres": "9"})))

    found = assessed(heard, fading, NOON + 30 * DAY)
    line = next(line for line in found.lines if line.rule == "now")
    assert line.points == 2
    assert line.evidence == {"timing": "now", "at_first": "16", "days_since": "30"}
    assert line.at == NOON


@pytest.mark.parametrize(("day", "counted"), [(4.9, 15), (5, 0), (5.1, 0)])
def test_a_window_closes(day: float, counted: int) -> None:
    within = rules('points: 15, when: timing == "now"', 'points: 15, within: 5 days, when: timing == "now"')
    found = assessed(history({"timing": "now"}), within, NOON + day * DAY)

    assert sum(line.points for line in found.lines if line.rule == "now") == counted


def test_a_group_fades_by_its_half_life_unless_a_rule_says_never() -> None:
    fading = rules("engagement: {at_most: 20}", "engagement: {at_most: 20, half_life: 10 days}")
    lasting = rules("engagement: {at_most: 20}", "engagement: {at_most: 20, half_life: 10 days}")
    assert assessed(history({"timing": "now"}), fading, NOON + 10 * DAY).engagement == 8
    assert lasting.points[0].half_life is None

    never = rules(
        "engagement: {at_most: 20}\npoints:",
        "engagement: {at_most: 20, half_life: 10 days}\npoints:\n  - {rule: lasts, group: engagement, points: 5, "
        "half_life: never, when: 'role == \"owner\"', because: it lasts}",
    )
    assert assessed(history({"role": "owner"}), never, NOON + 10 * DAY).engagement == 5


@pytest.mark.parametrize("verdict", ["bot", "suspect"])
def test_a_program_counts_nothing(verdict: Any) -> None:
    assert points("points: 3, activity: page", did(1, told=(Telling(1, verdict, True, NOON),))) == 0


def test_learnt_later_that_it_was_a_program_counts_nothing_from_then_on_and_is_as_it_was_before() -> None:
    unmasked = did(1, told=(Telling(1, "human", True, NOON + DAY), Telling(2, "bot", True, NOON + 5 * DAY)))

    assert points("points: 3, activity: page", unmasked, as_of=4) == 3
    assert points("points: 3, activity: page", unmasked, as_of=6) == 0


def test_learnt_later_that_it_was_somebody_else_counts_for_them_from_then_on() -> None:
    rule = "points: 3, activity: page"
    lost = did(1, told=(Telling(1, "human", True, NOON + DAY), Telling(2, None, False, NOON + 5 * DAY)))
    gained = did(1, told=(Telling(1, "human", False, NOON + DAY), Telling(2, None, True, NOON + 5 * DAY)))

    assert [points(rule, lost, as_of=day) for day in (4, 6)] == [3, 0]
    assert [points(rule, gained, as_of=day) for day in (4, 6)] == [0, 3]


def test_a_line_says_what_was_done_and_when() -> None:
    done = (did(1, what="gd40", title="Dryer GD 40"), did(2, what="gd60", title="Dryer GD 60"))
    found = assessed(history({}, activities=done), with_rule("points: 3, activity: page"), NOON + 10 * DAY)
    line = next(line for line in found.lines if line.rule == "did")

    assert line.evidence == {"done": "2 times", "what": "Dryer GD 60, Dryer GD 40"}
    assert line.at == NOON + 2 * DAY


def test_activities_are_facts_as_well() -> None:
    busy = rules("points:\n", "points:\n  - {rule: busy, group: fit, points: 1, because: x, "
                 "when: activities >= 2 and days_since_activity < 5}\n")  # fmt: skip
    heard = history({}, activities=(did(1), did(2)))

    assert [assessed(heard, busy, NOON + day * DAY).fit for day in (3, 8)] == [1, 0]
