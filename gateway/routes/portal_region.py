"""My region in the portal: how a manager's owners stand, and leads given to somebody else."""

from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from apiflask import APIBlueprint
from flask import Response, redirect, request

from gateway.access import public
from gateway.portal.doors import asked, signed_in
from gateway.portal.numbers import hours, share
from gateway.portal.pages import portal_page
from gateway.problems import Problem
from shared.contracts import calls
from shared.contracts.errors import ContractViolation

routes = APIBlueprint("portal_region", __name__)

_WHY = "whoever has no session is led to the sign-in"
HOME = "/portal/region"


@routes.get(HOME)
@routes.doc(hide=True)
@public(_WHY)
@signed_in
def my_region() -> Response:
    """My owners, who has most overdue at the top."""
    found = asked(calls.PORTAL_REGION)
    return portal_page(
        "portal_region.html", found.visitor, HOME, found=found, hours=hours, share=share,
        done=request.args.get("done", ""),
    )  # fmt: skip


@routes.post("/portal/give")
@routes.doc(hide=True)
@public(_WHY)
@signed_in
def give() -> Response:
    """Gives the chosen leads to another owner, or each to its next candidate."""
    owner, to = request.form.get("owner", ""), request.form.get("to", "")
    because = request.form.get("because", "").strip().replace("\x00", "")
    try:
        done = asked(calls.PORTAL_REASSIGN, lead_ids=_chosen(), to=to or None, because=because)
    except ContractViolation as wrong:
        return _again(owner, to, because, wrong)
    said = {"owner": owner, "given": done.done} | ({"stay": done.refused} if done.refused else {})
    return cast(Response, redirect(f"/portal/leads?{urlencode(said)}", 303))


def _again(owner: str, to: str, because: str, wrong: ContractViolation) -> Response:
    """The form once more, with what was chosen and typed, and what is wrong with it."""
    found = asked(calls.PORTAL_LEADS, owner=owner)
    told = wrong.fields if isinstance(wrong.fields, dict) else {}
    answer = portal_page(
        "portal_give.html", found.visitor, HOME, found=found, chosen=_chosen(), to=to, because=because, wrong=told
    )
    answer.status_code = 422
    return answer


def _chosen() -> list[UUID]:
    try:
        return [UUID(text) for text in request.form.getlist("lead")]
    except ValueError:
        raise Problem(422, "not_a_lead", "Choose leads from the list.") from None
