"""Partners and other programs send inquiries as JSON."""

from apiflask import APIBlueprint
from flask import Response, request

from gateway.access import Headers, scoped, source_for
from gateway.answers import ACCEPTED_RESPONSES, accepted
from gateway.problems import Problem
from gateway.state import Gateway, gateway
from gateway.wrapping import Door, Sent, is_yes, sent_now, take_in_by

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
    sent = sent_now(request.get_data())
    receipt_id, _ = take_in_by(door(gateway(), sent, request.headers), sent)
    return accepted(receipt_id)


def door(_gateway: Gateway, sent: Sent, _headers: Headers) -> Door:
    """As what it is taken in. Raises a Problem."""
    if not _is_json(sent.content_type or ""):
        raise Problem(415, "not_json", "Send a JSON body, with the Content-Type application/json.")
    assert sent.key is not None
    source = source_for(sent.key, sent.query.get("source"))
    return Door("json", source, test=is_yes(sent.query.get("test", "")))


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
