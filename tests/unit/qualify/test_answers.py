"""Answers as prospects write them become values that rules compare."""

from datetime import date
from decimal import Decimal

import pytest

from services.qualify.domain.answers import Answer, AnswerValue, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("45000", "45000"),
        ("$45,000", "45000"),
        ("45k", "45000"),
        ("1.5 million", "1500000"),
        ("50.000 EUR", "50000"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("10 000", "10000"),
        ("200ha", "200"),
        ("about 300 acres", "300"),
        ("10,000 - 25,000", "10000"),
        ("$10-25k", "10000"),
    ],
)
def test_a_number_is_read_as_people_write_it_and_a_range_by_its_lower_end(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["plenty", "", "nan", "inf", "-5", "+1 515 555 0142 99", "9" * 400])
def test_what_is_no_amount_is_not_known(text: str) -> None:
    assert Answer("budget", "number").read(text) is None


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("flag", "Yes", True),
        ("flag", "nein", False),
        ("flag", "perhaps", None),
        ("date", "2026-05-01", date(2026, 5, 1)),
        ("date", "2026-05-01T10:00:00Z", date(2026, 5, 1)),
        ("date", "in May", None),
        ("list", "corn; soybeans, hay ,", ("corn", "soybeans", "hay")),
        ("text", "  a dryer ", "a dryer"),
        ("text", "   ", None),
    ],
)
def test_other_kinds(kind: str, text: str, value: AnswerValue | None) -> None:
    assert Answer("asked", kind).read(text) == value  # type: ignore[arg-type]


def test_a_choice_is_known_by_its_other_wordings() -> None:
    timing = Answer("timing", "text", {"now": "now", "asap": "now"})

    assert timing.read("ASAP") == "now"
    assert timing.read("after harvest") == "after harvest"
