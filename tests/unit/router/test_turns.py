"""Turns by weight: nobody is ever more than one lead from their share."""

from collections import Counter
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.router.domain.turns import next_in_turn, turns_after

OWNERS = "abcdefgh"


def series(weights: dict[str, int], number: int) -> list[str]:
    """Who gets the first leads."""
    turns: dict[str, int] = {}
    given_to = []
    for _ in range(number):
        chosen = next_in_turn(list(weights), turns, weights)
        turns = turns_after(weights, (), turns, weights, chosen)
        given_to.append(chosen)
    return given_to


def test_60_30_10_is_6_3_1_in_ten_leads_and_spread_out() -> None:
    given_to = series({"a": 60, "b": 30, "c": 10}, 10)

    assert Counter(given_to) == {"a": 6, "b": 3, "c": 1}
    assert "".join(given_to).count("aaa") <= 1


@given(st.lists(st.integers(1, 50), min_size=1, max_size=8), st.integers(1, 120))
def test_after_any_number_of_leads_everybody_is_within_one_of_their_share(weights: list[int], number: int) -> None:
    by_owner = dict(zip(OWNERS, weights, strict=False))
    given_to = Counter(series(by_owner, number))

    for name, weight in by_owner.items():
        assert abs(given_to[name] - number * weight / sum(weights)) < 1


@given(st.lists(st.integers(1, 50), min_size=2, max_size=8), st.integers(1, 120))
def test_nobody_is_further_from_their_share_than_any_rule_must_let_them(weights: list[int], number: int) -> None:
    by_owner = dict(zip(OWNERS, weights, strict=False))
    given_to = Counter(series(by_owner, number))

    for name, weight in by_owner.items():
        off = abs(given_to[name] - Fraction(number * weight, sum(weights)))
        assert off <= 1 - Fraction(1, 2 * len(weights) - 2)


@given(st.lists(st.integers(1, 20), min_size=2, max_size=6), st.integers(0, 60), st.integers(1, 60))
def test_any_window_is_near_the_shares(weights: list[int], start: int, length: int) -> None:
    by_owner = dict(zip(OWNERS, weights, strict=False))
    window = Counter(series(by_owner, start + length)[start:])

    for name, weight in by_owner.items():
        off = abs(window[name] - Fraction(length * weight, sum(weights)))
        assert off <= 2 - Fraction(1, len(weights) - 1)


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 100), st.integers(1, 100))
def test_any_window_of_two_owners_is_within_one_lead_of_their_shares(
    one: int, other: int, start: int, length: int
) -> None:
    window = Counter(series({"a": one, "b": other}, start + length)[start:])

    assert abs(window["a"] - Fraction(length * one, one + other)) <= 1


@given(st.integers(1, 8), st.integers(0, 60), st.integers(1, 60))
def test_any_window_of_equal_owners_is_within_one_lead_of_their_shares(number: int, start: int, length: int) -> None:
    window = Counter(series(dict.fromkeys(OWNERS[:number], 1), start + length)[start:])

    assert all(abs(window[name] - Fraction(length, number)) < 1 for name in OWNERS[:number])


def test_equal_weights_take_turns_in_the_order_of_the_list() -> None:
    assert series({"a": 1, "b": 1, "c": 1}, 6) == ["a", "b", "c", "a", "b", "c"]


def test_who_comes_back_is_not_flooded() -> None:
    weights = {"a": 2, "b": 1, "c": 1}
    turns = {"a": 0, "b": 0, "c": 0}
    for _ in range(30):
        turns = turns_after(weights, ("c",), turns, weights, next_in_turn(["a", "b"], turns, weights))
    given_to = Counter[str]()
    for _ in range(8):
        chosen = next_in_turn(list(weights), turns, weights)
        turns = turns_after(weights, (), turns, weights, chosen)
        given_to[chosen] += 1

    assert given_to == {"a": 4, "b": 2, "c": 2}
