"""Postal addresses."""

import pytest

from services.capture.domain.addresses import address_of
from services.capture.domain.countries import country_code, state_code

AMES = {"street": "12 Main St", "city": "Ames", "state": "Iowa", "postcode": "50010"}


def test_a_whole_address_is_mailable() -> None:
    address, notes = address_of(AMES, "US")

    assert address is not None
    assert (address.state, address.country, address.mailable) == ("IA", "US", True)
    assert notes == []


def test_a_zip_code_alone_gives_city_and_state() -> None:
    address, _ = address_of({"postcode": "50010"}, "US")

    assert address is not None
    assert (address.city, address.state, address.mailable) == ("Ames", "IA", False)


@pytest.mark.parametrize(
    ("written", "normal"), [("2139", "02139"), ("2139.0", "02139"), ("21390001", "02139-0001"), ("501", "00501")]
)
def test_a_zero_that_a_spreadsheet_dropped_is_put_back(written: str, normal: str) -> None:
    address, notes = address_of({"postcode": written}, "US")

    assert address is not None
    assert address.postcode == normal
    assert notes == []


def test_one_line_is_taken_apart() -> None:
    address, _ = address_of({"street": "12 Main St, Ames, IA 50010"}, "US")

    assert address is not None
    assert (address.lines, address.city, address.postcode) == (["12 Main St"], "Ames", "50010")


def test_a_zip_code_of_another_state_is_noted_and_not_mailable() -> None:
    address, notes = address_of(AMES | {"state": "CA"}, "US")

    assert address is not None
    assert address.mailable is False
    assert notes[0].problem == "the ZIP code lies in IA"


def test_a_zip_code_that_does_not_exist_is_kept_with_a_note() -> None:
    address, notes = address_of(AMES | {"postcode": "00000"}, "US")

    assert address is not None
    assert (address.postcode, address.mailable) == ("00000", False)
    assert notes[0].field == "postcode"


def test_a_canadian_postcode_names_its_country() -> None:
    address, _ = address_of({"street": "1 Elm", "city": "GUELPH", "state": "Ont.", "postcode": "n1g 2w1"}, "US")

    assert address is not None
    assert (address.country, address.state, address.city, address.postcode) == ("CA", "ON", "Guelph", "N1G 2W1")
    assert address.mailable


def test_a_german_address_needs_no_state() -> None:
    address, _ = address_of(
        {"street": "Hofweg 1", "city": "Berlin", "postcode": "10115", "country": "Deutschland"}, "US"
    )

    assert address is not None
    assert (address.country, address.mailable) == ("DE", True)


def test_a_country_nobody_knows_is_noted_and_nothing_is_assumed() -> None:
    address, notes = address_of({"country": "Narnia", "city": "Cair"}, "US")

    assert address is not None
    assert address.country is None
    assert notes[0].raw == "Narnia"


def test_nothing_is_no_address() -> None:
    assert address_of({"email": "a@b.example"}, "US") == (None, [])


@pytest.mark.parametrize(
    ("written", "code"),
    [("USA", "US"), ("u.s.", "US"), ("United Kingdom", "GB"), ("England", "GB"), ("DEU", "DE"), ("Österreich", "AT")],
)
def test_a_country_has_many_names(written: str, code: str) -> None:
    assert country_code(written) == code


@pytest.mark.parametrize(("written", "code"), [("Iowa", "IA"), ("ia", "IA"), ("Minn.", "MN"), ("Atlantis", None)])
def test_a_state_has_many_names(written: str, code: str | None) -> None:
    assert state_code(written, "US") == code
