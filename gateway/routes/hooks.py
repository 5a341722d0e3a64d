"""Advertising platforms call us when somebody fills in their lead form."""

import hashlib
import hmac
from typing import Any

import orjson
from apiflask import APIBlueprint
from flask import Response, g, request

from gateway.access import public
from gateway.answers import json_response
from gateway.problems import Problem
from gateway.state import gateway
from gateway.wrapping import take_in

routes = APIBlueprint("hooks", __name__)


@routes.post("/hooks/google-ads/<source>")
@routes.doc(
    summary="Google Ads lead form webhook",
    description="The body carries `google_key`, which must be the one that was entered in the lead form. "
    "Answers 200 with an empty object; a 4xx tells Google not to repeat.",
)
@public("Google proves itself by the key in the body")
def google_ads(source: str) -> Response:
    """Takes a Google Ads lead in."""
    hook = gateway().entrypoints.hooks.get(source)
    if hook is None or hook.dialect != "google_ads":
        raise Problem(404, "hook_unknown", "There is no hook of this name.")
    limits = gateway().entrypoints.limits
    gateway().limits.check(limits.hook_per_address, "hook", source, g.sender)
    body = request.get_data()
    lead = _object_in(body)
    presented = hashlib.sha256(str(lead.get("google_key", "")).encode("utf-8", "replace")).hexdigest()
    if not hmac.compare_digest(presented, hook.key_sha256):
        gateway().limits.check(limits.guesses_per_address, "guess", g.sender)
        raise Problem(403, "google_key_wrong", "The google_key is missing or is not the one that was agreed.")
    take_in(hook.dialect, hook.source, body, test=lead.get("is_test") is True)
    return json_response({})


def _object_in(body: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Problem(400, "not_json", "The body is not JSON.") from None
    if not isinstance(document, dict):
        raise Problem(400, "not_an_object", "The body is not a JSON object.")
    return document
