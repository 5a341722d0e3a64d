"""Lead vendors post in real time and want a verdict: `outcome`, `reason`, `lead.id`, `price` (as LeadConduit answers).

`success` means: do not send it again. An inquiry that nobody could judge in time is safe, so it is a success too, and
says that it is pending.
"""

from base64 import b64encode
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, request

from gateway.access import granted_source, scoped
from gateway.answers import json_response
from gateway.jsonbody import NotJson, parsed
from gateway.problems import Problem
from gateway.state import gateway
from gateway.verdicts import preferred_wait, verdict
from gateway.wrapping import marked_as_test, take_in
from shared.contracts import calls
from shared.contracts.calls import ReceiptReply

routes = APIBlueprint("vendors", __name__)

TYPES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data", "text/xml", "application/xml")
WAIT_SECONDS = 5


@routes.post("/v1/vendor/<source>")
@routes.doc(
    summary="A vendor's post, with the verdict in the answer",
    description="JSON or a form. Answers `{outcome, reason, lead: {id}, price}`: `success` (do not send it again), "
    "`failure` (set aside, with the reason) or `error` (the request itself is wrong).",
    security="key",
)
@scoped("intake", basic=True)
def post_lead(source: str) -> Response:
    """Takes a vendor's lead in, and says what became of it."""
    body, granted = _asked(source)
    receipt_id, _ = take_in("vendor", granted, body, test=marked_as_test())
    found = verdict(receipt_id, preferred_wait() or WAIT_SECONDS)
    price = gateway().entrypoints.prices.get(granted, 0.0)
    return json_response(_outcome(found, price) | {"lead": {"id": _lead_id(found) or str(receipt_id)},
                                                   "receipt_id": str(receipt_id)})  # fmt: skip


@routes.post("/v1/vendor/<source>/ping")
@routes.doc(
    summary="Would this lead be taken?",
    description="The same fields as the post, or fewer. Nothing is stored, nobody is told.",
    security="key",
)
@scoped("intake", basic=True)
def ping(source: str) -> Response:
    """Judges a lead before it is sent."""
    body, granted = _asked(source)
    found = gateway().rooms.call(
        calls.CHECK,
        source=granted,
        dialect="vendor",
        content_type=(request.content_type or "")[:200],
        body=b64encode(body).decode(),
    )
    price = gateway().entrypoints.prices.get(granted, 0.0) if found.acceptable else 0.0
    outcome = "success" if found.acceptable else "failure"
    answer = {"outcome": outcome, "reason": found.detail or None, "code": found.reason, "price": price}
    return json_response(answer | {"missing": found.missing})


def _asked(source: str) -> tuple[bytes, str]:
    g.problem_shape = _shaped
    granted = granted_source(source)
    if request.mimetype not in TYPES:
        raise Problem(415, "not_readable", f"Send one of these Content-Types: {', '.join(TYPES)}.")
    body = request.get_data(cache=True)
    if not body:
        raise Problem(400, "body_empty", "There is nothing in the body.")
    if request.is_json:
        try:
            parsed(body)
        except NotJson:
            raise Problem(400, "not_json", "The body is not JSON.") from None
    return body, granted


def _outcome(found: ReceiptReply | None, price: float) -> dict[str, Any]:
    if found is None:
        return {"outcome": "success", "reason": None, "price": price, "pending": True}
    if found.state == "quarantined":
        return {"outcome": "failure", "reason": found.detail or found.reason, "code": found.reason, "price": 0.0}
    if found.state == "test":
        return {"outcome": "success", "reason": None, "price": 0.0, "test": True}
    return {"outcome": "success", "reason": None, "price": price}


def _lead_id(found: ReceiptReply | None) -> str | None:
    return str(found.lead_id) if found and found.lead_id else None


def _shaped(problem: Problem) -> dict[str, Any]:
    return {"outcome": "error", "reason": problem.detail, "code": problem.slug, "request_id": g.request_id}
