"""One lead in the portal, and what its owner says of it with one tap. Said twice, nothing happens twice."""

from typing import cast
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, redirect, request

from gateway.access import public
from gateway.portal import history
from gateway.portal.actions import Tried, buttons, told
from gateway.portal.doors import FIELD, asked, signed_in
from gateway.portal.pages import portal_page
from gateway.problems import Problem
from gateway.routes.links import FIELD_LENGTH, MAX_FIELDS
from shared.contracts import calls
from shared.contracts.errors import ContractViolation, NotAllowed

routes = APIBlueprint("portal_lead", __name__)

_WHY = "whoever has no session is led to the sign-in"
HOME = "/portal/leads"


@routes.get("/portal/leads/<uuid:lead_id>")
@routes.doc(hide=True)
@public(_WHY)
@signed_in
def show(lead_id: UUID) -> Response:
    """Everything about one lead."""
    return _page(lead_id, Tried(), done=request.args.get("done", ""))


@routes.post("/portal/leads/<uuid:lead_id>")
@routes.doc(hide=True)
@public(_WHY)
@signed_in
def say(lead_id: UUID) -> Response:
    """Does what the owner says. What cannot be taken stands in the form again, with the reason beside it."""
    action, fields = request.form.get("action", ""), _fields()
    try:
        done = asked(calls.PORTAL_SAY, lead_id=lead_id, action=action, fields=fields)
    except ContractViolation as wrong:
        return _page(lead_id, Tried(action, fields, _by_field(wrong)), status=422)
    except NotAllowed as refused:
        return _page(lead_id, Tried(action, fields), refused=str(refused), status=409)
    said = f"done={action}" if done.changed else "done=again"
    return cast(Response, redirect(f"{HOME}/{lead_id}?{said}" if done.kept else f"{HOME}?{said}", 303))


def _page(lead_id: UUID, tried: Tried, *, done: str = "", refused: str = "", status: int = 200) -> Response:
    lead = asked(calls.PORTAL_LEAD, lead_id=lead_id)
    answer = portal_page(
        "portal_lead.html",
        lead.visitor,
        HOME if any(one.owner_id == lead.owner.owner_id for one in lead.visitor.owners) else "/portal/region",
        lead=lead,
        package=lead.package,
        buttons=buttons(lead.actions, lead.clock, lead.currency or "", tried),
        history=history,
        done=told(done),
        refused=refused,
    )
    answer.status_code = status
    return answer


def _fields() -> dict[str, str]:
    given = {name: value.strip().replace("\x00", "") for name, value in request.form.items()}
    fields = {name: value for name, value in given.items() if value and name not in (FIELD, "action")}
    if len(fields) > MAX_FIELDS or any(len(value) > FIELD_LENGTH for value in fields.values()):
        raise Problem(413, "form_too_large", "The form holds more than can be taken.")
    return fields


def _by_field(wrong: ContractViolation) -> dict[str, list[str]]:
    found = wrong.fields if isinstance(wrong.fields, dict) else {}
    return {str(name): [str(text) for text in texts] for name, texts in found.items() if isinstance(texts, list)}
