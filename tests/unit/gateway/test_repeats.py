"""A second copy gets the receipt of the first; a key never stands for two inquiries."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from gateway.repeats import OtherBody, Repeats
from shared.messaging.publisher import OutgoingMessage, Result
from tests.unit.gateway.conftest import Desk

JSON = {"Content-Type": "application/json"}


def receipt(desk: Desk, headers: dict[str, str], body: bytes = b'{"email": "a@b.example"}', query: str = "") -> str:
    answer = desk.client.post(f"/v1/leads{query}", data=body, headers=headers | JSON)
    assert answer.status_code == 202, answer.text
    return str(answer.json["receipt_id"])


def test_an_equal_body_within_five_minutes_gives_the_same_receipt(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"])
    first = receipt(desk, headers)
    desk.clock.at += timedelta(minutes=4, seconds=59)
    second = receipt(desk, headers)
    desk.clock.at += timedelta(seconds=2)
    third = receipt(desk, headers)

    assert first == second != third
    assert len(desk.taken()) == 2, "a copy of what is safe is not sent again"


@pytest.mark.parametrize("change", ["body", "query", "source", "test"])
def test_what_differs_in_anything_is_another(desk: Desk, change: str) -> None:
    headers = desk.key("intake")
    first = receipt(desk, headers, query="?source=a")
    second = {
        "body": lambda: receipt(desk, headers, b'{"email": "a@b.example" }', query="?source=a"),
        "query": lambda: receipt(desk, headers, query="?source=a&utm_source=x"),
        "source": lambda: receipt(desk, headers, query="?source=b"),
        "test": lambda: receipt(desk, headers, query="?source=a&test=1"),
    }[change]()

    assert first != second


def test_a_double_click_gives_one_receipt(desk: Desk) -> None:
    accept = {"Accept": "application/json"}
    answers = [desk.client.post("/forms/contact", data={"email": "x@y.example"}, headers=accept) for _ in range(2)]

    assert len({answer.json["receipt_id"] for answer in answers}) == 1
    assert len(desk.taken()) == 1


def test_a_key_that_comes_with_another_body_is_refused(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"]) | {"Idempotency-Key": "order 7"}
    first = receipt(desk, headers)
    other = desk.client.post("/v1/leads", data=b'{"email": "c@d.example"}', headers=headers | JSON)

    assert other.status_code == 422
    assert other.json["type"] == "urn:leadbus:problem:idempotency_key_reused"
    assert receipt(desk, headers) == first


def test_a_key_of_what_could_not_be_kept_is_free_again(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"]) | {"Idempotency-Key": "order 8"}
    desk.broker.answer = lambda message: Result.UNKNOWN
    desk.gateway.spool.max_bytes = 0
    refused = desk.client.post("/v1/leads", data=b"{}", headers=headers | JSON)
    desk.gateway.spool.max_bytes = 1_000_000

    assert refused.status_code == 503
    assert receipt(desk, headers, b'{"email": "better@example.com"}')


def test_a_form_may_have_a_key_too(desk: Desk) -> None:
    headers = {"Accept": "application/json", "Idempotency-Key": "visit 1"}
    first = desk.client.post("/forms/contact", data={"email": "x@y.example"}, headers=headers)
    desk.clock.at += timedelta(days=1)
    again = desk.client.post("/forms/contact", data={"email": "x@y.example"}, headers=headers)

    assert first.json["receipt_id"] == again.json["receipt_id"]


def test_copies_at_the_same_moment_share_a_receipt_and_none_is_answered_before_it_is_safe(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"]) | JSON
    confirm = threading.Event()

    def slowly(message: OutgoingMessage) -> Result:
        confirm.wait(5)
        return Result.CONFIRMED

    desk.broker.answer = slowly
    app = desk.client.application
    with ThreadPoolExecutor(8) as clients:
        send = lambda: app.test_client().post("/v1/leads", data=b"{}", headers=headers)  # noqa: E731
        sent = [clients.submit(send) for _ in range(8)]
        assert not any(one.done() for one in sent)
        confirm.set()
        answers = [one.result() for one in sent]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json["receipt_id"] for answer in answers}) == 1
    assert len({message.id for message in desk.broker.messages}) == 1


@pytest.mark.parametrize(
    ("of_the_second", "expected"), [(Result.CONFIRMED, [503, 202, 202]), (Result.UNKNOWN, [503, 503, 503])]
)
def test_a_copy_never_lives_on_a_first_one_that_was_never_kept(
    desk: Desk, of_the_second: Result, expected: list[int]
) -> None:
    """The first is on its way when the second comes; then neither broker nor disk takes the first."""
    headers = desk.key("intake", sources=["a"]) | JSON | {"Idempotency-Key": "order 9"}
    desk.gateway.spool.max_bytes = 0
    begun, ended = threading.Event(), threading.Event()
    results = iter([Result.UNKNOWN, of_the_second])

    def answer(message: OutgoingMessage) -> Result:
        begun.set()
        ended.wait(5)
        return next(results, of_the_second)

    desk.broker.answer = answer
    app = desk.client.application
    with ThreadPoolExecutor(2) as clients:
        send = lambda: app.test_client().post("/v1/leads", data=b"{}", headers=headers)  # noqa: E731
        first = clients.submit(send)
        assert begun.wait(5)
        second = clients.submit(send)
        _until(lambda: len(desk.gateway.publisher._link.waiting) == 1)  # type: ignore[attr-defined]
        ended.set()
        statuses = [first.result().status_code, second.result().status_code]
    desk.gateway.publisher.wake()
    statuses.append(send().status_code)

    assert statuses == expected
    assert len(desk.broker.messages) >= (202 in expected), "a receipt stands for what is kept"


def _until(done: Callable[[], bool]) -> None:
    ended = time.monotonic() + 5
    while not done():
        assert time.monotonic() < ended
        time.sleep(0.005)


def test_the_memory_is_bounded() -> None:
    now = datetime(2026, 5, 4, tzinfo=UTC)
    repeats = Repeats(lambda: now, most=10)
    first, ids = uuid4(), [uuid4() for _ in range(20)]
    repeats.receipt_for(b"first", first)
    for place, one in enumerate(ids):
        repeats.receipt_for(b"%d" % place, one)
        repeats.claim(one, b"x")
    repeats.kept(first)
    repeats.refused(first)

    assert len(repeats._contents) == len(repeats._receipts) == 10
    assert repeats.receipt_for(b"first", ids[0]) == ids[0]
    with pytest.raises(OtherBody):
        repeats.claim(ids[-1], b"y")
