"""The page on which a prospect says whether they bought. GET only shows: mail scanners open every link. POST tells."""

from apiflask import APIBlueprint
from flask import Response, request

from gateway.access import public
from gateway.office import private_page
from gateway.problems import Problem
from gateway.routes.links import checked
from gateway.state import gateway
from shared.contracts import calls

routes = APIBlueprint("purchases", __name__)

_SIGNED = "the link itself is signed"
_ANSWERS = ("bought", "elsewhere", "looking", "no_interest")
_FIELDS = ("bought_from", "until", "note")
_LONGEST_FIELD = 2000


@routes.get("/bought/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def show(token: str) -> Response:
    """The question."""
    asked = gateway().rooms.call(calls.DESCRIBE_PURCHASE, token=checked(token))
    return private_page("bought.html", asked=asked, thanks=False)


@routes.post("/bought/<token>")
@routes.doc(hide=True)
@public(_SIGNED)
def tell(token: str) -> Response:
    """The answer; another one later corrects it."""
    answer = request.form.get("answer")
    if answer not in _ANSWERS:
        raise Problem(400, "answer_missing", "Choose one of the answers, then send again.")
    fields = {name: request.form.get(name, "").replace("\x00", "").strip() for name in _FIELDS}
    if any(len(value) > _LONGEST_FIELD for value in fields.values()):
        raise Problem(413, "form_too_large", "The form holds more than can be taken.")
    asked = gateway().rooms.call(
        calls.TELL_PURCHASE,
        token=checked(token),
        answer=answer,
        fields={name: value for name, value in fields.items() if value},
        wants_contact=request.form.get("wants_contact") == "yes",
    )
    return private_page("bought.html", asked=asked, thanks=True)
