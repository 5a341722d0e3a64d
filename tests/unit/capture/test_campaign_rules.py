"""Campaigns: fields, who wins, costs from the file, codes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.capture.domain import campaigns as rules
from services.capture.domain.register import Campaign, Company, Cost
from services.capture.domain.submission import Submission

FILE = {"name": "Mailing", "offer": "Mug"}
COMPANY = Company(sources={}, campaigns={"mailing": Campaign("mailing", "Mailing", codes=("MM-26 A",))})


@pytest.mark.parametrize(
    ("word", "shown"),
    [("trade_show", "Trade shows"), ("Print", "Print and direct mail"), ("hay_ride", "Hay ride"), (None, None)],
)
def test_any_word_is_a_medium_and_usual_ones_have_a_label(word: str | None, shown: str | None) -> None:
    assert rules.label(word) == shown


@pytest.mark.parametrize(
    ("before", "here", "edited", "verdict"),
    [
        (None, FILE, True, "same"),
        (FILE, FILE, False, "same"),
        ({"name": "Old"}, {"name": "Old"}, False, "take"),
        ({"name": "Old"}, {"name": "Mine"}, True, "conflict"),
        (None, {"name": "Mine"}, True, "conflict"),
        (FILE, {"name": "Mine"}, True, "same"),
    ],
)
def test_the_file_wins_unless_somebody_edited(before: Any, here: Any, edited: bool, verdict: str) -> None:
    assert rules.verdict(FILE, before, here, edited=edited) == verdict


def _cost(amount: str, **over: Any) -> Cost:
    values: dict[str, Any] = {"spent_on": date(2026, 3, 1), "currency": "USD", "kind": "print"}
    return Cost(amount=Decimal(amount), **(values | over))


amounts = some.decimals(min_value=-10_000, max_value=10_000, places=2)
costs = some.lists(
    some.builds(
        Cost,
        spent_on=some.dates(date(2026, 1, 1), date(2026, 1, 3)),
        amount=amounts,
        currency=some.sampled_from(["USD", "EUR"]),
        kind=some.sampled_from(["print", "postage"]),
        purpose=some.sampled_from(["generation", "management"]),
    ),
    max_size=8,
)


@given(costs, costs)
def test_corrections_bring_the_ledger_to_the_file_and_then_there_are_none(file: Any, recorded: Any) -> None:
    corrections = rules.cost_corrections(file, recorded)

    assert rules.cost_corrections(file, [*recorded, *corrections]) == []
    for currency in ("USD", "EUR"):
        owed = sum(cost.amount for cost in file if cost.currency == currency)
        assert owed == sum(cost.amount for cost in [*recorded, *corrections] if cost.currency == currency)


def test_a_changed_amount_is_an_entry_over_the_difference() -> None:
    assert rules.cost_corrections([_cost("200.00")], [_cost("180.00")]) == [_cost("20.00")]
    assert rules.cost_corrections([], [_cost("180.00")]) == [_cost("-180.00")]


@pytest.mark.parametrize("amount", ["NaN", "sNaN", "-Infinity", "1e12", "0.005", "", None, "12,50", [], "1e-5"])
def test_what_is_no_amount_is_refused(amount: Any) -> None:
    with pytest.raises(ValueError):
        rules.checked_amount(amount)


@given(some.text(max_size=80))
def test_any_text_as_a_code_is_one_or_is_refused(text: str) -> None:
    try:
        code, written = rules.checked_code(text)
    except rules.Wrong:
        return
    assert code
    assert code.isalnum()
    assert len(written) <= rules.LONGEST_CODE
    assert "\x00" not in written


@pytest.mark.parametrize(
    ("said", "utm", "campaign", "unknown"),
    [
        ("mm26a", None, "mailing", []),
        (None, "MM 26-A", "mailing", []),
        ("NEW", "mm26a", "mailing", [("new", 0, False)]),
        ("mm26a", "NEW", "mailing", [("new", 1, True)]),
        ("NEW", "new", None, [("new", 0, False)]),
        ("---", "", None, []),
        ("mailing", None, "mailing", []),
    ],
)
def test_the_surest_known_code_names_the_campaign_and_unknown_ones_are_seen(
    said: str | None, utm: str | None, campaign: str | None, unknown: list[tuple[str, int, bool]]
) -> None:
    submission = Submission(campaign=said, attribution={"utm_campaign": utm} if utm else {})

    assert rules.campaign_of(submission, COMPANY) == campaign
    seen = rules.sightings(submission, COMPANY)
    assert [(one.code, one.place, one.outranked) for one in seen] == unknown
