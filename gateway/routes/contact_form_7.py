"""Contact Form 7 (WordPress): its own script posts here and understands the answer."""

import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, request

from gateway import cors
from gateway.access import public
from gateway.answers import json_response
from gateway.entrypoints import Form
from gateway.formbody import TYPES, field_of
from gateway.problems import Problem
from gateway.state import gateway
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("contact_form_7", __name__)

PATH = "/wp-json/contact-form-7/v1/contact-forms/<number>/feedback"
_UNIT = re.compile(r"[A-Za-z0-9_-]{1,100}")


@routes.post(PATH)
@routes.doc(
    summary="Contact Form 7",
    description="Answers `status: mail_sent` with the form's message; errors have the status `mail_failed`.",
)
@public("visitors of a web site have no key")
def feedback(number: str) -> Response:
    """Takes a form in that Contact Form 7 shows."""
    form = _form(number)
    if request.mimetype not in TYPES:
        raise Problem(415, "not_a_form", f"Send a form, with one of these Content-Types: {', '.join(TYPES)}.")
    body = request.get_data(cache=True)
    receipt_id, _ = take_in("contact_form_7", form.source, body, test=marked_as_test())
    return json_response(
        {
            "contact_form_id": _numbered(number),
            "status": "mail_sent",
            "message": form.message,
            "posted_data_hash": receipt_id.hex,
            "into": _into(number, body),
            "invalid_fields": [],
        }
    )


@routes.route(PATH, methods=["OPTIONS"])
@routes.doc(hide=True)
@public("a browser asks before a script may post")
def ask_feedback(number: str) -> Response:
    """Answers a CORS preflight."""
    return cors.preflight(_form(number).origins)


def _form(number: str) -> Form:
    g.problem_shape = _shaped
    gateway().limits.check(gateway().entrypoints.limits.form_per_address, "form", "contact_form_7", g.sender)
    form = gateway().entrypoints.contact_form_7.get(number)
    if form is None:
        raise Problem(404, "form_unknown", "There is no contact form of this number.")
    cors.allow(form.origins)
    return form


def _into(number: str, body: bytes) -> str:
    unit = field_of(body, "_wpcf7_unit_tag") or ""
    return f"#{unit}" if _UNIT.fullmatch(unit) else f"#wpcf7-f{number}-o1"


def _numbered(number: str) -> int | str:
    return int(number) if number.isascii() and number.isdigit() and len(number) < 16 else number


def _shaped(problem: Problem) -> dict[str, Any]:
    values = request.view_args or {}
    return {
        "contact_form_id": _numbered(values.get("number", "0")),
        "status": "mail_failed",
        "message": problem.detail,
        "posted_data_hash": "",
        "into": "",
        "invalid_fields": [],
    }
