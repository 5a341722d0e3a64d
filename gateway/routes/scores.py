"""Why a lead is worth what it is: every point, what is missing, what would change it. Now, or as of any day."""

from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, request

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.moments import moment
from gateway.office import private_page
from gateway.score_plots import point_bars, score_plot
from gateway.state import gateway
from shared.contracts import calls, schema

routes = APIBlueprint("scores", __name__)

GROUPS = ("fit", "engagement")


@routes.get("/v1/leads/<uuid:lead_id>/score")
@routes.doc(
    summary="A lead's score, every point with its reason",
    description="Query: `as_of`, a day (its end) or an instant: what was known and said then, under the rules of then.",
    responses=described(calls.ScoreReply),
    security="key",
)
@scoped("read", "screening")
def score(lead_id: UUID) -> Response:
    """A lead's score."""
    return json_response(schema.dump(_asked(lead_id)))


@routes.get("/leads/<uuid:lead_id>/score")
@routes.doc(hide=True)
@scoped("read", "screening", basic=True)
def page(lead_id: UUID) -> Response:
    """The same for people. The browser asks for a name (one's own) and a password: an API key."""
    found = _asked(lead_id)
    # One scale for both groups: of two points each is as long as the other.
    every = point_bars(found.lines)
    return private_page(
        "score.html",
        found=found,
        bars={group: [bar for bar in every if bar.line.group == group] for group in GROUPS},
        drawn=score_plot(found),
        as_of=request.args.get("as_of", ""),
    )


def _asked(lead_id: UUID) -> calls.ScoreReply:
    return gateway().rooms.call(calls.SCORE, lead_id=lead_id, as_of=moment("as_of", request.args.get("as_of")))
