"""Partners and other programs send inquiries as JSON."""

from apiflask import APIBlueprint
from flask import Response, request

from gateway.access import granted_source, scoped
from gateway.answers import ACCEPTED_RESPONSES, accepted
from gateway.problems import Problem
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("leads", __name__)


@routes.post("/v1/leads")
@routes.doc(
    summary="Send an inquiry",
    description="The body is kept as it is, and read by the front desk; what it cannot read is put aside for a person, "
    "never lost. Send an `Idempotency-Key` and repeat freely: the same key gives the same receipt.",
    responses=ACCEPTED_RESPONSES,
    security="key",
)
@scoped("intake")
def send_lead() -> Response:
    """Takes a JSON inquiry in."""
    if not request.is_json:
        raise Problem(415, "not_json", "Send a JSON body, with the Content-Type application/json.")
    source = granted_source(request.args.get("source"))
    receipt_id, _ = take_in("json", source, request.get_data(), test=marked_as_test())
    return accepted(receipt_id)
