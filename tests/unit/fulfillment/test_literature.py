"""Which literature a request brings: the example company's rules, and the limits that no rule can lift."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from services.fulfillment.domain.literature import (
    FACTS,
    Choice,
    Request,
    Rule,
    Verdict,
    choose,
    in_turn,
    is_ready,
    new_products,
    occasion,
)
from shared.conditions import Condition
from tests.unit.fulfillment.builders import library

LIBRARY = library()
NOW = datetime(2026, 3, 2, tzinfo=UTC)
LEAD = UUID(int=5)


def chosen(**facts: Any) -> dict[str, Choice]:
    known = {"products": ["grain-dryer"], "country": "US", "mailable": True, "decision": "not_ready", "rank": "cold"}
    return {choice.piece: choice for choice in choose(LIBRARY.rules, LIBRARY.items, known | facts)}


@pytest.mark.parametrize(
    ("product", "brochure"),
    [("grain-dryer", "grain-dryer-brochure"), ("compact-tractor", "compact-tractor-brochure")],
)
def test_literature_is_about_the_product_asked_for(product: str, brochure: str) -> None:
    items = chosen(products=[product])["literature"].items

    assert brochure in items
    assert all(product in LIBRARY.items[item].products for item in items)


def test_two_products_bring_the_literature_of_both() -> None:
    items = chosen(products=["grain-dryer", "feed-mixer"])["literature"].items

    assert {"grain-dryer-brochure", "feed-mixer-brochure"} <= set(items)


def test_no_product_brings_the_company_brochure() -> None:
    assert chosen(products=None)["literature"].items == ("company-brochure",)


def test_who_asks_for_a_quote_gets_figures_that_a_casual_reader_does_not() -> None:
    assert "grain-dryer-datasheet" in chosen(interest="quote")["literature"].items
    assert "grain-dryer-datasheet" not in chosen(interest="literature")["literature"].items


def test_media_source_varies_the_literature() -> None:
    assert "grain-dryer-datasheet" in chosen(medium="trade_show")["literature"].items
    assert "grain-dryer-datasheet" not in chosen(medium="web")["literature"].items


def test_quality_varies_the_literature() -> None:
    assert "grain-dryer-datasheet" in chosen(rank="hot")["literature"].items


@pytest.mark.parametrize("rank", ["hot", "warm"])
def test_hot_and_warm_leads_get_hard_copy_beside_the_email(rank: str) -> None:
    assert set(chosen(rank=rank)) == {"literature", "catalogue-letter"}
    assert "full-catalogue" in chosen(rank=rank)["catalogue-letter"].items


@pytest.mark.parametrize("rank", ["cold", "future", "unqualified", None])
def test_others_get_no_hard_copy(rank: str | None) -> None:
    assert "catalogue-letter" not in chosen(rank=rank)


def test_paper_goes_only_to_an_address_that_a_letter_can_reach() -> None:
    assert set(chosen(rank="hot", mailable=False)) == {"literature"}


def test_junk_gets_nothing_whatever_the_rules_say() -> None:
    always = Rule("always", "literature", "email", None, ("company-brochure",), ())

    assert choose([always], LIBRARY.items, {"decision": "junk"}) == ()


def test_unknown_verdict_still_brings_what_was_asked_for() -> None:
    assert chosen(decision=None, rank=None)["literature"].items == ("grain-dryer-brochure", "grain-dryer-demo")


def test_choice_names_the_rules_that_asked_for_it() -> None:
    assert chosen(interest="quote")["literature"].because == ("what-was-asked-for", "figures-for-those-who-compare")


def test_item_comes_once_though_two_rules_ask_for_it() -> None:
    twice = [
        Rule("one", "literature", "email", None, ("company-brochure",), ()),
        Rule("two", "literature", "email", Condition.parse('rank == "hot"', FACTS), ("company-brochure",), ()),
    ]

    (choice,) = choose(twice, LIBRARY.items, {"rank": "hot"})

    assert choice.items == ("company-brochure",)


def test_email_takes_only_what_has_a_link_and_post_only_what_lies_in_the_warehouse() -> None:
    for choice in chosen(rank="hot", timing="now").values():
        for item in choice.items:
            assert LIBRARY.items[item].sku if choice.channel == "post" else LIBRARY.items[item].link


def test_literature_waits_for_the_verdict_and_the_owner() -> None:
    cold = Verdict("cold", "not_ready", 1, NOW)

    assert not is_ready(None, "marketing")
    assert not is_ready(cold, None)
    assert is_ready(cold, "marketing")


def test_literature_for_a_qualified_lead_waits_for_its_sales_owner() -> None:
    hot = Verdict("hot", "qualified", 1, NOW)

    assert not is_ready(hot, "marketing")
    assert is_ready(hot, "dealer")


def asked(number: int, *products: str, overdue: bool = False) -> Request:
    return Request(UUID(int=number), number, products, overdue)


def test_one_email_per_inquiry_and_one_package_per_lead() -> None:
    assert occasion(LEAD, UUID(int=1), "email") != occasion(LEAD, UUID(int=2), "email")
    assert occasion(LEAD, UUID(int=1), "post") == occasion(LEAD, UUID(int=2), "post")


def test_requests_are_answered_in_their_order_and_none_before_an_earlier_one_is_known() -> None:
    first, second, third = asked(1, "a"), asked(2, "b"), asked(3, "a")

    assert list(in_turn([third, first, second])) == [first, second, third]
    assert list(in_turn([third, first])) == [first]
    assert list(in_turn([second])) == []


def test_request_that_waited_long_enough_waits_no_longer_for_those_before_it() -> None:
    third = asked(3, "a", overdue=True)

    assert list(in_turn([third])) == [third]


def test_repeated_request_brings_only_what_no_earlier_one_named() -> None:
    first, second = asked(1, "a"), asked(2, "b", "a", "b")

    assert new_products([second, first], second) == ("b",)
    assert new_products([second, first], first) == ("a",)
