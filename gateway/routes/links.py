"""Signed links in messages. GET only shows: mail scanners open every link. POST acts."""

from apiflask import APIBlueprint
from flask import Response, g, request

from gateway.access import public
from gateway.office import private_page
from gateway.problems import Problem
from gateway.state import gateway
from shared.contracts import calls

routes = APIBlueprint("links", __name__)

TOKEN_LENGTH = 2000
FIELD_LENGTH = 4000
MAX_FIELDS = 20
_SIGNED = "the link itself is signed"


@routes.get("/l/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def show_link(token: str) -> Response:
    """What the link would do, with a button."""
    described = gateway().rooms.call(calls.DESCRIBE_LINK, token=checked(token))
    return private_page("link.html", link=described)


@routes.post("/l/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def follow_link(token: str) -> Response:
    """Does what the link says. The second time nothing happens twice."""
    done = gateway().rooms.call(calls.ACT, token=checked(token), fields=_form_fields())
    return private_page("link_done.html", done=done)


@routes.get("/return/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def show_decision(token: str) -> Response:
    """What a manager would decide about a lead that its owner wants to return."""
    described = gateway().rooms.call(calls.DESCRIBE_DECISION, token=checked(token))
    return private_page("link_return.html", decision=described, done=None)


@routes.post("/return/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def decide(token: str) -> Response:
    """Decides it, once."""
    note = _form_fields().get("note", "")
    done = gateway().rooms.call(calls.DECIDE, token=checked(token), note=note)
    return private_page("link_return.html", decision=None, done=done)


@routes.get("/u/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def show_unsubscribe(token: str) -> Response:
    """Asks whether to unsubscribe."""
    described = gateway().rooms.call(calls.DESCRIBE_UNSUBSCRIBE, token=checked(token))
    return private_page("unsubscribe.html", unsubscribe=described)


@routes.post("/u/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def unsubscribe(token: str) -> Response:
    """Unsubscribes: the button of our page, or a mail program's one click (RFC 8058)."""
    done = gateway().rooms.call(calls.UNSUBSCRIBE, token=checked(token))
    return private_page("unsubscribe.html", unsubscribe=done)


def checked(token: str) -> str:
    """The token when it may be worth a call to a room. Raises a Problem."""
    gateway().limits.check(gateway().entrypoints.limits.guesses_per_address, "link", g.sender)
    if len(token) > TOKEN_LENGTH or not token.isascii():
        raise Problem(410, "link_invalid", "This link has expired or is not complete.")
    return token


def _form_fields() -> dict[str, str]:
    fields = {name: value.strip() for name, value in request.form.items() if value.strip()}
    if len(fields) > MAX_FIELDS or any(len(value) > FIELD_LENGTH for value in fields.values()):
        raise Problem(413, "form_too_large", "The form holds more than can be taken.")
    return {name: value.replace("\x00", "") for name, value in fields.items()}
