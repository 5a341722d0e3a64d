"""Who is nurtured, from what the rooms said last."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.nurture.domain import Apart, LeadFacts, Nurtured, verdict

MARCH = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = MARCH + timedelta(days=40)


def not_ready(**over: object) -> LeadFacts:
    facts = {"decision": "not_ready", "rank": "cold", "score": 20, "scored_at": MARCH, "not_ready_since": MARCH}
    return LeadFacts(**(facts | over))  # type: ignore[arg-type]


def test_a_lead_that_is_not_ready_is_nurtured_from_the_day_it_was_found_so() -> None:
    found = verdict(not_ready())

    assert found == Nurtured("first", MARCH, None, True, "not ready: cold, 20 points")


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (LeadFacts(), None),
        (not_ready(decision="qualified"), "qualified"),
        (not_ready(decision="unqualified"), "disqualified"),
        (not_ready(decision="junk"), "disqualified"),
        (not_ready(accepted_at=LATER), "accepted"),
        (not_ready(closed_as="won", closed_at=LATER), "won"),
        (not_ready(closed_as="lost", closed_at=LATER), "lost"),
        (not_ready(closed_as="lost", closed_at=LATER, recycled_at=MARCH), "lost"),
    ],
)
def test_nobody_is_nurtured_who_is_with_sales_closed_or_no_prospect(facts: LeadFacts, reason: str | None) -> None:
    assert verdict(facts) == Apart(reason)


def test_a_lead_given_back_by_sales_is_nurtured_though_its_score_still_says_qualified() -> None:
    found = verdict(
        LeadFacts(
            decision="qualified",
            qualified_at=MARCH,
            scored_at=MARCH,
            recycled_at=LATER,
            recycled_because="budget frozen",
        )
    )

    assert isinstance(found, Nurtured)
    assert found.since == LATER
    assert found.because == "back from sales: budget frozen"


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"qualified_at": LATER}, "qualified"),
        ({"accepted_at": LATER}, "accepted"),
        ({"decision": "junk", "scored_at": LATER}, "disqualified"),
    ],
)
def test_what_is_decided_after_the_return_counts_again(facts: dict[str, object], reason: str) -> None:
    assert verdict(not_ready(**({"recycled_at": MARCH} | facts))) == Apart(reason)


def test_each_return_is_an_occasion_of_its_own() -> None:
    first, second = (verdict(not_ready(recycled_at=moment)) for moment in (MARCH, LATER))

    assert isinstance(first, Nurtured)
    assert isinstance(second, Nurtured)
    assert first.occasion != second.occasion


def test_a_day_that_the_prospect_named_counts_for_rank_future_only() -> None:
    spring = date(2027, 4, 1)
    future, cold = (verdict(not_ready(rank=rank, ready_on=spring)) for rank in ("future", "cold"))

    assert isinstance(future, Nurtured)
    assert isinstance(cold, Nurtured)
    assert (future.ready_on, future.because) == (spring, "plans for 2027-04-01")
    assert cold.ready_on is None
