"""The front reads bodies before it spends a thread, and keeps slow rooms away from inquiries."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from gateway import front
from gateway.front import Front

Answer = tuple[int, dict[str, str], bytes]


class Parts:
    """What the front starts and stops."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def start(self) -> None:
        self.log.append("started")

    def stop(self) -> None:
        self.log.append("stopped")


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with what it was given."""
    seen = {name: value for name, value in environ.items() if isinstance(value, str)}
    seen["body"] = environ["wsgi.input"].read().decode("latin-1")
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(seen).encode()]


class Server:
    """Drives a front as a server does, in one event loop."""

    def __init__(self, app: Callable[..., Any] = echo, pause: float = 5.0) -> None:
        self.parts = Parts()
        self.front = Front(lambda: (app, self.parts), pause=pause)
        self._stop = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Server":
        started = asyncio.Event()
        events = iter(["lifespan.startup", "lifespan.shutdown"])

        async def receive() -> dict[str, str]:
            kind = next(events)
            if kind == "lifespan.shutdown":
                await self._stop.wait()
            return {"type": kind}

        async def send(message: dict[str, Any]) -> None:
            started.set()

        self._life = asyncio.create_task(self.front({"type": "lifespan"}, receive, send))
        await started.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        assert self._life is not None
        await self._life

    async def request(
        self, method: str, path: str, *chunks: bytes | None, query: bytes = b"", headers: dict[str, str] | None = None
    ) -> Answer:
        """The answer. A chunk of None never comes."""
        left = list(chunks)
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if left and left[0] is None:
                await asyncio.Event().wait()
            chunk = left.pop(0) if left else b""
            return {"type": "http.request", "body": chunk, "more_body": bool(left)}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "path": path,
            "query_string": query,
            "headers": [(name.encode(), value.encode()) for name, value in (headers or {}).items()],
            "client": ("203.0.113.9", 4711),
            "server": ("127.0.0.1", 8000),
        }
        await self.front(scope, receive, send)
        fields = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], fields, sent[1]["body"]


def run(scenario: Callable[[], Any]) -> Any:
    return asyncio.run(asyncio.wait_for(scenario(), 20))


def test_a_request_reaches_the_application_whole() -> None:
    async def scenario() -> Answer:
        async with Server() as server:
            headers = {"content-type": "text/csv", "x-api-key": "lb_1_a", "x_api_key": "smuggled"}
            return await server.request("POST", "/v1/lists/é", b"\x00\xff", b"end", query=b"a=%20", headers=headers)

    status, _, body = run(scenario)
    seen = json.loads(body)
    assert status == 200
    assert seen["body"] == "\x00\xffend"
    assert seen["CONTENT_LENGTH"] == "5"
    assert seen["PATH_INFO"].encode("latin-1").decode() == "/v1/lists/é"
    assert (seen["QUERY_STRING"], seen["REMOTE_ADDR"], seen["CONTENT_TYPE"]) == ("a=%20", "203.0.113.9", "text/csv")
    assert seen["HTTP_X_API_KEY"] == "lb_1_a"


def test_parts_start_before_the_first_request_and_stop_after_the_last() -> None:
    server_parts: list[Parts] = []

    async def scenario() -> None:
        async with Server() as server:
            server_parts.append(server.parts)
            assert server.parts.log == ["started"]

    run(scenario)
    assert server_parts[0].log == ["started", "stopped"]


@pytest.mark.parametrize(
    ("path", "limit"), [("/forms/contact", front.BODY_BYTES), ("/v1/lists/show", front.LIST_BYTES)]
)
def test_a_body_is_cut_at_its_limit_whether_declared_or_not(path: str, limit: int) -> None:
    async def scenario() -> list[int]:
        async with Server() as server:
            fits = await server.request("POST", path, b"x" * limit)
            chunked = await server.request("POST", path, b"x" * limit, b"x", None)
            declared = await server.request("POST", path, None, headers={"content-length": str(limit + 1)})
            return [fits[0], chunked[0], declared[0]]

    assert run(scenario) == [200, 413, 413]


def test_all_bodies_together_are_bounded_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "ALL_BODIES_BYTES", 1000)

    async def scenario() -> list[int]:
        async with Server() as server:
            stalled = asyncio.create_task(server.request("POST", "/forms/a", b"x" * 900, None))
            await asyncio.sleep(0)
            refused = await server.request("POST", "/forms/a", b"x" * 200)
            stalled.cancel()
            await asyncio.gather(stalled, return_exceptions=True)
            taken = await server.request("POST", "/forms/a", b"x" * 200)
            return [refused[0], taken[0]]

    assert run(scenario) == [503, 200]


def test_a_body_that_pauses_too_long_is_given_up() -> None:
    async def scenario() -> Answer:
        async with Server(pause=0.05) as server:
            return await server.request("POST", "/forms/contact", b"name=", None)

    status, headers, body = run(scenario)
    assert status == 408
    assert headers["connection"] == "close"
    assert json.loads(body)["type"] == "urn:leadbus:problem:body_too_slow"


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"content-length": "5", "transfer-encoding": "chunked"}, b"", 400),
        ({"content-length": "5,5"}, b"", 400),
        ({"content-length": "9" * 40}, b"", 413),
        ({}, b"x" * 9000, 414),
    ],
)
def test_heads_that_cannot_be_meant_well_are_refused(headers: dict[str, str], query: bytes, status: int) -> None:
    async def scenario() -> Answer:
        async with Server() as server:
            return await server.request("POST", "/forms/contact", b"a=b", query=query, headers=headers)

    assert run(scenario)[0] == status


def test_rooms_that_do_not_answer_keep_no_inquiry_waiting() -> None:
    released = threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"] != "/healthz":
            assert released.wait(15)
        return echo(environ, start_response)

    async def scenario() -> list[int]:
        async with Server(app) as server:
            reading = [
                asyncio.create_task(server.request("GET", "/v1/leads/1")) for _ in range(2 * front.READING_THREADS)
            ]
            await asyncio.sleep(0)
            taken = [await server.request("POST", "/v1/leads", b"{}") for _ in range(5)]
            healthy = await server.request("GET", "/healthz")
            released.set()
            read = await asyncio.gather(*reading)
            return [answer[0] for answer in (*taken, healthy, *read)]

    assert set(run(scenario)) == {200}


def test_an_endless_queue_is_refused_with_a_time_to_return(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "WAITING_READING", 0)
    released = threading.Event()

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        assert released.wait(15)
        return echo(environ, start_response)

    async def scenario() -> tuple[Answer, list[Answer]]:
        async with Server(app) as server:
            running = [asyncio.create_task(server.request("GET", "/docs")) for _ in range(front.READING_THREADS)]
            await asyncio.sleep(0)
            one_more = await server.request("GET", "/docs")
            released.set()
            return one_more, await asyncio.gather(*running)

    one_more, running = run(scenario)
    assert one_more[0] == 503
    assert one_more[1]["retry-after"]
    assert {answer[0] for answer in running} == {200}
