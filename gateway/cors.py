"""Scripts of other pages that post here: whom a browser may let read the answer, errors included."""

from flask import Response, g, request

from gateway.entrypoints import ANY_ORIGIN

PREFLIGHT_SECONDS = 600
_ALLOWED_HEADERS = "Content-Type, Idempotency-Key, Prefer, Authorization"


def allow(origins: frozenset[str]) -> None:
    """The answer to the present request may be read by scripts of these origins."""
    g.origins = origins


def preflight(origins: frozenset[str]) -> Response:
    """The answer to a browser that asks before a script may post."""
    allow(origins)
    answer = Response(status=204)
    if _allowed(origins, request.headers.get("Origin")) is not None:
        answer.headers["Access-Control-Allow-Methods"] = "POST"
        answer.headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
        answer.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return answer


def mark(response: Response) -> Response:
    """Adds what `allow` allowed. Never with credentials: there are no cookies here."""
    if g.get("origins") is not None:
        for name, value in marks(g.origins, request.headers.get("Origin")).items():
            response.headers[name] = value
    return response


def marks(origins: frozenset[str], origin: str | None) -> dict[str, str]:
    """The headers that let a script of one of these origins read the answer."""
    allowed = _allowed(origins, origin)
    return {"Vary": "Origin"} | ({"Access-Control-Allow-Origin": allowed} if allowed is not None else {})


def _allowed(origins: frozenset[str], origin: str | None) -> str | None:
    if origin is None:
        return None
    if ANY_ORIGIN in origins:
        return ANY_ORIGIN
    return origin if origin in origins else None
