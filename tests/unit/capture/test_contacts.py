"""Email addresses and telephone numbers."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.capture.domain import contacts
from services.capture.domain.contacts import email_address, is_assigned, phone_number
from services.capture.domain.values import Unusable


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        ("Ann.Lee@LeeFarms.Example.COM", "ann.lee@leefarms.example.com"),
        (" ann @ lee.example ", "ann@lee.example"),
        ("mailto:ann@lee.example", "ann@lee.example"),
        ("Ann Lee <ann@lee.example>", "ann@lee.example"),
        ('"Lee, Ann" <ann@lee.example>', "ann@lee.example"),
        ("ann@lee.example.", "ann@lee.example"),
        ("ann@lee.example; tom@lee.example", "ann@lee.example"),
        ("info@Müller-Höfe.de", "info@xn--mller-hfe-67a3d.de"),
    ],
)
def test_one_mailbox_has_one_form(written: str, normal: str) -> None:
    assert email_address(written) == normal


@pytest.mark.parametrize("written", ["ann", "ann@", "ann@home", "a@b.example\r\nBcc: all@b.example", "@lee.example"])
def test_what_is_no_address_is_unusable(written: str) -> None:
    with pytest.raises(Unusable):
        email_address(written)


@pytest.mark.parametrize(
    ("written", "country", "normal"),
    [
        ("515-555-0142", "US", "+15155550142"),
        ("(515) 555 0142 ext. 4", "US", "+15155550142"),
        ("1.515.555.0142", "US", "+15155550142"),
        ("030 1234567", "DE", "+49301234567"),
        ("0049 30 1234567", "US", "+49301234567"),
        ("+44 20 7946 0958", None, "+442079460958"),
        ("5.155550142E+09", "US", "+15155550142"),
        ("5155550142.0", "US", "+15155550142"),
    ],
)
def test_one_number_has_one_form(written: str, country: str | None, normal: str) -> None:
    assert phone_number(written, country) == normal


@pytest.mark.parametrize("written", ["call me", "12", "5.15555E+09", "515-555-01421234567", "1e99"])
def test_what_is_no_number_is_unusable(written: str) -> None:
    with pytest.raises(Unusable):
        phone_number(written, "US")


def test_a_number_of_a_range_that_nobody_has_is_not_assigned() -> None:
    assert is_assigned("+15155550142")
    assert not is_assigned("+11155550142")


_DIGITS = st.text("0123456789", min_size=6, max_size=12)
_MARKS = st.sampled_from(["", "+1 ", "1-", "(", ") ", "-", " ", ".", "ext. 5", "x5"])


@settings(max_examples=400, deadline=None)
@given(parts=st.lists(st.one_of(_DIGITS, _MARKS), max_size=5), country=st.sampled_from(["US", "CA"]))
def test_the_short_way_to_a_number_gives_what_the_long_one_gives(parts: list[str], country: str) -> None:
    raw = "".join(parts)

    assert _outcome(lambda: contacts.phone_number(raw, country)) == _outcome(
        lambda: contacts._judged_phone(raw.strip(), country)
    )


_LOCAL = st.text("abZ09._-+%", min_size=1, max_size=70)
_DOMAIN = st.sampled_from(
    ["example.com", "FARM.example", "b.test", "localhost", "x", "-a.com", "a..com", "xn--bcher-kva.de"]
)


@settings(max_examples=400, deadline=None)
@given(local=_LOCAL, domain=_DOMAIN)
def test_the_short_way_to_an_address_gives_what_the_long_one_gives(local: str, domain: str) -> None:
    raw = f"{local}@{domain}"

    assert _outcome(lambda: contacts.email_address(raw)) == _outcome(lambda: contacts._judged_email(raw))


def _outcome(ask: Callable[[], str]) -> str:
    try:
        return ask()
    except Unusable as problem:
        return f"unusable: {problem}"


def test_a_number_without_area_code_cannot_be_called() -> None:
    with pytest.raises(Unusable, match="area code"):
        contacts.phone_number("555-0142", "US")


def test_a_mark_before_the_number_is_no_part_of_it() -> None:
    assert contacts.phone_number("p:+15155550142", "US") == "+15155550142"
