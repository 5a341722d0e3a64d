"""How owners keep their leads up to date: a page for sales managers, and the same as JSON."""

from apiflask import APIBlueprint
from flask import Response, render_template

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls, schema

routes = APIBlueprint("owners", __name__)


@routes.get("/owners")
@routes.doc(hide=True)
@scoped("read", basic=True)
def page() -> Response:
    """A month's duties of every owner as bars, and the goals that they reached."""
    return Response(render_template("owners.html", report=_report()))


@routes.get("/v1/reports/owners")
@routes.doc(
    summary="How owners kept their leads up to date in a month, and the goals that they reached",
    description="Query: `month` as YYYY-MM; the present one when left out.",
    responses=described(calls.OwnersReply),
    security="key",
)
@scoped("read")
def report() -> Response:
    """The same in figures."""
    return json_response(schema.dump(_report()))


def _report() -> calls.OwnersReply:
    return gateway().rooms.call(calls.OWNERS, **asked(calls.OwnersRequest))
