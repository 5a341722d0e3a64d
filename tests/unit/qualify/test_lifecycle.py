"""Stages: forward as things happen, back by a rule alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.qualify.domain.history import History, Mark
from services.qualify.domain.rules import Rules
from tests.unit.qualify.heard import NOON, READY, RULES, assessed, closed, history, recycled, response, rules
from tests.unit.qualify.test_activities import did

DAY = timedelta(days=1)
FULL = {**READY, "acres": "640"}


def stages(heard: History, by: Rules = RULES, day: float = 30) -> list[str]:
    return [move.stage for move in assessed(heard, by, NOON + day * DAY).moves]


def mark(kind: str, days: float) -> Mark:
    return Mark(kind, NOON + timedelta(days=days))


def test_a_lead_comes_from_inquiry_to_customer() -> None:
    marks = (mark("accepted", 2), mark("quoted", 3))
    heard = History(responses=(response(0, answers={}), response(1, answers=READY)), marks=marks, closings=(closed(5),))

    assert stages(heard) == ["inquiry", "mql", "sal", "sql", "customer"]
    assert [move.at for move in assessed(heard, as_of=NOON + 30 * DAY).moves][-1] == NOON + 5 * DAY


def test_it_never_moves_back_by_itself() -> None:
    cooled = History(responses=(response(0, answers=READY), response(3, answers={"timing": "12m"})))

    assert assessed(cooled, as_of=NOON + 9 * DAY).decision == "not_ready"
    assert stages(cooled) == ["mql"]


def test_sales_giving_it_back_moves_it_back_and_a_new_response_forward_again() -> None:
    given_back: dict[str, Any] = {"marks": (mark("accepted", 1),), "recyclings": (recycled(2),)}

    assert stages(history(FULL, **given_back)) == ["mql", "sal", "inquiry"]
    again = History(responses=(response(0, answers=FULL), response(4, answers={"timing": "now"})), **given_back)
    low = rules("score: 35", "score: 20")
    assert stages(again, low) == ["mql", "sal", "inquiry", "mql"]


def test_an_owner_who_declines_gives_back_what_was_accepted() -> None:
    assert stages(history(READY, marks=(mark("accepted", 1), mark("declined", 2)))) == ["mql", "sal", "mql"]


def test_it_is_the_same_however_late_it_was_heard() -> None:
    marks = (mark("quoted", 3), mark("accepted", 2))
    late = History(responses=(response(0, answers=READY),), marks=marks)

    assert stages(late) == ["mql", "sal", "sql"]


def test_the_company_decides_what_moves_a_lead() -> None:
    own = rules(
        "ranks:",
        "stages:\n"
        "  - {stage: inquiry, when: 'channel != \"csv\"', because: they came by themselves}\n"
        '  - {stage: mql, when: rank == "hot", because: hot}\n'
        "backward:\n"
        "  - {from: mql, to: suspect, when: days_since_response > 20, because: silent too long}\n"
        "ranks:",
    )
    listed = History(responses=(response(0, channel="csv"),))

    assert stages(listed, own) == ["suspect"]
    hot = history({"role": "owner", "acres": "640", "timing": "now"})
    assert stages(hot, own, day=5) == ["mql"]
    found = assessed(hot, own, NOON + 25 * DAY)
    assert (found.stage, found.moves[-1].because) == ("suspect", "silent too long")


def test_an_activity_that_brings_the_last_points_makes_a_lead_ready() -> None:
    counting = rules("points:\n", "points:\n  - {rule: did, group: fit, activity: page, points: 5, because: reads}\n")
    short = replace(counting, qualification=replace(counting.qualification, score=40))

    assert stages(history(READY, activities=(did(2),)), short) == ["inquiry", "mql"]
    assert stages(history({"role": "owner"}, activities=(did(2), did(3))), counting) == ["inquiry"]
