"""What strangers typed, made fit to be printed in the company's name."""

from datetime import date

import pytest

from services.fulfillment.domain.wording import (
    NotOneAddress,
    address_block,
    full_name,
    greeting,
    listed,
    long_date,
    mailbox,
    masked,
    one_line,
    salutation,
)
from tests.builders import address, person


@pytest.mark.parametrize(
    "name",
    [
        "WIN $1000 at http://spam.example/now",
        "Visit spam.com today",
        "Ann <script>alert(1)</script>",
        "call 5155550142",
        "x" * 61,
    ],
)
def test_name_that_is_a_message_is_not_printed(name: str) -> None:
    assert greeting(person(name=name, given_name=name, family_name=None), "en") == "Hello,"


@pytest.mark.parametrize(
    "name", ["Ann Lee", "Jürgen Müller-Lüdenscheidt", "Seán O'Brien", "María José Carreño", "李明"]
)
def test_name_of_a_person_is_printed(name: str) -> None:
    assert full_name(person(name=name)) == name


def test_greeting_uses_the_given_name_and_a_letter_the_full_one() -> None:
    assert greeting(person(), "en") == "Hello Ann,"
    assert salutation(person(), "en") == "Dear Ann Lee,"
    assert greeting(person(), "de") == "Guten Tag Ann Lee,"


def test_line_breaks_and_direction_marks_become_spaces() -> None:
    assert one_line("Ann\r\nBcc: all@example.com\u202e x\x00y") == "Ann Bcc: all@example.com x y"


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "ann",
        "ann@localhost",
        "ann@example.com, eve@example.com",
        "ann@example.com;eve@example.com",
        "ann@example.com\r\nBcc: eve@example.com",
        "ann@example.com\n",
        " ann@example.com",
        "Ann <ann@example.com>",
        "<ann@example.com>",
        '"a@b"@example.com',
        "ann@eve@example.com",
        "ann%0d%0a@example.com\x00",
        "a" * 250 + "@example.com",
        "änn@example.com",
    ],
)
def test_anything_but_one_mailbox_is_refused(address: str | None) -> None:
    with pytest.raises(NotOneAddress):
        mailbox(address)


def test_one_mailbox_is_taken_its_domain_in_ascii() -> None:
    assert mailbox("ann.o'lee+farm@example.com") == "ann.o'lee+farm@example.com"
    assert mailbox("ann@höfe.example") == "ann@xn--hfe-sna.example"


def test_masked_address_shows_its_owner_enough_and_others_nothing() -> None:
    assert masked("ann.lee@example.com") == "a•••@example.com"


def test_american_address_at_home_carries_no_country() -> None:
    assert address_block(person(), "US", {}) == ("Ann Lee", "Lee Farms", "1200 Prairie Road", "Ames, IA 50010")


def test_german_address_puts_the_code_first_and_the_country_last() -> None:
    home = address(lines=["Hauptstraße 5"], city="Münster", state="NW", postcode="48143", country="DE")

    block = address_block(person(company=None, address=home), "US", {"DE": "Germany"})

    assert block == ("Ann Lee", "Hauptstraße 5", "48143 Münster", "GERMANY")


def test_address_line_cannot_break_out_of_its_line() -> None:
    home = address(lines=["1 Main\nSecond Person"])

    assert "1 Main Second Person" in address_block(person(address=home), "US", {})


def test_dates_and_lists_read_naturally() -> None:
    assert long_date(date(2026, 11, 22), "en") == "November 22, 2026"
    assert long_date(date(2026, 11, 22), "de") == "22. November 2026"
    assert listed(["a", "b", "c"], "en") == "a, b and c"
    assert listed(["a", "b"], "de") == "a und b"
    assert listed([], "en") == ""
