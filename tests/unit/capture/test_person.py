"""What is known of a person, and how something newly said changes it."""

from datetime import UTC, datetime, timedelta

import pytest

from services.capture.domain.identity import is_that_person, keys
from services.capture.domain.person import Facts, learn, times_of
from shared.contracts.people import Address

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)
ANN = Facts(name="Ann Lee", given_name="Ann", family_name="Lee", email="ann@lee.example", phone="+15155550142")
FULL = Address(lines=["12 Main St"], city="Ames", state="IA", postcode="50010", country="US", mailable=True)


def _learn(known: Facts, said: Facts, at: datetime = TUESDAY) -> Facts:
    return learn(known, times_of(known, MONDAY), said, at)[0]


def test_a_gap_is_filled() -> None:
    assert _learn(ANN, Facts(company="Lee Farms")).company == "Lee Farms"


def test_nothing_said_changes_nothing() -> None:
    assert _learn(ANN, Facts()) == ANN


def test_a_newer_number_replaces_an_older_one() -> None:
    assert _learn(ANN, Facts(phone="+15155550199")).phone == "+15155550199"


def test_an_older_number_replaces_nothing() -> None:
    assert _learn(ANN, Facts(phone="+15155550199"), MONDAY - timedelta(days=1)).phone == ANN.phone


def test_a_number_that_cannot_be_is_worse_than_an_old_one() -> None:
    assert _learn(ANN, Facts(phone="+11155550142")).phone == ANN.phone


def test_half_an_address_is_worse_than_a_whole_one() -> None:
    known = Facts(address=FULL)

    assert _learn(known, Facts(address=Address(lines=[], postcode="50011", country="US"))).address == FULL


def test_a_fuller_name_wins_however_old() -> None:
    known = Facts(name="A. Lee", given_name="A.", family_name="Lee")
    said = Facts(name="Ann Lee", given_name="Ann", family_name="Lee")

    assert _learn(known, said, MONDAY - timedelta(days=9)).given_name == "Ann"
    assert _learn(said, known).given_name == "Ann"


def test_a_new_family_name_of_the_same_person_is_taken_over() -> None:
    assert _learn(ANN, Facts(name="Ann Hill", given_name="Ann", family_name="Hill")).family_name == "Hill"


def test_another_person_s_words_fill_gaps_and_replace_nothing() -> None:
    bob = Facts(name="Bob Hill", given_name="Bob", family_name="Hill", phone="+15155550199", company="Co-op")
    learnt = _learn(ANN, bob)

    assert (learnt.name, learnt.phone, learnt.company) == ("Ann Lee", ANN.phone, "Co-op")


@pytest.mark.parametrize("field", ["phone", "company", "job_title"])
def test_the_order_of_two_sayings_does_not_matter(field: str) -> None:
    early, late = {field: "+15155550101"}, {field: "+15155550102"}
    forward = learn(Facts(**early), {field: MONDAY}, Facts(**late), TUESDAY)
    backward = learn(Facts(**late), {field: TUESDAY}, Facts(**early), MONDAY)

    assert forward == backward


def test_an_email_address_identifies_by_itself() -> None:
    first = keys(ANN)[0]

    assert first.certain
    assert is_that_person(first, ANN, Facts(name="Bob Hill", given_name="Bob", family_name="Hill"))


def test_a_telephone_identifies_with_the_family_name_and_only_if_given_names_agree() -> None:
    shared = {key.text for key in keys(ANN)} & {
        key.text for key in keys(Facts(given_name="Tom", family_name="Lee", phone=ANN.phone))
    }

    assert shared
    assert not any(
        is_that_person(key, ANN, Facts(given_name="Tom", family_name="Lee")) for key in keys(ANN) if not key.certain
    )


def test_a_telephone_without_a_name_identifies_nobody() -> None:
    assert keys(Facts(phone="+15155550142")) == []


def test_two_spellings_of_one_address_are_one_key() -> None:
    one = Facts(given_name="Ann", family_name="Lee", address=FULL)
    other = Facts(
        given_name="ANN", family_name="Lee", address=Address(lines=["12 MAIN STREET"], postcode="50010", country="US")
    )

    assert keys(one) == keys(other)


def test_a_key_fits_an_index_however_long_the_name() -> None:
    assert all(len(key.text) <= 400 for key in keys(Facts(family_name="x" * 9_000, phone="+15155550142")))
