"""HubSpot forms, version 3 (JSON) and the legacy version 2 (form post): answers and errors are shaped as HubSpot's."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, redirect, request

from gateway import cors
from gateway.access import public
from gateway.answers import json_response
from gateway.entrypoints import Form
from gateway.formbody import TYPES
from gateway.jsonbody import NotJson, parsed
from gateway.problems import Problem
from gateway.signing import same_secret
from gateway.state import gateway
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("hubspot", __name__)

MOST_FIELDS = 1000
SUBMIT = "/submissions/v3/integration/submit/<portal>/<form>"
SECURE = "/submissions/v3/integration/secure/submit/<portal>/<form>"
LEGACY = "/uploads/form/v2/<portal>/<form>"


@routes.post(SUBMIT)
@routes.doc(summary="HubSpot form, version 3", description="Answers `inlineMessage` or `redirectUri`, as HubSpot does.")
@public("visitors of a web site have no key")
def submit(portal: str, form: str) -> Response:
    """Takes a form in that was made for HubSpot."""
    return _submitted(_form(portal, form))


@routes.post(SECURE)
@routes.doc(summary="HubSpot form, version 3, with a token", description="As above; asks for `Authorization: Bearer`.")
@public("the token is the form's own")
def submit_secure(portal: str, form: str) -> Response:
    """Takes a form in from a server that has the form's token."""
    found = _form(portal, form)
    token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    if found.token is None or not token or not same_secret(found.token.values(), token):
        gateway().limits.check(gateway().entrypoints.limits.guesses_per_address, "guess", g.sender)
        raise Problem(401, "token_wrong", "Authentication credentials not found or not valid.",
                      {"WWW-Authenticate": "Bearer"})  # fmt: skip
    return _submitted(found)


@routes.post(LEGACY)
@routes.doc(
    summary="HubSpot form, version 2",
    description="A form post with `hs_context`. Answers 204, or 302 where the form has a redirect.",
)
@public("visitors of a web site have no key")
def submit_legacy(portal: str, form: str) -> Response:
    """Takes a form in that was made for HubSpot's older address."""
    found = _form(portal, form)
    if request.mimetype not in TYPES:
        raise Problem(415, "not_a_form", f"Send a form, with one of these Content-Types: {', '.join(TYPES)}.")
    take_in("hubspot_legacy", found.source, request.get_data(cache=True), test=marked_as_test())
    if found.redirect is not None:
        return redirect(found.redirect, 302)  # type: ignore[return-value]
    return Response(status=204)


@routes.route(SUBMIT, methods=["OPTIONS"])
@routes.route(SECURE, methods=["OPTIONS"])
@routes.route(LEGACY, methods=["OPTIONS"])
@routes.doc(hide=True)
@public("a browser asks before a script may post")
def ask_submit(portal: str, form: str) -> Response:
    """Answers a CORS preflight."""
    return cors.preflight(_form(portal, form).origins)


def _submitted(form: Form) -> Response:
    body = request.get_data(cache=True)
    try:
        document = parsed(body)
    except NotJson:
        raise Problem(400, "not_json", "Invalid input JSON.") from None
    fields = document.get("fields") if isinstance(document, dict) else None
    if not isinstance(fields, list):
        raise _invalid("REQUIRED_FIELD", "Error in 'fields'. The list of fields is required.")
    if len(fields) > MOST_FIELDS:
        raise _invalid("MAX_NUMBER_OF_SUBMITTED_VALUES_EXCEEDED", f"More than {MOST_FIELDS} fields were submitted.")
    take_in("hubspot", form.source, body, test=marked_as_test())
    return json_response({"redirectUri": form.redirect} if form.redirect else {"inlineMessage": form.message})


def _form(portal: str, name: str) -> Form:
    g.problem_shape = _shaped
    gateway().limits.check(gateway().entrypoints.limits.form_per_address, "form", "hubspot", g.sender)
    form = gateway().entrypoints.hubspot.get(f"{portal}/{name}")
    if form is None:
        raise Problem(404, "form_unknown", "No form was found with this portal id and form guid.")
    cors.allow(form.origins)
    return form


def _invalid(kind: str, message: str) -> Problem:
    errors = [{"message": message, "errorType": kind}]
    return Problem(400, "not_valid", "The request is not valid", hubspot_errors=errors)


def _shaped(problem: Problem) -> dict[str, Any]:
    errors = problem.more.get("hubspot_errors")
    shaped = {"status": "error", "message": problem.detail, "correlationId": g.request_id}
    return {**shaped, "errors": errors} if errors else shaped
