"""A form sends its visitor only where its company allows."""

import pytest

from gateway.returns import ReturnPattern, allowed_return

PATTERNS = [
    ReturnPattern.parse("https://www.prairieline.example/thank-you"),
    ReturnPattern.parse("https://www.prairieline.example/thanks/*"),
]


@pytest.mark.parametrize(
    "address",
    [
        "https://www.prairieline.example/thank-you",
        "https://www.prairieline.example/thank-you?name=x#top",
        "HTTPS://WWW.PrairieLine.example/thank-you",
        "https://www.prairieline.example/thanks/",
        "https://www.prairieline.example/thanks/mowers/54",
    ],
)
def test_listed_addresses_are_followed(address: str) -> None:
    assert allowed_return(address, PATTERNS) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "/thank-you",
        "//evil.example/thank-you",
        "https://evil.example/thank-you",
        "http://www.prairieline.example/thank-you",
        "https://www.prairieline.example.evil.example/thank-you",
        "https://www.prairieline.example@evil.example/thank-you",
        "https://evil.example\\@www.prairieline.example/thank-you",
        "https://www.prairieline.example:444/thank-you",
        "https://www.prairieline.example:x/thank-you",
        "https://www.prairieline.example/thank-you/more",
        "https://www.prairieline.example/thanks/../admin",
        "https://www.prairieline.example/thanks/%2e%2E/admin",
        "https://www.prairieline.example/thanks/.%2e",
        " https://www.prairieline.example/thank-you",
        "https://www.prairieline.example/thank-you\r\nSet-Cookie: a=b",
        "https:/www.prairieline.example/thank-you",
        "javascript:alert(1)//https://www.prairieline.example/thank-you",
        "data:text/html,x",
        "https://www.prairieline.example/thank-you" + "?" + "x" * 3000,
        "https://wwẉ.prairieline.example/thank-you",
    ],
)
def test_nothing_else_is_followed(address: str | None) -> None:
    assert allowed_return(address, PATTERNS) is None


@pytest.mark.parametrize("text", ["", "*", "/thanks/*", "www.prairieline.example", "ftp://a.example/", "https://*"])
def test_a_pattern_must_be_an_address(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        ReturnPattern.parse(text)
