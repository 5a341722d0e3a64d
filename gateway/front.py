"""The ASGI front: reads a body with a limit and a deadline before a thread is spent on its request.

granian's WSGI mode calls the application at once and lets it read from the socket: a few clients that stall their
bodies would take every thread. Here they cost a few bytes each. Intake and reading have threads of their own, so that
a room that answers slowly does not keep inquiries waiting.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Protocol

import structlog

from gateway import access_log, express
from gateway.environ import environ_of
from gateway.problems import PROBLEM_TYPE, RETRY_AFTER, document
from gateway.state import EXTENSION, Gateway

log = structlog.get_logger()

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

BODY_BYTES = 256 * 1024
LIST_BYTES = 10 * 1024 * 1024
#: All bodies that are being read or handled at one time.
ALL_BODIES_BYTES = 256 * 1024 * 1024
QUERY_BYTES = 8 * 1024
#: Seconds without a byte of the body, and for all of it.
BODY_PAUSE_SECONDS = 10.0
BODY_SECONDS = 60.0
INTAKE_THREADS = 32
READING_THREADS = 16
#: Requests that may wait for a thread of their kind: few where a thread may be held for seconds by a slow room.
WAITING_INTAKE = 500
WAITING_READING = 48
_INTAKE_PATHS = (
    "/v1/leads", "/v1/adf", "/v1/lists/", "/v1/vendor/", "/v1/keyed/", "/keyed/", "/forms/", "/hooks/", "/servlet/",
    "/submissions/", "/uploads/", "/wp-json/", "/t", "/v1/activities",
)  # fmt: skip
#: Asks a room, and takes nothing in.
_PING = "/ping"
_OWN_PATHS = ("/healthz", "/readyz", "/metrics")
_LIST_PATH = "/v1/lists/"


class Served(Protocol):
    """What the front starts when the server does, and stops when the server does."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


class _Refused(Exception):
    """The request is answered without the application."""

    def __init__(self, status: int, slug: str, detail: str) -> None:
        super().__init__(slug)
        self.status, self.slug, self.detail = status, slug, detail


@dataclass
class _Held:
    """What one request's body takes of the memory for all."""

    bytes: int = 0


@dataclass
class Lane:
    """Threads for one kind of requests."""

    threads: int
    waiting: int
    running: int = 0
    pool: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        self.pool = ThreadPoolExecutor(self.threads, thread_name_prefix="request")

    @property
    def crowded(self) -> bool:
        return self.running >= self.threads + self.waiting


class Front:
    """An ASGI application around a WSGI one. Used by one event loop."""

    def __init__(self, build: Callable[[], tuple[WsgiApp, Served]], pause: float = BODY_PAUSE_SECONDS) -> None:
        self._build = build
        self._pause = pause
        self._app: WsgiApp | None = None
        self._served: Served | None = None
        self._gateway: Gateway | None = None
        self._intake = Lane(INTAKE_THREADS, WAITING_INTAKE)
        self._reading = Lane(READING_THREADS, WAITING_READING)
        self._bytes = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        try:
            self._app, self._served = self._build()
            self._gateway = getattr(self._app, "extensions", {}).get(EXTENSION)
            self._served.start()
        except Exception as error:
            log.exception("gateway_not_started", error=type(error).__name__)
            await send({"type": "lifespan.startup.failed", "message": str(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await asyncio.get_running_loop().run_in_executor(None, self._stop)
        await send({"type": "lifespan.shutdown.complete"})

    def _stop(self) -> None:
        for lane in (self._intake, self._reading):
            lane.pool.shutdown(wait=True)
        if self._served is not None:
            self._served.stop()

    async def _http(self, scope: Message, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        held = _Held()
        try:
            self._check_head(scope)
            limit = LIST_BYTES if scope["path"].startswith(_LIST_PATH) else BODY_BYTES
            await self._answer(scope, await self._body(receive, limit, held), send)
        except TimeoutError:
            await _refuse(scope, send, _Refused(408, "body_too_slow", "The body did not arrive in time."), began)
        except _Refused as refused:
            await _refuse(scope, send, refused, began)
        finally:
            self._bytes -= held.bytes

    def _check_head(self, scope: Message) -> None:
        names = [name for name, _ in scope["headers"]]
        if b"transfer-encoding" in names and b"content-length" in names:
            raise _Refused(400, "length_ambiguous", "A request has a Content-Length or a Transfer-Encoding.")
        if len(scope.get("query_string", b"")) > QUERY_BYTES:
            raise _Refused(414, "query_too_long", f"A query has at most {QUERY_BYTES} bytes.")
        limit = LIST_BYTES if scope["path"].startswith(_LIST_PATH) else BODY_BYTES
        declared = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if not declared.isdigit():
            raise _Refused(400, "length_invalid", "Content-Length is no number.")
        if len(declared) > 15 or int(declared) > limit:
            raise _Refused(413, "body_too_large", f"A body here has at most {limit} bytes.")

    async def _body(self, receive: Receive, limit: int, held: _Held) -> bytes:
        """The whole body. Raises _Refused, or TimeoutError when it stalls."""
        loop = asyncio.get_running_loop()
        last = loop.time() + BODY_SECONDS
        body = bytearray()
        async with asyncio.timeout(self._pause) as patience:
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    # Either the client has gone, or what it sent was no proper body: then it still reads this.
                    raise _Refused(400, "body_incomplete", "The body ended before its end.")
                chunk = message.get("body", b"")
                if len(body) + len(chunk) > limit:
                    raise _Refused(413, "body_too_large", f"A body here has at most {limit} bytes.")
                body += chunk
                self._bytes += len(chunk)
                held.bytes += len(chunk)
                if self._bytes > ALL_BODIES_BYTES:
                    raise _Refused(503, "too_busy", "Too much is being received at this moment.")
                if not message.get("more_body", False):
                    return bytes(body)
                patience.reschedule(min(loop.time() + self._pause, last))

    async def _answer(self, scope: Message, body: bytes, send: Send) -> None:
        lane = self._lane(scope)
        if lane.crowded:
            raise _Refused(503, "too_busy", "Too many requests are waiting.")
        if self._app is None:
            raise _Refused(503, "starting", "The gateway is not ready yet.")
        lane.running += 1
        try:
            headers = express.headers_of(scope) if self._gateway is not None else None
            if headers is not None and self._gateway is not None:
                status, listed, content = await express.take_in(self._gateway, scope, headers, body, lane.pool)
                await _send(send, status, listed, content)
                return
            environ = environ_of(scope, BytesIO(body), len(body))
            called = asyncio.get_running_loop().run_in_executor(lane.pool, _call, self._app, environ)
            status, listed, content = await called
        finally:
            lane.running -= 1
        await _send(send, status, listed, content)

    def _lane(self, scope: Message) -> Lane:
        path = scope["path"]
        taking_in = scope["method"] == "POST" and path.startswith(_INTAKE_PATHS) and not path.endswith(_PING)
        return self._intake if taking_in or scope["path"] in _OWN_PATHS else self._reading


async def _send(send: Send, status: int, headers: list[tuple[bytes, bytes]], content: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _call(app: WsgiApp, environ: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    begun: list[Any] = [500, []]

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        begun[:] = int(status[:3]), headers

    parts = app(environ, start_response)
    try:
        content = b"".join(parts)
    finally:
        close = getattr(parts, "close", None)
        if close is not None:
            close()
    status, headers = begun
    return status, [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers], content


async def _refuse(scope: Message, send: Send, refused: _Refused, began: float) -> None:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"")
    request_id = access_log.request_id_from(given.decode("latin-1"))
    body = document(refused.status, refused.slug, refused.detail, request_id)
    headers = {"content-type": PROBLEM_TYPE, "content-length": str(len(body)), "x-request-id": request_id}
    # What is left of the body is not read: the connection cannot serve another request.
    headers["connection"] = "close"
    if refused.status == 503:
        headers["retry-after"] = str(RETRY_AFTER)
    listed = [(name.encode(), value.encode()) for name, value in headers.items()]
    access_log.write(scope["method"], access_log.UNKNOWN_ROUTE, refused.status, time.perf_counter() - began, request_id)
    await send({"type": "http.response.start", "status": refused.status, "headers": listed})
    await send({"type": "http.response.body", "body": body})
