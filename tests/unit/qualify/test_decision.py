"""Ranks and decisions: what makes a lead hot, ready for sales, future, unqualified or junk."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.qualify.domain.decision import assess
from services.qualify.domain.facts import add_months
from services.qualify.domain.history import History
from tests.unit.qualify.heard import NOON, READY, RULES, assessed, closed, history, recycled, response, rules, update


@pytest.mark.parametrize(
    ("answers", "rank"),
    [
        ({"role": "owner", "acres": "640", "timing": "now"}, "hot"),
        ({"role": "owner"}, "warm"),
        ({"acres": "640"}, "cold"),
        ({}, "cold"),
    ],
)
def test_the_score_ranks_hot_warm_or_cold(answers: dict[str, str], rank: str) -> None:
    assert assessed(history(answers)).rank == rank


def test_bant_and_score_make_a_lead_ready_for_sales() -> None:
    found = assessed(history(READY))

    assert (found.score, found.decision) == (35, "qualified")


@pytest.mark.parametrize(
    ("missing", "reason"),
    [
        ("role", "authority: not known (the owner; role not known)"),
        ("timing", "timing: not known (now; timing not known)"),
    ],
)
def test_without_the_score_or_enough_of_bant_it_is_not(missing: str, reason: str) -> None:
    found = assessed(history({name: text for name, text in READY.items() if name != missing}))

    assert found.decision == "not_ready"
    assert reason in found.because


def test_bant_alone_is_not_enough_nor_is_the_score_alone() -> None:
    assert assessed(history(READY), rules("score: 35", "score: 36")).decision == "not_ready"
    rich = history({"role": "owner", "acres": "640", "timing": "now", "budget": "500"})
    assert assessed(rich).score == 45
    assert assessed(rich).decision == "not_ready"


def test_every_bar_says_met_not_met_or_not_known() -> None:
    because = assessed(history({"budget": "500", "role": "owner"})).because

    assert because == [
        "warm: 20 points, warm from 20",
        "score: not met (20, agreed 35)",
        "budget: not met (10000 or more; budget 500)",
        "authority: met (the owner; role owner)",
        "need: not known (says what for; need not known)",
        "timing: not known (now; timing not known)",
    ]


def test_bant_is_told_as_answered() -> None:
    bant = assessed(history({"budget": "$45,000", "role": "proprietor", "timing": "asap"})).bant

    assert (bant.budget, bant.authority, bant.need, bant.timing) == (Decimal(45000), "owner", None, "now")


def test_of_several_classes_junk_comes_first_then_unqualified_then_future() -> None:
    nobody = {"country": "US", "has_email": False, "has_phone": False, "mailable": False}
    both = assessed(History(responses=(response(person=nobody, answers={"timing": "none"}),)))
    asks_later = rules("when: days_until_ready > 180", 'when: timing == "none"')

    assert (both.rank, both.decision) == ("junk", "junk")
    assert assessed(history({"timing": "none"}), asks_later).rank == "unqualified"


def test_who_cannot_be_reached_is_junk_and_who_will_not_buy_unqualified() -> None:
    nobody = {"has_email": False, "has_phone": False, "mailable": False}
    junk = assessed(History(responses=(response(person=nobody, answers=READY),)))
    unqualified = assessed(history(READY | {"timing": "none"}))

    assert (junk.rank, junk.decision) == ("junk", "junk")
    assert (unqualified.rank, unqualified.decision) == ("unqualified", "unqualified")
    assert unqualified.because == ["unqualified: says so (timing none)"]


def test_who_asks_for_later_is_future_with_the_day() -> None:
    found = assessed(history(READY | {"timing": "next year", "acres": "640"}))

    assert (found.rank, found.decision) == ("future", "not_ready")
    assert found.bant.ready_on == date(2027, 3, 2)


def test_the_day_that_sales_noted_wins_over_an_older_answer_and_loses_to_a_newer() -> None:
    until = recycled(0.5, until=date(2026, 12, 1))

    assert assessed(history({"timing": "12m"}, recyclings=(until,))).bant.ready_on == date(2026, 12, 1)
    assert assessed(history({}, recyclings=(until,))).rank == "future"
    assert assessed(history({}, {"timing": "12m"}, recyclings=(until,))).bant.ready_on == date(2027, 3, 3)
    assert assessed(history({}, {"timing": "now"}, recyclings=(until,))).bant.ready_on is None


def test_a_lead_that_sales_gave_back_waits_for_a_new_response() -> None:
    strong = READY | {"acres": "640"}
    waiting = assessed(history(strong, recyclings=(recycled(0.5),)), rules("score: 35", "score: 10"))
    back = assessed(history(strong, {}, recyclings=(recycled(0.5),)), rules("score: 35", "score: 10"))

    assert waiting.decision == "not_ready"
    assert waiting.because[-1] == "sales gave the lead back; it waits for a new response"
    assert back.decision == "qualified"


def test_a_won_or_lost_lead_stays_as_it_was() -> None:
    open_ = history(READY, {"timing": "none"}, person_updates=(update(2, country="BR"),))
    ended = history(READY, {"timing": "none"}, person_updates=(update(2, country="BR"),), closings=(closed(1 / 24),))

    assert assessed(open_).decision == "unqualified"
    assert (assessed(ended, as_of=NOON + timedelta(days=9)).decision, assessed(ended).score) == ("qualified", 35)


def test_nothing_is_decided_before_a_response_is_known() -> None:
    assert assess(History(closings=(closed(0),), recyclings=(recycled(1),)), RULES, NOON + timedelta(days=9)) is None


def test_the_potential_value_is_the_typical_sale_of_the_dearest_product() -> None:
    assert assessed(history({})).potential_value == Decimal(96000)
    assert assessed(History(responses=(response(products=("catalogue",)),))).potential_value is None


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2026, 10, 31), 1, date(2026, 11, 30)),
    ],
)
def test_months_end_on_the_last_day_where_there_is_no_such_day(day: date, months: int, then: date) -> None:
    assert add_months(day, months) == then
