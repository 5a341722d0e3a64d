"""Signed links: unforgeable, each for one purpose."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.fulfillment.links import UnsubscribeLink
from shared.contracts.clicks import ClickTokens
from shared.contracts.errors import LinkInvalid
from tests.builders import NOON
from tests.unit.fulfillment.builders import LINKS

LINK = UnsubscribeLink(UUID(int=1), "email", UUID(int=2))


def test_unsubscribe_link_says_who_leaves_what() -> None:
    assert LINKS.read_unsubscribe(LINKS.unsubscribe_token(LINK)) == LINK


def test_response_address_is_short_and_says_which_piece() -> None:
    url = LINKS.response_url(UUID(int=2))

    assert LINKS.read_response(url.rsplit("/", 1)[1]) == UUID(int=2)
    assert len(url) < 90


def test_altered_token_is_refused() -> None:
    token = LINKS.unsubscribe_token(LINK)

    for altered in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x" + token, token[3:], "", ".", "a.b"):
        with pytest.raises(LinkInvalid):
            LINKS.read_unsubscribe(altered)


def test_token_of_another_key_is_refused() -> None:
    with pytest.raises(LinkInvalid):
        replace(LINKS, secret="another key of forty characters and more!").read_unsubscribe(
            LINKS.unsubscribe_token(LINK)
        )


def test_response_address_does_not_unsubscribe_and_the_other_way_round() -> None:
    with pytest.raises(LinkInvalid):
        LINKS.read_unsubscribe(LINKS.response_url(UUID(int=2)).rsplit("/", 1)[1])
    with pytest.raises(LinkInvalid):
        LINKS.read_response(LINKS.unsubscribe_token(LINK))


def test_a_download_link_says_who_followed_it_to_whoever_has_the_key() -> None:
    person, piece = UUID(int=1), UUID(int=2)
    path, _, token = LINKS.download_url("drying guide", person, piece, NOON).partition("?p=")

    assert path == f"{LINKS.public_url.rstrip('/')}/d/drying%20guide"
    assert ClickTokens(LINKS.secret).read(token) == (person, piece, NOON)
