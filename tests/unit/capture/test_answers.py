"""Answers in the company's own form."""

import pytest

from services.capture.domain.answers import choice, number
from services.capture.domain.register import Question
from services.capture.domain.values import Unusable


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("$50,000", "50000"),
        ("50k", "50000"),
        ("1.5 million", "1500000"),
        ("25.000 - 40.000 EUR", "25000"),
        ("1.234,56", "1234.56"),
        ("about 1,200 acres", "1200"),
        ("0", "0"),
    ],
)
def test_a_number_is_found_in_what_people_write(written: str, normal: str) -> None:
    assert number(written) == normal


@pytest.mark.parametrize("written", ["a lot", "", "NaN", "inf"])
def test_where_no_number_is_there_is_none(written: str) -> None:
    with pytest.raises(Unusable):
        number(written)


TIMING = Question("timing", "choice", {"now": ("immediately", "as soon as possible"), "3m": ("3 months",)})


@pytest.mark.parametrize(("written", "value"), [("NOW", "now"), ("As soon as possible!", "now"), ("3 Months", "3m")])
def test_a_choice_is_known_by_its_synonyms(written: str, value: str) -> None:
    assert choice(TIMING, written) == value


def test_another_choice_says_what_there_is() -> None:
    with pytest.raises(Unusable, match="now, 3m"):
        choice(TIMING, "never")
