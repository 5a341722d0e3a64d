"""Double opt-in: the link in the message that asks whether a box was meant. GET only shows; POST confirms."""

from apiflask import APIBlueprint
from flask import Response, g, request

from gateway.access import public
from gateway.office import private_page
from gateway.routes.links import checked
from gateway.state import gateway
from shared.contracts import calls

routes = APIBlueprint("confirmations", __name__)

LONGEST_AGENT = 500
_SIGNED = "the link itself is signed"


@routes.get("/confirm/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def show(token: str) -> Response:
    """Asks whether it was meant."""
    return private_page("confirm.html", found=gateway().rooms.call(calls.DESCRIBE_CONFIRMATION, token=checked(token)))


@routes.post("/confirm/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def confirm(token: str) -> Response:
    """Confirms. From where and with which program is kept as proof; the second time nothing happens twice."""
    agent = request.headers.get("User-Agent", "").replace("\0", "")[:LONGEST_AGENT]
    found = gateway().rooms.call(calls.CONFIRM, token=checked(token), address=g.address, user_agent=agent or None)
    return private_page("confirm.html", found=found)
