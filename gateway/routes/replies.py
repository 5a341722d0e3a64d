"""The page behind the link or the QR code of a piece: a few questions. GET shows, POST sends them to the front desk."""

from typing import Any

import structlog
from apiflask import APIBlueprint
from flask import Response, g, request

from gateway.access import public
from gateway.formbody import TYPES
from gateway.office import private_page
from gateway.problems import Problem
from gateway.routes.links import TOKEN_LENGTH
from gateway.state import gateway
from gateway.wrapping import take_in
from shared.contracts import calls
from shared.contracts.errors import WireError
from shared.messaging.rpc_client import RoomAway, RpcTimeout

log = structlog.get_logger()

routes = APIBlueprint("replies", __name__)

#: In the company's register of sources.
SOURCE = "reply-form"
_SIGNED = "the link itself is signed"
#: Shown while qualification is away: what they write is worth having without a question.
_NO_QUESTIONS = calls.ReplyFormReply(
    title="Your reply",
    intro="What should we know?",
    button="Send",
    thanks="Thank you. It has reached us.",
    message="Your message",
    questions=[],
)


@routes.get("/r/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def show_reply(token: str) -> Response:
    """The questions. Mail scanners open every link: this changes nothing."""
    link = _link(token)
    return private_page("reply.html", form=_form(link), link=link)


@routes.post("/r/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def send_reply(token: str) -> Response:
    """Takes the answers in as an inquiry, whatever room is away: whose they are stands, signed, in the form."""
    gateway().limits.check(gateway().entrypoints.limits.form_per_address, "form", SOURCE, g.sender)
    if request.mimetype not in TYPES:
        raise Problem(415, "not_a_form", "Send the form of the page.")
    body = request.get_data(cache=True)
    if not any(value.strip() for name, value in request.form.items() if name != "lb_reply"):
        raise Problem(400, "form_empty", "Nothing was filled in.")
    take_in("form", SOURCE, body)
    return private_page("reply.html", form=_form_again(token), link=None)


def _link(token: str) -> calls.ResponseReply:
    """Whose page it is. Raises a Problem or LinkInvalid."""
    gateway().limits.check(gateway().entrypoints.limits.guesses_per_address, "link", g.sender)
    if len(token) > TOKEN_LENGTH or not token.isascii():
        raise Problem(410, "link_invalid", "This link has expired or is not complete.")
    return gateway().rooms.call(calls.DESCRIBE_RESPONSE, token=token)


def _form(link: calls.ResponseReply) -> calls.ReplyFormReply:
    try:
        return gateway().rooms.call(calls.REPLY_FORM, lead_id=link.lead_id, language=link.language)
    except (WireError, RoomAway, RpcTimeout) as error:
        log.warning("reply_form_without_questions", error=type(error).__name__)
        return _NO_QUESTIONS


def _form_again(token: str) -> Any:
    """The words of thanks. The answers are safe by now: nothing that fails here may say otherwise."""
    try:
        return _form(_link(token))
    except (Problem, WireError, RoomAway, RpcTimeout):
        return _NO_QUESTIONS
