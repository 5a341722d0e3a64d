"""Signed links are good for one thing, and for nothing else."""

import uuid
from datetime import UTC, datetime

import pytest
from itsdangerous import URLSafeSerializer

from services.router.links import Altered, Link, Links

SECRET = "a secret of at least thirty-two characters"
LINKS = Links(SECRET, "https://leads.maker.example/")
LINK = Link(uuid.uuid4(), uuid.uuid4(), "accept", datetime(2026, 3, 16, 12, tzinfo=UTC))


def test_a_link_comes_back_as_it_was_made() -> None:
    assert LINKS.read(LINKS.token(LINK)) == LINK
    assert LINKS.url(LINK) == f"https://leads.maker.example/l/{LINKS.token(LINK)}"


def test_the_same_link_is_the_same_text_every_time() -> None:
    assert LINKS.token(LINK) == LINKS.token(LINK)


def test_an_altered_token_is_refused_wherever_it_was_altered() -> None:
    token = LINKS.token(LINK)
    for place in range(0, len(token), 7):
        altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        with pytest.raises(Altered):
            LINKS.read(altered)


@pytest.mark.parametrize("token", ["", ".", "a.b", "é", "x" * 5000, "..."])
def test_nonsense_is_refused(token: str) -> None:
    with pytest.raises(Altered):
        LINKS.read(token)


def test_a_token_of_another_purpose_or_shape_is_refused() -> None:
    fields = [LINK.lead_id.hex, LINK.assignment_id.hex, "accept", 1]
    with pytest.raises(Altered):
        LINKS.read(URLSafeSerializer(SECRET, salt="unsubscribe").dumps(fields))
    for wrong in ([*fields[:2], "erase", 1], fields[:3], {"a": 1}, [1, 2, "accept", 3], [*fields[:3], "soon"]):
        with pytest.raises(Altered):
            LINKS.read(URLSafeSerializer(SECRET, salt="router.lead-link").dumps(wrong))


def test_a_short_secret_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="32 characters"):
        Links("short", "https://leads.maker.example")
