"""`/healthz` (does it get anywhere?), `/readyz` (can it work now?) and `/metrics` of one room."""

import time
from typing import TYPE_CHECKING, Any

import eventlet
import eventlet.wsgi
import orjson
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import settings
from shared.database import migrations

if TYPE_CHECKING:
    from shared.serving.runtime import Runtime

#: A queue whose own canary has not come round for this long is not being consumed, whatever the process thinks.
CANARY_SECONDS = 60.0
#: A loop without a completed step for this long is stuck.
LOOP_SECONDS = 180.0


class HealthServer:
    """A small HTTP server in the room's process; absent when LEADBUS_HEALTH_PORT is 0."""

    def __init__(self, runtime: "Runtime") -> None:
        self._runtime = runtime
        self._socket: Any = None

    def start(self) -> None:
        """Listens, in a greenlet of its own."""
        port = settings.integer("LEADBUS_HEALTH_PORT")
        if port:
            self._socket = eventlet.listen((settings.get("LEADBUS_HEALTH_HOST"), port))
            eventlet.spawn(eventlet.wsgi.server, self._socket, self._answer, log_output=False)

    def stop(self) -> None:
        """Stops listening."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _answer(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        path = environ.get("PATH_INFO")
        if path == "/metrics":
            start_response("200 OK", [("Content-Type", CONTENT_TYPE_LATEST)])
            return [generate_latest()]
        if path not in ("/healthz", "/readyz"):
            start_response("404 Not Found", [("Content-Type", "application/json")])
            return [b'{"title":"not found"}']
        problems = stuck(self._runtime) if path == "/healthz" else unready(self._runtime)
        status = "503 Service Unavailable" if problems else "200 OK"
        start_response(status, [("Content-Type", "application/json")])
        told = {"room": self._runtime.room.name, "ok": not problems, "problems": problems}
        return [orjson.dumps({**told, "remarks": list(self._runtime.room.remarks())})]


def stuck(runtime: "Runtime") -> list[str]:
    """What has not got anywhere for too long; a supervisor restarts the process then."""
    now = time.monotonic()
    problems = [
        f"queue {inbox.reader.queue} has not been consumed for {now - inbox.reader.canary_at:.0f} s"
        for inbox in runtime.inboxes
        if now - inbox.reader.canary_at > CANARY_SECONDS
    ]
    problems += [
        f"loop {loop.name} has not completed a step for {now - loop.progress_at:.0f} s"
        for loop in runtime.loops
        if now - loop.progress_at > max(LOOP_SECONDS, 3 * loop.idle_seconds)
    ]
    return problems


def unready(runtime: "Runtime") -> list[str]:
    """What keeps the room from working at this moment."""
    problems = [f"queue {i + 1} is not being consumed" for i, inbox in enumerate(runtime.inboxes) if not inbox.is_open]
    try:
        with eventlet.Timeout(5, TimeoutError("the database does not answer")):
            runtime.database_answers()
            problems += [f"migration {one} is pending" for one in migrations.pending(runtime.engine, runtime.versions)]
    except Exception as error:
        problems.append(f"database: {type(error).__name__}")
    return problems
