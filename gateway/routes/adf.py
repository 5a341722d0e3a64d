"""Portals send prospects as ADF XML."""

from apiflask import APIBlueprint
from flask import Response, request

from gateway.access import granted_source, scoped
from gateway.answers import ACCEPTED_RESPONSES, accepted
from gateway.problems import Problem
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("adf", __name__)

TYPES = ("application/x-adf+xml", "application/adf+xml", "application/xml", "text/xml")


@routes.post("/v1/adf")
@routes.doc(summary="Send prospects as ADF 1.0 XML", responses=ACCEPTED_RESPONSES, security="key")
@scoped("intake")
def send_adf() -> Response:
    """Takes an ADF document in."""
    if request.mimetype not in TYPES:
        raise Problem(415, "not_adf", f"Send ADF with one of these Content-Types: {', '.join(TYPES)}.")
    source = granted_source(request.args.get("source"))
    receipt_id, _ = take_in("adf", source, request.get_data(), test=marked_as_test())
    return accepted(receipt_id)
