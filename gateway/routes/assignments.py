"""Giving leads to somebody else by hand, for programs and for a sales manager's own tools."""

from apiflask import APIBlueprint
from flask import Response

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.jsonbody import json_object
from gateway.office import asker
from gateway.state import gateway
from shared.contracts import calls, schema

routes = APIBlueprint("assignments", __name__)


@routes.post("/v1/leads/reassign")
@routes.doc(
    summary="Give leads to somebody else at once",
    description="JSON: `lead_ids` (at most 200), `because` (stays on record), and, optional, `to` (an owner's id; the "
    "next candidate of each lead when left out), `by` (who moves them). The answer has a verdict per lead: a lead that "
    "is closed stays where it is.",
    responses=described(calls.ReassignReply),
    security="key",
)
@scoped("assign")
def reassign() -> Response:
    """Moves leads."""
    said = {name: value for name, value in json_object().items() if value is not None}
    wanted = schema.load(calls.ReassignRequest, {**said, "by": asker(said.get("by"))})
    fields = {name: getattr(wanted, name) for name in wanted.__dataclass_fields__}
    return json_response(schema.dump(gateway().rooms.call(calls.REASSIGN, **fields)))
