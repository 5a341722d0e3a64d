"""Errors as the outside sees them: RFC 9457 problem details, or a short page for people. Never a stack trace."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Response, g, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gateway.formbody import URLENCODED, pairs_of
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed, NotFound, WireError

PROBLEM_TYPE = "application/problem+json"
#: Seconds after which a sender may try again when a part of us is away.
RETRY_AFTER = 5


class Problem(Exception):
    """A request that cannot be served, with what its sender needs to know. `slug` is stable and machine-readable."""

    def __init__(
        self, status: int, slug: str, detail: str, headers: Mapping[str, str] | None = None, **more: Any
    ) -> None:
        super().__init__(slug)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.headers = dict(headers or {})
        self.more = more


def unavailable(slug: str, detail: str, seconds: int = RETRY_AFTER) -> Problem:
    """A part of us is away: the sender may try again."""
    return Problem(503, slug, detail, {"Retry-After": str(seconds)})


def document(status: int, slug: str, detail: str, request_id: str, **more: Any) -> bytes:
    """The body of a problem."""
    title = slug.replace("_", " ").capitalize()
    fields = {"type": f"urn:leadbus:problem:{slug}", "title": title, "status": status, "detail": detail}
    # What is wrong with the third of a list is told under its number.
    told = {**fields, "request_id": request_id, **more}
    return orjson.dumps(told, default=str, option=orjson.OPT_NON_STR_KEYS)


def of_wire_error(error: WireError) -> Problem:
    """What a room's refusal means to the one who asked."""
    match error:
        case NotFound():
            return Problem(404, error.slug, "There is no such thing, or you may not know of it.")
        case LinkInvalid():
            return Problem(410, error.slug, "This link has expired or is not complete.")
        case NotAllowed():
            return Problem(409, error.slug, str(error) or "This cannot be done now.")
        case ContractViolation():
            return Problem(422, error.slug, "Some fields are not as they must be.", errors=error.fields)
    return Problem(502, "room_failed", "A part of the system could not answer. It has been recorded.")


def of_http_error(error: HTTPException) -> Problem:
    """What the framework refused."""
    status = error.code or 500
    slug = (error.name or "error").lower().replace(" ", "_").replace("'", "")
    allowed = getattr(error, "valid_methods", None) if isinstance(error, MethodNotAllowed) else None
    return Problem(status, slug, error.description or "", {"Allow": ", ".join(sorted(allowed))} if allowed else None)


def respond(problem: Problem) -> Response:
    """The answer to the present request: a page where a person looks at it, a document everywhere else."""
    shape = g.get("problem_shape")
    if shape is not None:
        # The sender speaks the dialect of another product, and reads errors in it too.
        answer = Response(orjson.dumps(shape(problem), default=str), problem.status, content_type="application/json")
    elif wants_page() and problem.slug == "intake_unavailable" and request.mimetype == URLENCODED:
        page = render_template(
            "again.html",
            problem=problem,
            request_id=g.request_id,
            address=request.full_path.rstrip("?"),
            pairs=pairs_of(request.get_data()),
        )
        answer = Response(page, problem.status, content_type="text/html; charset=utf-8")
    elif wants_page():
        page = render_template("problem.html", problem=problem, request_id=g.request_id)
        answer = Response(page, problem.status, content_type="text/html; charset=utf-8")
    else:
        body = document(problem.status, problem.slug, problem.detail, g.request_id, **problem.more)
        answer = Response(body, problem.status, content_type=PROBLEM_TYPE)
    answer.headers.update(problem.headers)
    return answer


def wants_page() -> bool:
    """Whether a browser shows the answer to a person."""
    return request.accept_mimetypes.best_match(["application/json", "text/html"]) == "text/html"
