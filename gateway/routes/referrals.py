"""Leads that own staff forward: a personal page to send them and to see what became of each; the ledger for payroll."""

from apiflask import APIBlueprint
from flask import Response, g, redirect, request
from limits import parse

from gateway.access import granted_source, public, scoped
from gateway.answers import ACCEPTED_RESPONSES, accepted, described, json_response
from gateway.entrypoints import Page, PageField
from gateway.formbody import TYPES, field_of
from gateway.jsonbody import json_object
from gateway.office import private_page
from gateway.problems import Problem
from gateway.routes.reads import asked
from gateway.state import gateway
from gateway.wrapping import marked_as_test, take_in
from shared.contracts import calls, schema
from shared.contracts.errors import LinkInvalid

routes = APIBlueprint("referrals", __name__)

TOKEN_LENGTH = 500
#: Guesses of one number's PIN, from wherever they come.
PIN_GUESSES = parse("10/minute")
_OWN_LINK = "the link itself is signed"
#: What a colleague is asked about the person they met.
PAGE = Page(
    title="Forward a lead",
    intro="",
    button="Forward",
    fields=(
        PageField("first_name", "First name"),
        PageField("last_name", "Last name", required=True),
        PageField("company", "Farm or company"),
        PageField("phone", "Phone", "tel"),
        PageField("email", "Email", "email"),
        PageField("city", "City"),
        PageField("zip", "ZIP code"),
        PageField("product", "What are they interested in?"),
        PageField("message", "What did you talk about?", "textarea"),
        PageField("url", "", "trap"),
    ),
)


# --- the personal page -----------------------------------------------------------------------------------------------


@routes.get("/refer")
@routes.doc(hide=True)
@public("it asks for a number and a PIN")
def ask_who() -> Response:
    """Asks who it is; a personal link says so by itself."""
    return private_page("refer_enter.html", wrong=False)


@routes.post("/refer")
@routes.doc(hide=True)
@public("it checks a number and a PIN")
def enter() -> Response:
    """From number and PIN to the personal page."""
    limits = gateway().limits
    limits.check(gateway().entrypoints.limits.guesses_per_address, "refer", g.sender)
    number, pin = (request.form.get(name, "").replace("\0", "").strip()[:100] for name in ("number", "pin"))
    limits.check(PIN_GUESSES, "refer-number", number)
    try:
        found = gateway().rooms.call(calls.ENTER_REFERRER, number=number, pin=pin)
    except LinkInvalid:
        answer = private_page("refer_enter.html", wrong=True)
        answer.status_code = 403
        return answer
    return redirect(f"/refer/{found.token}", 303)  # type: ignore[return-value]


@routes.get("/refer/<token>")
@routes.doc(hide=True)
@public(_OWN_LINK)
def show_form(token: str) -> Response:
    """The form, and what a lead earns."""
    found = gateway().rooms.call(calls.REFERRER, token=_plausible(token))
    return private_page("refer.html", page=PAGE, token=token, referrer=found)


@routes.post("/refer/<token>")
@routes.doc(hide=True)
@public(_OWN_LINK)
def forward(token: str) -> Response:
    """Takes a forwarded lead in, as safely as any inquiry: the front desk may be away."""
    entrypoints = gateway().entrypoints
    gateway().limits.check(entrypoints.limits.form_per_address, "refer", g.sender)
    _plausible(token)
    if request.mimetype not in TYPES:
        raise Problem(415, "not_a_form", f"Send a form, with one of these Content-Types: {', '.join(TYPES)}.")
    body = request.get_data(cache=True)
    if field_of(body, "referral_token") != token:
        raise Problem(422, "link_missing", "The form must carry the link's own token as `referral_token`.")
    receipt_id, _ = take_in("form", entrypoints.referral_form, body, test=marked_as_test())
    return private_page("refer_done.html", receipt_id=receipt_id, token=token)


@routes.get("/refer/<token>/mine")
@routes.doc(hide=True)
@public(_OWN_LINK)
def mine(token: str) -> Response:
    """What became of each lead that the holder of the link forwarded."""
    rooms = gateway().rooms
    found = rooms.call(calls.REFERRER, token=_plausible(token))
    listed = rooms.call(calls.REFERRALS, token=token)
    return private_page("refer_mine.html", token=token, referrer=found, referrals=listed.referrals)


# --- for programs ----------------------------------------------------------------------------------------------------


@routes.post("/v1/referrals")
@routes.doc(
    summary="Forward a lead for one of the staff",
    description="JSON as for `/v1/leads`, and `referrer`: the participant's number. The answer is a receipt.",
    responses=ACCEPTED_RESPONSES,
    security="key",
)
@scoped("intake")
def send_referral() -> Response:
    """Takes a forwarded lead in, from the intranet."""
    source = granted_source(gateway().entrypoints.referral_entry)
    if not request.is_json:
        raise Problem(415, "not_json", "Send a JSON body, with the Content-Type application/json.")
    if not str(json_object().get("referrer") or "").strip():
        raise Problem(422, "referrer_required", "Say who forwards the lead, as `referrer`.")
    receipt_id, _ = take_in("json", source, request.get_data(), test=marked_as_test())
    return accepted(receipt_id)


@routes.get("/v1/referrals")
@routes.doc(
    summary="Forwarded leads, and what became of them",
    description="Newest first. Query: `referrer` (a number), `limit`; both optional. Tells nothing of a person "
    "beyond the name that was entered.",
    responses=described(calls.ReferralsReply),
    security="key",
)
@scoped("read", "manage")
def list_referrals() -> Response:
    """Lists referrals."""
    said = asked(calls.ReferralsRequest) | {"token": None}
    return json_response(schema.dump(gateway().rooms.call(calls.REFERRALS, **said)))


@routes.get("/v1/referrals/credits")
@routes.doc(
    summary="What was earned in a month, and what of it is paid",
    description="Query: `month` (such as 2026-03), `referrer`, optional. Lines below 0 take an earlier one back.",
    responses=described(calls.CreditsReply),
    security="key",
)
@scoped("manage")
def credits() -> Response:
    """The ledger of a month, for payroll."""
    return json_response(schema.dump(gateway().rooms.call(calls.CREDITS, **asked(calls.CreditsRequest))))


@routes.post("/v1/referrals/payments")
@routes.doc(
    summary="Mark what is open of a month as paid",
    description="Body: `month`; optional `referrer`, `reference`. Answers what this call marked; a "
    "second call marks nothing.",
    responses=described(calls.PayCreditsReply),
    security="key",
)
@scoped("manage")
def pay() -> Response:
    """Paid once."""
    said = json_object()
    loaded = schema.load(calls.PayCreditsRequest, {**said, "by": f"key {g.key.id}"})
    fields = {name: getattr(loaded, name) for name in loaded.__dataclass_fields__}
    return json_response(schema.dump(gateway().rooms.call(calls.PAY_CREDITS, **fields)))


@routes.get("/v1/referrals/participants/<number>/link")
@routes.doc(
    summary="The personal link of a participant",
    description="To be handed to them alone. It has no end; raise `link` in referrals.yml to make it void.",
    responses=described(calls.ReferrerLinkReply),
    security="key",
)
@scoped("manage")
def personal_link(number: str) -> Response:
    """A link to hand out."""
    return json_response(schema.dump(gateway().rooms.call(calls.REFERRER_LINK, number=number)))


def _plausible(token: str) -> str:
    """The token when it may be worth a call to a room. Raises a Problem."""
    gateway().limits.check(gateway().entrypoints.limits.guesses_per_address, "link", g.sender)
    if len(token) > TOKEN_LENGTH or not token.isascii() or not token.isprintable():
        raise Problem(410, "link_invalid", "This link has expired or is not complete.")
    return token
