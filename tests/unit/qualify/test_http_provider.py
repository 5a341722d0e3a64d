"""A service that is asked over HTTP: strict, slow, failing, lying, or gone."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pybreaker
import pytest

from services.qualify.domain.enrichment import Subject
from services.qualify.enrichment.http import HttpProvider
from shared.room import Done, GiveUp, TryAgain

KEY = "the-key-of-the-tests"


@dataclass
class Register:
    """A register of firms: takes one GET with its key, and does as it is told."""

    asked: list[str] = field(default_factory=list)
    status: int = 200
    body: bytes = b'{"name": "Lee Farms LLC", "staff": {"count": 42}, "trade": [{"code": "crop"}]}'
    headers: dict[str, str] = field(default_factory=dict)
    pause: float = 0
    trickle: float = 0
    url: str = ""


@pytest.fixture
def register() -> Iterator[Register]:
    told = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked.append(self.path)
            if self.headers.get("Authorization") != KEY or self.headers.get("Accept") != "application/json":
                self.send_error(401)
                return
            time.sleep(told.pause)
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            for place in range(0, len(told.body), 20_000 if not told.trickle else 1):
                try:
                    self.wfile.write(told.body[place : place + (20_000 if not told.trickle else 1)])
                    self.wfile.flush()
                except OSError:
                    return
                time.sleep(told.trickle)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/v1/firms?domain={{domain}}"
    yield told
    server.shutdown()
    server.server_close()


def provider(register: Register, **over: Any) -> HttpProvider:
    values: dict[str, Any] = {
        "name": "firm-register", "url": register.url, "asked_by": "domain", "confidence": 0.8, "kind": "overlaid",
        "values": {"company": "name", "employees": "staff.count", "industry": "trade.0.code", "phone": "contact.phone"},
        "headers": {"Authorization": KEY}, "timeout": timedelta(seconds=0.5),
    }  # fmt: skip
    return HttpProvider(**(values | over))


def test_an_answer_is_mapped_to_our_names(register: Register) -> None:
    asked = provider(register)
    outcome = asked.ask("leefarms.com")

    assert isinstance(outcome, Done)
    assert {each.field: each.value for each in asked.read(outcome.content)} == {
        "company": "Lee Farms LLC", "employees": "42", "industry": "crop",
    }  # fmt: skip
    assert register.asked == ["/v1/firms?domain=leefarms.com"]


def test_what_is_asked_cannot_leave_its_place_in_the_address(register: Register) -> None:
    provider(register).ask("a.com&admin=1#/../x y")

    assert register.asked == ["/v1/firms?domain=a.com%26admin%3D1%23%2F..%2Fx%20y"]


def test_it_is_asked_by_what_is_known(register: Register) -> None:
    assert provider(register).question(Subject(email="ann@Lee.example")) == "lee.example"
    assert provider(register).question(Subject(phone="+1515")) is None
    assert provider(register).question(Subject(email="ann@gmail.com")) is None, "a mailbox that anybody gets"


@pytest.mark.parametrize("status", [204, 404])
def test_a_firm_that_is_not_known_there_is_an_answer_too(register: Register, status: int) -> None:
    register.status, register.body = status, b""

    assert provider(register).ask("lee.example") == Done("nothing known")
    assert provider(register).read(b"") == []


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_a_failing_service_is_asked_again_later(register: Register, status: int) -> None:
    register.status, register.headers = status, {"Retry-After": "120"}

    assert provider(register).ask("lee.example") == TryAgain(f"status {status}", 120.0)


@pytest.mark.parametrize("wait", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1e9", "99999999"])
def test_a_strange_retry_after_is_not_believed(register: Register, wait: str) -> None:
    register.status, register.headers = 429, {"Retry-After": wait}

    assert provider(register).ask("lee.example") == TryAgain("status 429", None)


def test_a_wrong_key_is_not_tried_again(register: Register) -> None:
    assert provider(register, headers={}).ask("lee.example") == GiveUp("status 401")


def test_a_redirect_is_not_followed(register: Register) -> None:
    register.status, register.headers = 302, {"Location": "http://169.254.169.254/"}

    assert isinstance(provider(register).ask("lee.example"), TryAgain)
    assert len(register.asked) == 1


@pytest.mark.parametrize("slow", ["pause", "trickle"])
def test_a_slow_service_is_left_within_its_time(register: Register, slow: str) -> None:
    setattr(register, slow, 2 if slow == "pause" else 0.1)
    began = time.monotonic()
    outcome = provider(register).ask("lee.example")

    assert isinstance(outcome, TryAgain)
    assert time.monotonic() - began < 5


def test_an_endless_answer_is_cut_off(register: Register) -> None:
    register.body = b"x" * 400_000

    assert provider(register, timeout=timedelta(seconds=20)).ask("lee.example") == GiveUp("the answer is too long")


def test_what_is_not_json_is_no_answer(register: Register) -> None:
    register.body = b"<html>login</html>"

    assert provider(register).ask("lee.example") == TryAgain("the answer is not JSON", None)


@pytest.mark.parametrize(
    "body", [b"[]", b"7", b'{"name": {"x": 1}, "staff": 5}', b'{"name": null, "staff": {"count": true}}']
)
def test_an_answer_of_another_shape_gives_nothing(register: Register, body: bytes) -> None:
    assert provider(register).read(body) == []


def test_values_are_short_and_printable(register: Register) -> None:
    [found] = provider(register).read(b'{"name": "Lee\\u0000\\n  Farms' + b"x" * 500 + b'"}')

    assert found.value.startswith("Lee Farmsx")
    assert len(found.value) == 200


def test_after_several_failures_it_is_left_in_peace(register: Register) -> None:
    register.status = 500
    asked = provider(register, breaker=pybreaker.CircuitBreaker(fail_max=3, reset_timeout=60))
    outcomes = [asked.ask("lee.example") for _ in range(6)]

    assert len(register.asked) == 3
    assert outcomes[-1] == TryAgain("left in peace after several failures", 60)


def test_a_service_that_is_gone_is_asked_again_later() -> None:
    gone = Register(url="http://127.0.0.1:9/?domain={domain}")

    assert isinstance(provider(gone).ask("lee.example"), TryAgain)


def test_a_key_is_shown_nowhere(register: Register) -> None:
    assert KEY not in repr(provider(register))
