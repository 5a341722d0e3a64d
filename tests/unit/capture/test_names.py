"""Names of people, as they come."""

import pytest

from services.capture.domain.names import Name, agree, name_of, repaired_case
from services.capture.domain.values import Unusable


@pytest.mark.parametrize(
    ("written", "full", "given", "family"),
    [
        ("SMITH, JOHN", "John Smith", "John", "Smith"),
        ("Dr. Anna Maria de la Cruz", "Anna Maria de la Cruz", "Anna Maria", "de la Cruz"),
        ("mary o'neil-mcdonald", "Mary O'Neil-McDonald", "Mary", "O'Neil-McDonald"),
        ("hans-peter VON STEIN", "Hans-Peter von Stein", "Hans-Peter", "von Stein"),
        ("JOHN MCDONALD", "John McDonald", "John", "McDonald"),
        ("Jörg Müller", "Jörg Müller", "Jörg", "Müller"),
        ("Smith", "Smith", None, None),
        ("Chris Null", "Chris Null", "Chris", "Null"),
    ],
)
def test_one_field_becomes_parts(written: str, full: str, given: str | None, family: str | None) -> None:
    name = name_of(written, None, None)

    assert name is not None
    assert (name.full, name.given, name.family) == (full, given, family)


def test_a_title_is_kept_as_salutation() -> None:
    name = name_of("Dr. Anna Maria de la Cruz", None, None)

    assert name is not None
    assert name.salutation == "Dr."


def test_given_parts_win_over_the_whole() -> None:
    assert name_of("whoever", "ANN", "O'BRIEN") == Name("Ann O'Brien", "Ann", "O'Brien")


def test_nothing_is_no_name() -> None:
    assert name_of(None, None, None) is None


@pytest.mark.parametrize("written", ["https://win.example", "ann@lee.example", "5155550142", "<b>Ann</b>", "!!!"])
def test_what_nobody_is_called_is_unusable(written: str) -> None:
    with pytest.raises(Unusable):
        name_of(written, None, None)


def test_mixed_letters_are_left_as_they_are() -> None:
    assert repaired_case("DeWitt") == "DeWitt"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("Ann", "A.", True), ("Ann", "ANN", True), ("Ann Marie", "Ann", True), ("Ann", None, True), ("Ann", "Tom", False)],
)
def test_given_names_agree_when_they_may_be_one_person_s(one: str, other: str | None, same: bool) -> None:
    assert agree(one, other) is same
    assert agree(other, one) is same
