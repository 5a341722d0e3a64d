"""Web forms: those on the company's own pages, and landing pages that are hosted here."""

from urllib.parse import parse_qsl

from apiflask import APIBlueprint
from flask import Response, g, redirect, render_template, request
from werkzeug.exceptions import HTTPException

from gateway.access import public
from gateway.answers import accepted
from gateway.entrypoints import Form
from gateway.problems import Problem
from gateway.returns import FIELDS, allowed_return
from gateway.state import gateway
from gateway.wrapping import take_in

routes = APIBlueprint("forms", __name__)

TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
#: More fields than this are not looked through for a return address.
MAX_FIELDS = 500
PREFLIGHT_SECONDS = 600


@routes.post("/forms/<name>")
@routes.doc(
    summary="Send a web form",
    description="As a browser does. Answers 303 to `retURL` or `_next` when the form allows that address, else a page; "
    "202 with the receipt for a script that accepts JSON.",
)
@public("visitors of a web site have no key")
def send_form(name: str) -> Response:
    """Takes a filled-in form in."""
    form = _form(name)
    gateway().limits.check(gateway().entrypoints.limits.form_per_address, "form", name, g.sender)
    if request.mimetype not in TYPES:
        raise Problem(415, "not_a_form", f"Send a form, with one of these Content-Types: {', '.join(TYPES)}.")
    # Before anything parses it: the bytes are kept as the browser sent them.
    body = request.get_data(cache=True)
    receipt_id, _ = take_in(form.dialect, form.source, body)
    if _prefers_json():
        return _with_cors(accepted(receipt_id), form)
    address = allowed_return(_wanted_return(body), form.returns)
    if address is not None:
        return _with_cors(redirect(address, 303), form)  # type: ignore[arg-type]
    return _with_cors(Response(render_template("thanks.html", receipt_id=receipt_id)), form)


@routes.get("/forms/<name>")
@routes.doc(summary="The hosted landing page of a form")
@public("anybody may look at a landing page")
def show_form(name: str) -> Response:
    """Shows the form. Its address keeps campaign parameters, which come back with the inquiry."""
    form = _form(name)
    if form.page is None:
        raise Problem(404, "page_unknown", "This form has no page here.")
    return Response(render_template("form.html", page=form.page))


@routes.route("/forms/<name>", methods=["OPTIONS"])
@routes.doc(hide=True)
@public("a browser asks before a script may post")
def ask_form(name: str) -> Response:
    """Answers a CORS preflight."""
    answer = _with_cors(Response(status=204), _form(name))
    if "Access-Control-Allow-Origin" in answer.headers:
        answer.headers["Access-Control-Allow-Methods"] = "POST"
        answer.headers["Access-Control-Allow-Headers"] = "Content-Type"
        answer.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return answer


def _form(name: str) -> Form:
    form = gateway().entrypoints.forms.get(name)
    if form is None:
        raise Problem(404, "form_unknown", "There is no form of this name.")
    return form


def _with_cors(answer: Response, form: Form) -> Response:
    answer.headers["Vary"] = "Origin"
    origin = request.headers.get("Origin")
    if origin in form.origins:
        answer.headers["Access-Control-Allow-Origin"] = origin
    return answer


def _prefers_json() -> bool:
    accepted_types = request.accept_mimetypes
    return accepted_types["application/json"] > accepted_types["text/html"]


def _wanted_return(body: bytes) -> str | None:
    """The return address in query or form. A body that cannot be read has none: it is the front desk's to judge."""
    for name in FIELDS:
        if value := request.args.get(name) or _field(body, name):
            return value
    return None


def _field(body: bytes, name: str) -> str | None:
    if request.mimetype == "multipart/form-data":
        try:
            return request.form.get(name)
        except (ValueError, HTTPException):
            return None
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), max_num_fields=MAX_FIELDS)
    except ValueError:
        return None
    return next((value for field, value in pairs if field == name), None)
