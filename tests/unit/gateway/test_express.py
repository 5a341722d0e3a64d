"""The short way gives the answers of the long one, whatever comes."""

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from gateway import express, keys
from gateway.repeats import Repeats
from gateway.sites import parse_footsteps
from shared.messaging.publisher import OutgoingMessage, Result
from shared.secret import Secret
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_front import Answer, Server
from tests.unit.gateway.test_signed_keys import signed

BODY = b'{"email": "lena@example.com"}'
#: The test client names itself when nobody else does.
AGENT = {"User-Agent": "a partner"}
JSON = {"Content-Type": "application/json"} | AGENT


WWW = "https://www.prairieline.example"
SITES: dict[str, Any] = {
    "sites": {
        "www": {"name": "www.prairieline.example", "origins": [WWW], "consent": "required"},
        "parts": {"name": "parts.prairieline.example", "origins": ["https://parts.prairieline.example"]},
    }
}
STEPS = b'{"visitor": "v-0000001", "events": [{"kind": "page", "url": "https://www.prairieline.example/dryers"}]}'


class Nothing:
    """The desk's own parts run already."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Served(Server):
    """The desk's application behind the front."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.front._build = lambda: (desk.client.application, Nothing())  # type: ignore[return-value]


def ask(desk: Desk, body: bytes, headers: dict[str, str], query: bytes = b"", path: str = "/v1/leads") -> Answer:
    async def once() -> Answer:
        async with Served(desk) as server:
            sent = {name.lower(): value for name, value in headers.items()}
            return await server.request("POST", path, body, query=query, headers=sent)

    return asyncio.run(once())


def both(desk: Desk, body: bytes, headers: dict[str, str], query: str = "", path: str = "/v1/leads") -> tuple[Any, Any]:
    """Status, headers and body of either way, without what differs by nature; then what was published."""
    found = []
    for way in ("short", "long"):
        object.__setattr__(desk.gateway, "repeats", Repeats(desk.clock.now))
        desk.gateway.limits._counts.clear()
        desk.broker.messages.clear()
        if way == "short":
            status, answered, content = ask(desk, body, headers, query.encode(), path)
        else:
            answer = desk.client.post(f"{path}?{query}", data=body, headers=headers)
            status, content = answer.status_code, answer.data
            answered = {name.lower(): value for name, value in answer.headers.items()}
        receipts = [str(intake.receipt_id) for intake, _ in desk.taken()]
        text = content.decode().replace(answered.pop("x-request-id"), "<request>")
        location = answered.pop("location", "")
        for receipt in receipts:
            text, location = text.replace(receipt, "<receipt>"), location.replace(receipt, "<receipt>")
        described = [(replace(intake, receipt_id=intake.receipt_id), sent) for intake, sent in desk.taken()]
        kept = [
            (one.dialect, one.source, one.query, one.headers, one.test, one.key_id, one.content_type, sent)
            for one, sent in described
        ]
        answered.pop("content-length", None)
        found.append((status, text, location, answered, kept))
    return found[0], found[1]


@pytest.mark.parametrize(
    ("body", "more", "query"),
    [
        (BODY, JSON, ""),
        (BODY, JSON, "source=partner-agrimag&utm_source=a&utm_source=b&empty="),
        (BODY, JSON, "test=1&a=%00b&c=%ff&d=%C3%BC&%zz=1"),
        (BODY, JSON, "source=another"),
        (BODY, JSON | {"Content-Type": "application/vnd.partner+json; charset=utf-8"}, ""),
        (BODY, {"Content-Type": "text/plain"}, ""),
        (BODY, {}, ""),
        (b"", JSON, ""),
        (BODY, JSON | {"User-Agent": "x" * 900, "Referer": "https://a.example", "Accept-Language": "de"}, ""),
        (BODY, JSON | {"Idempotency-Key": "x" * 256}, ""),
        (BODY, JSON | {"Idempotency-Key": "order 7"}, ""),
        (BODY, JSON | {"Content-Type": "application/json; x=" + "y" * 300}, ""),
        (BODY, JSON | {"X-Request-Id": "given-by-the-caller"}, ""),
        (BODY, JSON | {"Authorization": "Bearer lb_k0_wrong"}, ""),
        (BODY, JSON | {"Authorization": ""}, ""),
        (BODY, JSON | {"Authorization": "Basic bGI6bGI="}, ""),
        (b"\xff\x00" * 100, JSON, ""),
    ],
)
def test_both_ways_say_and_do_the_same(desk: Desk, body: bytes, more: dict[str, str], query: str) -> None:
    headers = desk.key("intake", sources=["partner-agrimag"]) | more
    short, long = both(desk, body, headers, query)

    assert short == long


@pytest.mark.parametrize(
    ("body", "more", "query"),
    [
        (STEPS, {}, "site=www"),
        (STEPS, {}, "site=www&site=parts"),
        (STEPS, {"Content-Type": "application/json"}, "site=www"),
        (STEPS, {"DNT": "1"}, "site=www"),
        (STEPS, {"Sec-GPC": "1"}, "site=www"),
        (STEPS, {"Idempotency-Key": "7"}, "site=www"),
        (STEPS, {"Origin": "https://evil.example"}, "site=www"),
        (STEPS, {"Origin": ""}, "site=www"),
        (STEPS, {"Origin": WWW.upper()}, "site=www"),
        (STEPS, {}, "site=nowhere"),
        (STEPS, {}, ""),
        (b"", {}, "site=www"),
        (b"no JSON \xff", {}, "site=www"),
        (b"x" * 70_000, {}, "site=www"),
        (STEPS, {"Content-Type": "text/plain; x=" + "y" * 300}, "site=www"),
        (STEPS, {"Purpose": "prefetch", "X-Forwarded-For": "1.2.3.4"}, "site=www"),
    ],
)
def test_both_ways_say_and_do_the_same_with_footsteps(
    desk: Desk, body: bytes, more: dict[str, str], query: str
) -> None:
    object.__setattr__(desk.gateway, "footsteps", parse_footsteps(SITES))
    headers = {"Origin": WWW, "Content-Type": "text/plain;charset=UTF-8", "User-Agent": "Firefox"} | more
    short, long = both(desk, body, headers, query, "/t")

    assert short == long


def test_footsteps_are_counted_by_sender_on_both_ways(desk: Desk) -> None:
    object.__setattr__(desk.gateway, "footsteps", parse_footsteps(SITES | {"limits": {"per_address": "3/minute"}}))
    headers = {"Origin": WWW, "User-Agent": "Firefox"}
    short = [ask(desk, STEPS, headers, b"site=www", "/t")[0] for _ in range(5)]
    desk.gateway.limits._counts.clear()
    long = [desk.client.post("/t?site=www", data=STEPS, headers=headers).status_code for _ in range(5)]

    assert short == long == [204, 204, 204, 429, 429]


def test_both_ways_ask_for_the_same_scope(desk: Desk) -> None:
    short, long = both(desk, BODY, desk.key("read") | JSON)

    assert short == long
    assert short[0] == 403


def test_both_ways_check_signatures(desk: Desk) -> None:
    headers = desk.key("intake", sources=["partner-agrimag"])
    desk.issued[-1] = replace(desk.issued[-1], signed_with=Secret(variables=("TEST_PARTNER_SECRET",)))
    keys.save(desk.keys_file, desk.issued)
    good, bad = signed(BODY), signed(BODY, at=time.time() - 1000)

    assert [way[0] for way in both(desk, BODY, headers | good)] == [202, 202]
    assert [way[0] for way in both(desk, BODY, headers | bad)] == [401, 401]


def test_both_ways_refuse_when_nothing_can_be_kept(desk: Desk) -> None:
    desk.broker.answer = lambda message: Result.UNKNOWN
    desk.gateway.spool.max_bytes = 0
    short, long = both(desk, BODY, desk.key("intake", sources=["a"]) | JSON)

    assert short == long
    assert short[0] == 503


def test_the_short_way_spools_and_counts_senders_too(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"]) | JSON
    desk.broker.answer = desk.drain_broker.answer = lambda message: Result.UNKNOWN
    assert ask(desk, BODY, headers)[0] == 202
    desk.drain_broker.answer = lambda message: Result.CONFIRMED
    assert desk.drain_broker.wait_for(1)[0].body == BODY
    statuses = {ask(desk, b"%d" % turn, headers)[0] for turn in range(65)}
    assert statuses == {202, 429}


def test_a_reused_key_is_refused_on_the_short_way(desk: Desk) -> None:
    headers = desk.key("intake", sources=["a"]) | JSON | {"Idempotency-Key": "7"}

    assert [ask(desk, body, headers)[0] for body in (BODY, BODY, b"{}")] == [202, 202, 422]
    assert len(desk.taken()) == 1


def test_a_broker_that_says_nothing_keeps_nobody_waiting(desk: Desk) -> None:
    def silent(message: OutgoingMessage) -> Result:
        time.sleep(1.2)
        return Result.CONFIRMED

    desk.broker.answer = silent
    began = time.monotonic()
    status = ask(desk, BODY, desk.key("intake", sources=["a"]) | JSON)[0]

    assert (status, time.monotonic() - began < 1.1) == (202, True)
    assert desk.drain_broker.wait_for(1)[0].body == BODY, "what was not confirmed in time is in the spool"


@pytest.mark.parametrize(
    "changed",
    [
        {"path": "/v1/adf"},
        {"method": "GET"},
        {"headers": [(b"prefer", b"wait=5")]},
        {"headers": [(b"accept", b"text/html")]},
        {"headers": [(b"x-api-key", b"a"), (b"x-api-key", b"b")]},
    ],
)
def test_whatever_is_not_plain_goes_the_long_way(changed: dict[str, Any]) -> None:
    assert express.headers_of({"path": "/v1/leads", "method": "POST", "headers": []} | changed) is None
