"""Salesforce Web-to-Lead: a form made for it needs another address only."""

from apiflask import APIBlueprint
from flask import Response, g, redirect, render_template, request

from gateway import cors
from gateway.access import public
from gateway.entrypoints import Form
from gateway.formbody import TYPES, field_of
from gateway.problems import Problem
from gateway.returns import allowed_return
from gateway.state import gateway
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("salesforce", __name__)

PATH = "/servlet/servlet.WebToLead"
#: Salesforce writes ids with 15 characters, or with 18 where capitals do not count.
ID_LENGTH = 15


@routes.post(PATH)
@routes.doc(
    summary="Salesforce Web-to-Lead form",
    description="The form's hidden `oid` says which source it is. Answers 303 to `retURL` when the company allows "
    "that address, else a page; `debug=1` shows what came in.",
)
@public("visitors of a web site have no key")
def web_to_lead() -> Response:
    """Takes a form in that was made for Salesforce."""
    gateway().limits.check(gateway().entrypoints.limits.form_per_address, "form", "salesforce", g.sender)
    if request.mimetype not in TYPES:
        raise Problem(415, "not_a_form", f"Send a form, with one of these Content-Types: {', '.join(TYPES)}.")
    body = request.get_data(cache=True)
    form = _form(request.args.get("oid") or field_of(body, "oid"))
    cors.allow(form.origins)
    g.returns = form.returns
    receipt_id, _ = take_in("salesforce", form.source, body, test=marked_as_test())
    if (request.args.get("debug") or field_of(body, "debug")) == "1":
        names = sorted(request.form) if request.form else []
        page = render_template("salesforce_debug.html", form=form, receipt_id=receipt_id, names=names)
        return Response(page)
    address = allowed_return(request.args.get("retURL") or field_of(body, "retURL"), form.returns)
    if address is not None:
        return redirect(address, 303)  # type: ignore[return-value]
    return Response(render_template("thanks.html", receipt_id=receipt_id, message=form.message))


@routes.route(PATH, methods=["OPTIONS"])
@routes.doc(hide=True)
@public("a browser asks before a script may post")
def ask_web_to_lead() -> Response:
    """Answers a CORS preflight: which form it is, only the body will say."""
    every = [form.origins for form in gateway().entrypoints.salesforce.values()]
    return cors.preflight(frozenset().union(*every))


def _form(oid: str | None) -> Form:
    if not oid:
        raise Problem(400, "oid_missing", "The form has no field `oid`.")
    for known, form in gateway().entrypoints.salesforce.items():
        if known[:ID_LENGTH] == oid.strip()[:ID_LENGTH]:
            return form
    raise Problem(404, "oid_unknown", "No form of this organisation id is expected here.")
