"""Counts of a back-test: parts add up to the whole, and what nobody has is shared out by place."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from services.qualify.domain.backtest import MOST, Lead, Side, Span, Tally, Trial, spread, tally
from tests.unit.qualify.heard import NOON, READY, RULES, history, rules

TRIAL = Trial(RULES, rules("points: 20,", "points: 5,"), Span(NOON - timedelta(days=9), NOON + timedelta(days=9)))
ANSWERS = [
    READY,
    {"role": "owner"},
    {"timing": "none"},
    {"acres": "900", "timing": "now"},
    {"role": "owner", "acres": "600"},
]


def leads(number: int) -> list[Lead]:
    """So many leads of a few kinds; some are a dealer's."""
    return [
        Lead(UUID(int=place), history(ANSWERS[place % len(ANSWERS)]), "ames" if place % 3 == 0 else None)
        for place in range(number)
    ]


@pytest.mark.parametrize("parts", [1, 2, 7])
def test_parts_add_up_to_the_whole(parts: int) -> None:
    all_leads = leads(90)
    whole, sum_of_parts = tally(all_leads, TRIAL), Tally()
    for part in range(parts):
        sum_of_parts.add(tally(all_leads[part::parts], TRIAL))

    for name in ("leads", "changed", "won", "lost", "ranks", "decisions", "live", "draft", "placed"):
        assert getattr(sum_of_parts, name) == getattr(whole, name), name
    assert whole.changed > MOST
    assert sorted(each.lead_id for each in sum_of_parts.examples) == sorted(each.lead_id for each in whole.examples)


def test_the_examples_are_those_that_change_most_and_no_more_than_can_be_read() -> None:
    found = tally(leads(90), TRIAL)

    assert len(found.examples) == MOST
    assert all(each.decisions == ("qualified", "not_ready") for each in found.examples if each.weight[0])


def test_leads_that_sales_never_had_go_where_the_like_went() -> None:
    iowa, texas, bavaria = ("US", "IA"), ("US", "TX"), ("DE", "BY")
    side = Side(owners=Counter({"ames": 2}), ownerless=Counter({iowa: 4, texas: 2, bavaria: 1}))
    placed = {iowa: Counter({"ames": 3, "clive": 1})}

    assert spread(side, placed) == {"ames": 2 + 3 + 1.5 + 0.75, "clive": 1 + 0.5 + 0.25}


def test_where_sales_never_had_any_nobody_gets_them_yet() -> None:
    assert spread(Side(ownerless=Counter({("US", "IA"): 3})), {}) == {"": 3.0}
