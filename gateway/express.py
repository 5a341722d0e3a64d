"""The short way for partners' JSON (`POST /v1/leads`), which is most of what comes: no thread, no framework.

It makes the same checks by the same functions, in the same order, and gives the same answers as `routes/leads.py`.
Whatever is not plain goes there: a sender who waits for a verdict, a browser.
"""

import time
from collections.abc import Mapping
from concurrent.futures import Executor
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import orjson
import structlog

from gateway import access_log
from gateway.access import access_of, authenticated, check_signature, source_for
from gateway.headers import every_answer
from gateway.limits import sender_address, sender_network
from gateway.problems import PROBLEM_TYPE, Problem, document, unavailable
from gateway.routes.leads import send_lead
from gateway.signing import SIGNATURE_HEADERS
from gateway.spool import SpoolRefused
from gateway.state import Gateway
from gateway.wrapping import KEPT_HEADERS, Door, Sent, claimed, is_yes, wrapped

log = structlog.get_logger()

ROUTE = "/v1/leads"
#: More parameters than this are left to the long way.
MOST_PARAMETERS = 50

Answer = tuple[int, list[tuple[bytes, bytes]], bytes]


class _Headers(dict[str, str]):
    """Headers by their names in small letters."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


def headers_of(scope: Mapping[str, Any]) -> _Headers | None:
    """The headers of a request that may go the short way; None for every other."""
    if scope["path"] != ROUTE or scope["method"] != "POST":
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
    """Takes one inquiry in. Never raises."""
    began = time.perf_counter()
    request_id = access_log.request_id_from(headers.get(access_log.REQUEST_ID))
    more: dict[str, str | None] = {}
    try:
        status, answered, content = 202, {}, await _kept(gateway, scope, headers, body, disk, more)
        answered["location"] = f"{gateway.public_url}/v1/receipts/{more['receipt_id']}"
        kind = "application/json"
    except Problem as problem:
        status, answered, kind = problem.status, dict(problem.headers), PROBLEM_TYPE
        content = document(status, problem.slug, problem.detail, request_id, **problem.more)
    except Exception as error:
        log.exception("request_failed", route=ROUTE, error=type(error).__name__)
        status, answered, kind = 500, {}, PROBLEM_TYPE
        content = document(500, "internal", "Something failed on our side. It has been recorded.", request_id)
    answered |= {"content-type": kind, "content-length": str(len(content)), access_log.REQUEST_ID: request_id}
    access_log.write("POST", ROUTE, status, time.perf_counter() - began, request_id, **more)
    return status, _on_every_answer(gateway.public_url) + _listed(answered), content


async def _kept(
    gateway: Gateway,
    scope: Mapping[str, Any],
    headers: _Headers,
    body: bytes,
    disk: Executor,
    more: dict[str, str | None],
) -> bytes:
    """The receipt, as it is answered, once the inquiry is durable. Raises a Problem."""
    sent, door = _checked(gateway, scope, headers, body, more)
    intake = wrapped(gateway, sent, door)
    if not claimed(gateway, intake, sent):
        try:
            await gateway.intakes.accept_awaited(intake, body, disk)
        except SpoolRefused:
            gateway.repeats.refused(intake.receipt_id)
            raise unavailable("intake_unavailable", "The inquiry could not be kept. Please send it again.") from None
        gateway.repeats.kept(intake.receipt_id)
    more["receipt_id"] = str(intake.receipt_id)
    return _receipt(gateway, intake.receipt_id)


def _checked(
    gateway: Gateway, scope: Mapping[str, Any], headers: _Headers, body: bytes, more: dict[str, str | None]
) -> tuple[Sent, Door]:
    doors = gateway.entrypoints
    client = scope.get("client") or (None, 0)
    address = sender_address(client[0], headers.get("x-forwarded-for", ""), doors.trusted_proxies)
    sender = sender_network(address)
    access = access_of(send_lead)
    assert access is not None
    key = authenticated(gateway, access, headers, sender)
    more["key_id"] = key.id
    gateway.limits.check(doors.limits.per_key, "key", key.id)
    signed_id = None
    if key.signed_with is not None:
        presented = {name: headers[name] for name in SIGNATURE_HEADERS if name in headers}
        signed_id = check_signature(gateway, key, presented, body, sender)
    content_type = headers.get("content-type", "")
    if not _is_json(content_type):
        raise Problem(415, "not_json", "Send a JSON body, with the Content-Type application/json.")
    query = _query(scope.get("query_string", b""))
    source = source_for(key, query.get("source"))
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    sent = Sent(body, content_type, query, kept, address, sender, key, signed_id)
    return sent, Door("json", source, test=is_yes(query.get("test", "")))


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


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


def _receipt(gateway: Gateway, receipt_id: UUID) -> bytes:
    url = f"{gateway.public_url}/v1/receipts/{receipt_id}"
    return orjson.dumps({"receipt_id": str(receipt_id), "status_url": url})


@cache
def _on_every_answer(public_url: str) -> list[tuple[bytes, bytes]]:
    return _listed(every_answer(public_url))


def _listed(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
