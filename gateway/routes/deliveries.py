"""How leads reach owners: each way, trials, what is parked. As JSON for programs, as pages for people."""

from typing import Any
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.access import scoped
from gateway.answers import described, json_response
from gateway.forgery import check_form, form_token
from gateway.jsonbody import optional_object
from gateway.office import asker, private_page, visitor
from gateway.routes.reads import asked
from gateway.state import gateway
from shared.contracts import calls, schema
from shared.contracts.errors import ContractViolation, WireError

routes = APIBlueprint("deliveries", __name__)

MOST_KEYS = 500


# --- for programs ----------------------------------------------------------------------------------------------------


@routes.get("/v1/deliveries")
@routes.doc(
    summary="Every way to every owner, and how it does",
    description="Those in trouble first. Query: `owner_id`, `troubled` (true: only those with something the matter).",
    responses=described(calls.DeliveriesReply),
    security="key",
)
@scoped("manage")
def listed() -> Response:
    """All ways."""
    return json_response(schema.dump(gateway().rooms.call(calls.DELIVERIES, **asked(calls.DeliveriesRequest))))


@routes.get("/v1/deliveries/<owner_id>/<way>")
@routes.doc(
    summary="One way, and its newest deliveries",
    description="Query: `limit`, 50 when left out.",
    responses=described(calls.ChannelReply),
    security="key",
)
@scoped("manage")
def shown(owner_id: str, way: str) -> Response:
    """One way."""
    return json_response(schema.dump(_channel(owner_id, way)))


@routes.post("/v1/deliveries/<owner_id>/<way>/test")
@routes.doc(
    summary="Deliver a made-up lead",
    description="Nobody else is told of it, and the same record is used each time. What became of it stands among the "
    "way's deliveries under the key that is answered. JSON, optional: `by`.",
    responses=described(calls.TryReply),
    security="key",
)
@scoped("manage")
def test(owner_id: str, way: str) -> Response:
    """A trial."""
    by = asker(optional_object().get("by"))
    return json_response(schema.dump(gateway().rooms.call(calls.TRY_DELIVERY, owner_id=owner_id, way=way, by=by)))


@routes.post("/v1/deliveries/<owner_id>/<way>/replay")
@routes.doc(
    summary="Send what is parked once more",
    description="Under the same keys, so that what arrived after all does not arrive twice. JSON, optional: `keys` "
    "(all that is parked, when left out), `by`.",
    responses=described(calls.ReplayedReply),
    security="key",
)
@scoped("manage")
def replay(owner_id: str, way: str) -> Response:
    """Replays."""
    document = optional_object()
    reply = gateway().rooms.call(
        calls.REPLAY_DELIVERIES,
        owner_id=owner_id,
        way=way,
        keys=_keys(document.get("keys") or []),
        by=asker(document.get("by")),
    )
    return json_response(schema.dump(reply))


@routes.post("/v1/deliveries/<owner_id>/<way>/enable")
@routes.doc(
    summary="Use a way again that was disabled",
    description="JSON, optional: `replay` (true: what is parked goes at once), `by`.",
    responses=described(calls.ReplayedReply),
    security="key",
)
@scoped("manage")
def enable(owner_id: str, way: str) -> Response:
    """Enables."""
    document = optional_object()
    wanted = document.get("replay", False)
    if not isinstance(wanted, bool):
        raise ContractViolation("body", {"replay": ["true or false"]})
    by = asker(document.get("by"))
    reply = gateway().rooms.call(calls.ENABLE_DELIVERY, owner_id=owner_id, way=way, replay=wanted, by=by)
    return json_response(schema.dump(reply))


def _keys(given: Any) -> list[str]:
    if not isinstance(given, list) or len(given) > MOST_KEYS or not all(isinstance(one, str) for one in given):
        raise ContractViolation("body", {"keys": [f"a list of at most {MOST_KEYS} texts"]})
    return given


def _channel(owner_id: str, way: str) -> calls.ChannelReply:
    given = {"limit": request.args["limit"]} if request.args.get("limit") else {}
    wanted: calls.ChannelRequest = schema.load(calls.ChannelRequest, {"owner_id": owner_id, "way": way, **given})
    return gateway().rooms.call(calls.DELIVERY_CHANNEL, owner_id=owner_id, way=way, limit=wanted.limit)


# --- for people ------------------------------------------------------------------------------------------------------


@routes.get("/deliveries")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def list_page() -> Response:
    """All ways. The browser asks for a name (one's own) and a password: an API key that may manage."""
    wanted = asked(calls.DeliveriesRequest)
    found = gateway().rooms.call(calls.DELIVERIES, **wanted)
    return private_page("deliveries.html", found=found, wanted=wanted)


@routes.get("/deliveries/<owner_id>/<way>")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def way_page(owner_id: str, way: str) -> Response:
    """One way: how it does, what went by it, and what can be done."""
    found = _channel(owner_id, way)
    said = request.args.get("said", "")
    number = request.args.get("number", "")
    return private_page(
        "delivery.html",
        found=found,
        said=SAID.get(said),
        number=number if number.isdigit() else "",
        token=form_token(_purpose(owner_id, way)),
    )


#: What a page says after something was done; nothing of the address is shown but a number.
SAID = {
    "tested": "A made-up lead is on its way. Reload to see what became of it.",
    "replayed": "deliveries are on their way again.",
    "enabled": "It is used again; deliveries that are on their way again:",
    "refused": "That is not possible now: a way that is disabled must be enabled first.",
}


@routes.post("/deliveries/<owner_id>/<way>/test")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def test_by_hand(owner_id: str, way: str) -> AnyResponse:
    """The button of the page."""
    check_form(_purpose(owner_id, way))
    gateway().rooms.call(calls.TRY_DELIVERY, owner_id=owner_id, way=way, by=visitor())
    return _back(owner_id, way, "tested")


@routes.post("/deliveries/<owner_id>/<way>/replay")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def replay_by_hand(owner_id: str, way: str) -> AnyResponse:
    """The button of the page."""
    check_form(_purpose(owner_id, way))
    try:
        reply = gateway().rooms.call(calls.REPLAY_DELIVERIES, owner_id=owner_id, way=way, keys=[], by=visitor())
    except WireError as error:
        if error.slug != "not_allowed":
            raise
        return _back(owner_id, way, "refused")
    return _back(owner_id, way, "replayed", reply.replayed)


@routes.post("/deliveries/<owner_id>/<way>/enable")
@routes.doc(hide=True)
@scoped("manage", basic=True)
def enable_by_hand(owner_id: str, way: str) -> AnyResponse:
    """The button of the page."""
    check_form(_purpose(owner_id, way))
    wanted = request.form.get("replay") == "yes"
    reply = gateway().rooms.call(calls.ENABLE_DELIVERY, owner_id=owner_id, way=way, replay=wanted, by=visitor())
    return _back(owner_id, way, "enabled", reply.replayed)


def _purpose(owner_id: str, way: str) -> str:
    return f"delivery {owner_id} {way}"


def _back(owner_id: str, way: str, said: str, number: int | None = None) -> AnyResponse:
    told = {"said": said} | ({} if number is None else {"number": str(number)})
    return redirect(f"{url_for('.way_page', owner_id=owner_id, way=way)}?{urlencode(told)}", 303)
