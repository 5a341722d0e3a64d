"""Campaigns: what they cost, what came of them, and the codes by which responses are known."""

from typing import Any

from apiflask import APIBlueprint
from flask import Response, g, redirect, render_template, request

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.forgery import check_form, form_token
from gateway.jsonbody import json_object
from gateway.plots import day_plot
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.calls import Call
from shared.contracts.errors import ContractViolation
from shared.ids import new_id

routes = APIBlueprint("campaigns", __name__)

_WHO = 'Who did it is the key; a body may add a person as `"by"`.'


@routes.get("/v1/campaigns")
@routes.doc(
    summary="All campaigns, with cost and what came of them",
    description="Query: `since` (a date): days from then on are told one by one; sixty when left out.",
    responses=described(calls.CampaignsReply),
    security="key",
)
@scoped("read", "manage")
def list_campaigns() -> Response:
    """Lists the register."""
    return _told(gateway().rooms.call(calls.CAMPAIGNS, **asked(calls.CampaignsRequest)))


@routes.post("/v1/campaigns")
@routes.doc(
    summary="Register a campaign",
    description="Body: `campaign_id` (small letters, digits, hyphens), `name`; optional `medium` (any word), "
    "`starts_on`, `ends_on`, `currency`, `expected_responses`, `expected_leads`, `audience`, `offer`, `codes`. The "
    f"same again changes nothing. {_WHO}",
    responses=described(calls.CampaignReply, 201),
    security="key",
)
@scoped("manage")
def register() -> Response:
    """A new campaign."""
    said = json_object()
    identity, codes = said.pop("campaign_id", None), said.pop("codes", [])
    by = _by(said)
    fields = {"campaign_id": identity, "codes": codes, "fields": said, "by": by}
    answer = _told(_checked_call(calls.REGISTER_CAMPAIGN, fields))
    answer.status_code = 201
    return answer


@routes.get("/v1/campaigns/<campaign_id>")
@routes.doc(summary="A campaign, its costs and versions", responses=described(calls.CampaignReply), security="key")
@scoped("read", "manage")
def show(campaign_id: str) -> Response:
    """One campaign."""
    return _told(gateway().rooms.call(calls.CAMPAIGN, campaign_id=campaign_id))


@routes.patch("/v1/campaigns/<campaign_id>")
@routes.doc(
    summary="Change a campaign",
    description="Body: the fields to change; null empties one. `revision`: only if it still is at this one. `settle`: "
    f'"file" or "here" ends a conflict with the company\'s file. {_WHO}',
    responses=described(calls.CampaignReply),
    security="key",
)
@scoped("manage")
def change(campaign_id: str) -> Response:
    """Other values for some fields."""
    said = json_object()
    fields = {"campaign_id": campaign_id, "revision": said.pop("revision", None), "settle": said.pop("settle", None)}
    by = _by(said)
    return _told(_checked_call(calls.CHANGE_CAMPAIGN, fields | {"fields": said, "by": by}))


@routes.post("/v1/campaigns/<campaign_id>/costs")
@routes.doc(
    summary="Record a cost",
    description="Body: `spent_on` (a date), `amount` (below 0 for a correction); optional `currency`, `kind` (media, "
    "print, postage, agency, staff, …), `purpose` (generation or management), `note`. Repeat freely with an "
    f"`Idempotency-Key`: a cost is recorded once. {_WHO}",
    responses=described(calls.CampaignReply, 201),
    security="key",
)
@scoped("manage")
def record_cost(campaign_id: str) -> Response:
    """One more cost."""
    said = json_object()
    amount = said.pop("amount", None)
    fields = {
        **said,
        "campaign_id": campaign_id,
        # Never as a binary fraction: 0.1 is ten cents.
        "amount": str(amount) if isinstance(amount, str | int | float) and not isinstance(amount, bool) else None,
        "by": _by(said),
        "key": request.headers.get("Idempotency-Key", said.get("key")),
    }
    answer = _told(_checked_call(calls.RECORD_COST, fields))
    answer.status_code = 201
    return answer


@routes.post("/v1/campaigns/<campaign_id>/codes")
@routes.doc(
    summary="Register codes of a campaign",
    description=f"Body: `codes`, a list. Earlier inquiries that came with one of them are credited to it. {_WHO}",
    responses=described(calls.CampaignReply, 201),
    security="key",
)
@scoped("manage")
def add_codes(campaign_id: str) -> Response:
    """Codes that lead to the campaign from now on."""
    said = json_object()
    fields = {"campaign_id": campaign_id, "codes": said.get("codes"), "by": _by(said)}
    answer = _told(_checked_call(calls.ADD_CODES, fields))
    answer.status_code = 201
    return answer


@routes.get("/v1/codes/unknown")
@routes.doc(
    summary="Codes on inquiries that lead to no campaign",
    description="The most frequent first. Query: `limit`, optional.",
    responses=described(calls.UnknownCodesReply),
    security="key",
)
@scoped("read", "manage")
def unknown_codes() -> Response:
    """What somebody should register."""
    return _told(gateway().rooms.call(calls.UNKNOWN_CODES, **asked(calls.UnknownCodesRequest)))


# --- pages -----------------------------------------------------------------------------------------------------------


@routes.get("/campaigns")
@routes.doc(hide=True)
@scoped("read", "manage", basic=True)
def page() -> Response:
    """All campaigns. The browser asks for a name (any) and a password: an API key that may read."""
    rooms = gateway().rooms
    report = rooms.call(calls.CAMPAIGNS)
    unknown = rooms.call(calls.UNKNOWN_CODES, limit=20).codes
    plots = {one.campaign_id: day_plot(one.days, report.since, report.until) for one in report.campaigns}
    return Response(render_template("campaigns.html", report=report, plots=plots, unknown=unknown))


@routes.get("/campaigns/<campaign_id>")
@routes.doc(hide=True)
@scoped("read", "manage", basic=True)
def campaign_page(campaign_id: str) -> Response:
    """One campaign; who may manage finds forms for a cost and a code."""
    rooms = gateway().rooms
    found = rooms.call(calls.CAMPAIGN, campaign_id=campaign_id)
    days = found.campaign.days
    plot = day_plot(days, days[0].day, days[-1].day) if days else None
    now = gateway().clock.now()
    return Response(
        render_template(
            "campaign.html",
            found=found,
            drawn=plot,
            may_manage="manage" in g.key.scopes,
            today=now.date(),
            form_number=new_id(now),
            token=form_token(f"campaign {campaign_id}"),
        )
    )


@routes.post("/campaigns/<campaign_id>/costs")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def key_cost(campaign_id: str) -> Response:
    """Records a cost from the page."""
    check_form(f"campaign {campaign_id}")
    said = {name: request.form.get(name, "").strip().replace("\0", "") or None for name in ("note", "currency")}
    fields = {
        **said,
        **{name: request.form.get(name, "").replace("\0", "") for name in ("spent_on", "amount", "kind", "purpose")},
        "campaign_id": campaign_id,
        "by": f"key {g.key.id}",
        # The form carries a number of its own: a double click is one cost.
        "key": request.form.get("form"),
    }
    _checked_call(calls.RECORD_COST, fields)
    return redirect(f"/campaigns/{campaign_id}", 303)  # type: ignore[return-value]


@routes.post("/campaigns/<campaign_id>/codes")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def key_code(campaign_id: str) -> Response:
    """Registers a code from the page."""
    check_form(f"campaign {campaign_id}")
    code = request.form.get("code", "").replace("\0", "")
    _checked_call(calls.ADD_CODES, {"campaign_id": campaign_id, "codes": [code], "by": f"key {g.key.id}"})
    return redirect(f"/campaigns/{campaign_id}", 303)  # type: ignore[return-value]


# --- in common -------------------------------------------------------------------------------------------------------


def _checked_call(call: Call[Any, Any], said: dict[str, Any]) -> Any:
    """Asks the room with what was said, as far as it has the shape of the request. Raises ContractViolation."""
    loaded = schema.load(call.request, said)
    return gateway().rooms.call(call, **{name: getattr(loaded, name) for name in loaded.__dataclass_fields__})


def _by(said: dict[str, Any]) -> str:
    person = said.pop("by", None)
    if person is None:
        return f"key {g.key.id}"
    if not isinstance(person, str) or not 0 < len(person) <= 100:
        raise ContractViolation("body", {"by": ["a text of 100 characters at most"]})
    return f"{person} (key {g.key.id})"


def _told(reply: Any) -> Response:
    return json_response(schema.dump(reply))
