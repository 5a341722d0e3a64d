"""My numbers in the portal: speed, follow-up, sales and what was earned, against the group; nobody else is named."""

from datetime import timedelta
from typing import cast
from urllib.parse import urlencode

import structlog
from apiflask import APIBlueprint
from flask import Response, redirect, request

from gateway.access import public
from gateway.portal import numbers
from gateway.portal.doors import asked, signed_in
from gateway.portal.pages import portal_page
from gateway.state import gateway
from shared.contracts import calls
from shared.contracts.errors import InternalFailure
from shared.messaging.rpc_client import RoomAway, RpcTimeout

log = structlog.get_logger()
routes = APIBlueprint("portal_numbers", __name__)

_WHY = "whoever has no session is led to the sign-in"
HOME = "/portal/numbers"


@routes.get(HOME)
@routes.doc(hide=True)
@public(_WHY)
@signed_in
def my_numbers() -> Response:
    """Half a year against the group, this month's duties and goals, and what they bring."""
    found = asked(calls.PORTAL_NUMBERS, owner=request.args.get("owner") or None)
    report, before = _reports()
    mine = any(one.owner_id == found.owner.owner_id for one in found.visitor.owners)
    return portal_page(
        "portal_numbers.html",
        found.visitor,
        HOME if mine else "/portal/region",
        found=found,
        mine=mine,
        compared=numbers.compared(found, numbers.follow_up(report, found.owner.owner_id, found.group_owners)),
        plots=numbers.by_month(found.months),
        month=numbers.record_of(report, found.owner.owner_id),
        before=numbers.record_of(before, found.owner.owner_id),
        report=report,
        done=request.args.get("done", ""),
    )


@routes.post("/portal/pause")
@routes.doc(hide=True)
@public(_WHY)
@signed_in
def pause() -> Response:
    """An owner, or their manager, has new leads go elsewhere for a while, or come again."""
    owner, paused = request.form.get("owner", ""), request.form.get("paused") == "yes"
    asked(calls.PORTAL_PAUSE, owner=owner, paused=paused)
    done = "paused" if paused else "resumed"
    said = {"owner": owner, "done": done} if request.form.get("back") == "numbers" else {"done": done}
    back = HOME if "owner" in said else "/portal/region"
    return cast(Response, redirect(f"{back}?{urlencode(said)}", 303))


def _reports() -> tuple[calls.OwnersReply | None, calls.OwnersReply | None]:
    """This month's and last month's duties of all owners; the page stands without them when analytics is away."""
    now = gateway().clock.now()
    months = now, now.replace(day=1) - timedelta(days=1)
    try:
        this, last = (gateway().rooms.call(calls.OWNERS, month=f"{one:%Y-%m}") for one in months)
    except (RpcTimeout, RoomAway, InternalFailure) as error:
        log.warning("portal_numbers_without_analytics", error=type(error).__name__)
        return None, None
    return this, last
