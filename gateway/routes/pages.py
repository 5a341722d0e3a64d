"""Pages for people: where everything is, and the funnel."""

from apiflask import APIBlueprint
from flask import Response, render_template

from gateway.access import public, scoped
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls

routes = APIBlueprint("pages", __name__)


@routes.get("/")
@routes.doc(hide=True)
@public("it lists addresses, nothing more")
def start() -> Response:
    """Lists the entry points."""
    return Response(render_template("start.html", entrypoints=gateway().entrypoints))


@routes.get("/funnel")
@routes.doc(hide=True)
@scoped("read", basic=True)
def funnel() -> Response:
    """From inquiries to sales, as bars. The browser asks for a name (any) and a password: an API key that may read."""
    report = gateway().rooms.call(calls.FUNNEL, **asked(calls.FunnelRequest))
    breakdowns = {
        "Ranks": report.by_rank,
        "Sources": report.by_source,
        "Campaigns": report.by_campaign,
        "Owners": report.by_owner,
    }
    return Response(render_template("funnel.html", report=report, breakdowns=breakdowns))
