"""My leads in the portal: what is due first, filters, a page at a time."""

from typing import cast
from urllib.parse import urlencode

from apiflask import APIBlueprint
from flask import Response, redirect, request

from gateway.access import public
from gateway.portal.actions import told
from gateway.portal.doors import asked, signed_in
from gateway.portal.pages import portal_page
from gateway.portal.words import STATUSES
from shared.contracts import calls

routes = APIBlueprint("portal_leads", __name__)

HOME = "/portal/leads"
FILTERS = ("shelf", "owner", "status", "due", "product", "rank", "text")
_OPEN = ("assigned", "accepted", "contacted", "appointment", "quoted")
_CLOSED = ("won", "lost")
_DUE = {"overdue": "Overdue", "today": "Until tonight", "week": "Within a week"}
_KNOWN = {"shelf": ("open", "closed"), "due": tuple(_DUE)}


@routes.get(HOME)
@routes.doc(hide=True)
@public("whoever has no session is led to the sign-in")
@signed_in
def my_leads() -> Response:
    """One page of leads. Who works none of their own goes on to their region."""
    chosen: dict[str, str] = {name: value for name in FILTERS if (value := _given(name))}
    found = asked(calls.PORTAL_LEADS, **chosen, after=request.args.get("after") or None)
    if not found.visitor.owners and "owner" not in chosen:
        return cast(Response, redirect("/portal/region", 303))
    shelf = chosen.get("shelf", "open")
    return portal_page(
        "portal_leads.html",
        found.visitor,
        "/portal/region" if "owner" in chosen else HOME,
        found=found,
        chosen=chosen,
        shelf=shelf,
        due=_DUE,
        statuses={name: STATUSES[name] for name in (_OPEN if shelf == "open" else _CLOSED)},
        next=f"{HOME}?{urlencode({**chosen, 'after': found.next})}" if found.next else None,
        shelves={name: _shelf(chosen, name) for name in ("open", "closed")},
        everything=f"{HOME}?{urlencode(_kept(chosen, 'shelf', 'owner'))}",
        done=told(request.args.get("done", "")) or _given_on(),
    )


def _given(name: str) -> str:
    value = request.args.get(name, "").strip().replace("\x00", "")[:100]
    known = _KNOWN.get(name)
    return value if known is None or value in known else ""


def _given_on() -> str:
    """What a page says after leads were given to somebody else."""
    given, stay = request.args.get("given", ""), request.args.get("stay", "")
    if not given.isdecimal():
        return ""
    said = f"{given} given to somebody else."
    return f"{said} {stay} stayed: they are closed, or there already." if stay.isdecimal() else said


def _shelf(chosen: dict[str, str], shelf: str) -> str:
    return f"{HOME}?{urlencode({**_kept(chosen, 'owner', 'product', 'rank', 'text'), 'shelf': shelf})}"


def _kept(chosen: dict[str, str], *names: str) -> dict[str, str]:
    return {name: chosen[name] for name in names if name in chosen}
