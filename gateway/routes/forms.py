"""Web forms: those on the company's own pages, and landing pages that are hosted here."""

from apiflask import APIBlueprint
from flask import Response, g, redirect, render_template, request

from gateway import cors, timetrap
from gateway.access import public
from gateway.answers import accepted
from gateway.entrypoints import Form
from gateway.formbody import TYPES, field_of
from gateway.problems import Problem
from gateway.returns import FIELDS, allowed_return
from gateway.state import gateway
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("forms", __name__)


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
    stamp = field_of(body, timetrap.FIELD)
    suspicion = gateway().timetrap.suspicion(name, stamp, gateway().clock.now(), form.timed)
    receipt_id, _ = take_in(form.dialect, form.source, body, test=marked_as_test(), suspicion=suspicion)
    if _prefers_json():
        return accepted(receipt_id)
    address = allowed_return(_wanted_return(body), form.returns)
    if address is not None:
        return redirect(address, 303)  # type: ignore[return-value]
    return Response(render_template("thanks.html", receipt_id=receipt_id, message=form.message))


@routes.get("/forms/<name>")
@routes.doc(summary="The hosted landing page of a form")
@public("anybody may look at a landing page")
def show_form(name: str) -> Response:
    """Shows the form. Its address keeps campaign parameters, which come back with the inquiry."""
    form = _form(name)
    if form.page is None:
        raise Problem(404, "page_unknown", "This form has no page here.")
    stamp = gateway().timetrap.stamp(name, gateway().clock.now())
    return Response(render_template("form.html", page=form.page, stamp=stamp))


@routes.route("/forms/<name>", methods=["OPTIONS"])
@routes.doc(hide=True)
@public("a browser asks before a script may post")
def ask_form(name: str) -> Response:
    """Answers a CORS preflight."""
    return cors.preflight(_form(name).origins)


def _form(name: str) -> Form:
    form = gateway().entrypoints.forms.get(name)
    if form is None:
        raise Problem(404, "form_unknown", "There is no form of this name.")
    cors.allow(form.origins)
    g.returns = form.returns
    return form


def _prefers_json() -> bool:
    accepted_types = request.accept_mimetypes
    return accepted_types["application/json"] > accepted_types["text/html"]


def _wanted_return(body: bytes) -> str | None:
    """The return address in query or form. A body that cannot be read has none: it is the front desk's to judge."""
    for name in FIELDS:
        if value := request.args.get(name) or field_of(body, name):
            return value
    return None
