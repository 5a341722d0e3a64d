"""One line per request, without personal data: no address, no query, no token, only the route's own name."""

import random
import re
import time

import structlog
from flask import Response, g, request

from gateway.metrics import requests_of, seconds_of

log = structlog.get_logger()

REQUEST_ID = "X-Request-Id"
_USABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
UNKNOWN_ROUTE = "unknown"


def request_id_from(given: str | None) -> str:
    """The caller's own id of the request when it is usable, else a new one."""
    # Tells requests apart in the log and is no secret: no need to ask the system for randomness.
    return given if given and _USABLE.fullmatch(given) else f"{random.getrandbits(128):032x}"


def begin() -> None:
    """Notes when the present request began, and under which id it is known."""
    g.began = time.perf_counter()
    g.request_id = request_id_from(request.headers.get(REQUEST_ID))


def finish(response: Response) -> Response:
    """Logs and counts the present request."""
    seconds = time.perf_counter() - g.began
    route = request.url_rule.rule if request.url_rule else UNKNOWN_ROUTE
    response.headers[REQUEST_ID] = g.request_id
    key = g.get("key")
    receipt_id = g.get("receipt_id")
    write(
        request.method,
        route,
        response.status_code,
        seconds,
        g.request_id,
        key_id=key.id if key else None,
        receipt_id=str(receipt_id) if receipt_id else None,
    )
    return response


def write(method: str, route: str, status: int, seconds: float, request_id: str, **more: str | None) -> None:
    """The line itself, and the figures."""
    requests_of(_known_method(method), route, status).inc()
    seconds_of(route).observe(seconds)
    known = {name: value for name, value in more.items() if value is not None}
    log.info(
        "request", method=_known_method(method), route=route, status=status, ms=round(seconds * 1000, 1),
        request_id=request_id, **known,
    )  # fmt: skip


def _known_method(method: str) -> str:
    return method if method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS") else "OTHER"
