"""What a receiver's answer means, and what a request carries."""

from datetime import UTC, datetime

import pytest

from services.router.deliveries.outcomes import outcome_of, retry_after
from services.router.deliveries.posting import Answer, NeverSent, post
from services.router.deliveries.way import message_id
from shared.room import Done, GiveUp, TryAgain

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize("code", [200, 201, 202, 204])
def test_a_success_is_done(code: int) -> None:
    assert isinstance(outcome_of(Answer(code, {}), NOW), Done)


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(code: int) -> None:
    assert isinstance(outcome_of(Answer(code, {}), NOW), TryAgain)


@pytest.mark.parametrize("code", [301, 302, 307, 308, 400, 401, 403, 404, 409, 410, 422])
def test_what_will_not_pass_is_given_up(code: int) -> None:
    assert isinstance(outcome_of(Answer(code, {"location": "http://169.254.169.254/"}), NOW), GiveUp)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120.0),
        ("Mon, 02 Mar 2026 12:05:00 GMT", 300.0),
        ("99999999", 86400.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("0", None),
        (None, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


def test_every_attempt_of_a_delivery_has_the_same_id_and_no_other_has_it() -> None:
    assert message_id("deliver/1/webhook") == message_id("deliver/1/webhook")
    assert message_id("deliver/1/webhook") != message_id("deliver/2/webhook")


@pytest.mark.parametrize(
    "url",
    ["http://dealer.example/x", "https://dealer.example:22/x", "https://127.0.0.1/x", "https://[::1]/x"],
)
def test_unsafe_addresses_are_never_called(url: str) -> None:
    with pytest.raises(NeverSent):
        post(url, b"{}", {}, allow_private=False)
