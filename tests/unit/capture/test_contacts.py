"""Email addresses and telephone numbers."""

import pytest

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
