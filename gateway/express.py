"""The short way for what comes most, partners' JSON and the steps of visitors: no thread, no framework.

Each door says by the function that its view uses too (`door`) what it takes and what it refuses; access, receipts and
keeping are the same functions as well, in the same order. Whatever is not plain goes the long way: a sender who waits
for a verdict, a browser that would rather see a page.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import orjson
import structlog

from gateway import access_log, cors
from gateway.access import access_of, authenticated, check_signature
from gateway.headers import every_answer
from gateway.limits import sender_address, sender_network
from gateway.problems import PROBLEM_TYPE, Problem, document, unavailable
from gateway.routes import footsteps, leads
from gateway.signing import SIGNATURE_HEADERS
from gateway.spool import SpoolRefused
from gateway.state import Gateway
from gateway.wrapping import KEPT_HEADERS, Door, Sent, claimed, wrapped

log = structlog.get_logger()

#: More parameters than this are refused.
MOST_PARAMETERS = 50

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


class _Headers(dict[str, str]):
    """Headers by their names in small letters."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


@dataclass(frozen=True)
class Way:
    """How one route is served without its view."""

    #: What it asks of its caller holds here too.
    view: Callable[..., Any]
    door: Callable[[Gateway, Sent, _Headers], Door | None]
    answer: Callable[[Gateway, UUID | None], tuple[int, dict[str, str], bytes]]
    #: Whose scripts may read the answer, where scripts of pages ask.
    origins: Callable[[Gateway, Mapping[str, str]], frozenset[str]] | None = None


def _receipt(gateway: Gateway, receipt_id: UUID | None) -> tuple[int, dict[str, str], bytes]:
    url = f"{gateway.public_url}/v1/receipts/{receipt_id}"
    content = orjson.dumps({"receipt_id": str(receipt_id), "status_url": url})
    return 202, {"location": url, "content-type": "application/json"}, content


def _nothing(_gateway: Gateway, _receipt_id: UUID | None) -> tuple[int, dict[str, str], bytes]:
    return 204, {"content-type": "text/html; charset=utf-8"}, b""


WAYS = {
    "/v1/leads": Way(leads.send_lead, leads.door, _receipt),
    "/t": Way(footsteps.collect, footsteps.door, _nothing, footsteps.origins),
}


@dataclass
class _Request:
    """One request, and what is learnt of it on its way."""

    gateway: Gateway
    scope: Mapping[str, Any]
    headers: _Headers
    body: bytes
    #: For the log.
    more: dict[str, str | None] = field(default_factory=dict)
    origins: frozenset[str] | None = None

    @property
    def way(self) -> Way:
        return WAYS[self.scope["path"]]


def headers_of(scope: Mapping[str, Any]) -> _Headers | None:
    """The headers of a request that may go the short way; None for every other."""
    if scope["path"] not in WAYS or scope["method"] != "POST":
        return None
    headers = _Headers()
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        # One name with two meanings is for those who know what to make of it.
        if name in headers and name != "x-forwarded-for":
            return None
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    if "prefer" in headers or "html" in headers.get("accept", ""):
        return None
    return headers


async def take_in(gateway: Gateway, scope: Mapping[str, Any], headers: _Headers, body: bytes, disk: Executor) -> Answer:
    """Takes in what one request brings. Never raises."""
    began = time.perf_counter()
    route: str = scope["path"]
    request_id = access_log.request_id_from(headers.get(access_log.REQUEST_ID))
    asked = _Request(gateway, scope, headers, body)
    try:
        status, answered, content = asked.way.answer(gateway, await _kept(asked, disk))
    except Problem as problem:
        status, answered = problem.status, dict(problem.headers) | {"content-type": PROBLEM_TYPE}
        content = document(status, problem.slug, problem.detail, request_id, **problem.more)
    except Exception as error:
        log.exception("request_failed", route=route, error=type(error).__name__)
        status, answered = 500, {"content-type": PROBLEM_TYPE}
        content = document(500, "internal", "Something failed on our side. It has been recorded.", request_id)
    answered[access_log.REQUEST_ID] = request_id
    if status != 204:
        answered["content-length"] = str(len(content))
    if asked.origins is not None:
        answered |= cors.marks(asked.origins, headers.get("origin"))
    access_log.write("POST", route, status, time.perf_counter() - began, request_id, **asked.more)
    return status, _on_every_answer(gateway.public_url) + _listed(answered), content


async def _kept(asked: _Request, disk: Executor) -> UUID | None:
    """The receipt id once what was sent is durable; None where nothing is to be kept. Raises a Problem."""
    gateway = asked.gateway
    sent = _sent(asked)
    if asked.way.origins is not None:
        asked.origins = asked.way.origins(gateway, sent.query)
    door = asked.way.door(gateway, sent, asked.headers)
    if door is None:
        return None
    intake = wrapped(gateway, sent, door)
    if not claimed(gateway, intake, sent):
        try:
            await gateway.intakes.accept_awaited(intake, asked.body, disk)
        except SpoolRefused:
            gateway.repeats.refused(intake.receipt_id)
            raise unavailable("intake_unavailable", "The inquiry could not be kept. Please send it again.") from None
        gateway.repeats.kept(intake.receipt_id)
    asked.more["receipt_id"] = str(intake.receipt_id)
    return intake.receipt_id


def _sent(asked: _Request) -> Sent:
    """What the request brings, from somebody who may. Raises a Problem."""
    gateway, headers = asked.gateway, asked.headers
    client = asked.scope.get("client") or (None, 0)
    address = sender_address(client[0], headers.get("x-forwarded-for", ""), gateway.entrypoints.trusted_proxies)
    sender = sender_network(address)
    access = access_of(asked.way.view)
    assert access is not None
    key = signed_id = None
    if access.scopes:
        key = authenticated(gateway, access, headers, sender)
        asked.more["key_id"] = key.id
        gateway.limits.check(gateway.entrypoints.limits.per_key, "key", key.id)
        if key.signed_with is not None:
            presented = {name: headers[name] for name in SIGNATURE_HEADERS if name in headers}
            signed_id = check_signature(gateway, key, presented, asked.body, sender)
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    query = _query(asked.scope.get("query_string", b""))
    return Sent(asked.body, headers.get("content-type"), query, kept, address, sender, key, signed_id)


def _query(text: bytes) -> dict[str, str]:
    """The parameters, first value each."""
    try:
        # What is no UTF-8 stays as it was written, as on the long way.
        pairs = parse_qsl(
            text.decode("latin-1"), keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="werkzeug.url_quote"
        )
    except ValueError:
        raise Problem(414, "query_too_long", f"A query has at most {MOST_PARAMETERS} parameters.") from None
    return dict(reversed(pairs))


@cache
def _on_every_answer(public_url: str) -> list[tuple[bytes, bytes]]:
    return _listed(every_answer(public_url))


def _listed(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
