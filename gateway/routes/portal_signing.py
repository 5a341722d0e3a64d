"""Signing in to the portal by an emailed link, and out. GET only shows: mail scanners open every link. POST acts."""

from typing import Any, cast

from apiflask import APIBlueprint
from flask import Response, g, redirect, request
from limits import parse

from gateway.access import public
from gateway.office import private_page
from gateway.portal import cookies
from gateway.portal.doors import check_token, signed_in, token
from gateway.routes.links import checked
from gateway.state import gateway
from shared.contracts import calls
from shared.contracts.errors import LinkInvalid

routes = APIBlueprint("portal_signing", __name__)

#: Links that one sender asks for, to whatever addresses.
ASKS = parse("10/15 minute")
LONGEST_ADDRESS = 254
HOME = "/portal/leads"
_WHY = "whoever has no session is led to the sign-in"


@routes.get("/portal")
@routes.doc(hide=True)
@public("it asks for an address, and tells nothing")
def ask() -> Response:
    """Asks for an email address. Who is signed in goes on to their leads."""
    if cookies.session() and "over" not in request.args:
        return cast(Response, redirect(HOME, 303))
    said = "over" if "over" in request.args else "out" if "out" in request.args else None
    return _form(said=said)


@routes.post("/portal")
@routes.doc(hide=True)
@public("the answer is the same for every address")
def send_link() -> Response:
    """Has a link mailed, where the address is known; says the same where it is not."""
    browser = cookies.browser()
    if browser is None:
        return _form(said="cookies", status=422)
    g.portal_secret = browser
    check_token()
    gateway().limits.check(ASKS, "portal", g.sender)
    address = request.form.get("address", "").strip()
    if "@" not in address.strip("@") or len(address) > LONGEST_ADDRESS or not address.isprintable():
        return _form(said="address", typed=address, status=422)
    noted = gateway().rooms.call(calls.ASK_TO_SIGN_IN, address=address, browser=cast(str, cookies.digest(browser)))
    answer = private_page("portal_asked.html", minutes=noted.minutes, address=address)
    cookies.keep_browser(answer, browser)
    return answer


@routes.get("/portal/in/<token>")
@routes.doc(hide=True)
@public("the link itself is signed, and good in one browser only")
def show_sign_in(token: str) -> Response:
    """The button to sign in with, however often the link is opened."""
    browser = cookies.browser()
    found = gateway().rooms.call(calls.LOOK_AT_SIGN_IN, token=checked(token), browser=cookies.digest(browser))
    if found.state == "ready" and browser is not None:
        g.portal_secret = browser
        return _page("portal_in.html")
    return _form(said=found.state, status=200 if found.state == "other_browser" else 410)


@routes.post("/portal/in/<token>")
@routes.doc(hide=True)
@public("the link itself is signed, and good in one browser only")
def begin(token: str) -> Response:
    """Signs in, once. The session is a new one, whatever cookie the browser came with."""
    browser = cookies.browser()
    if browser is None:
        return _form(said="other_browser")
    g.portal_secret = browser
    check_token()
    try:
        begun = gateway().rooms.call(calls.SIGN_IN, token=checked(token), browser=cookies.digest(browser))
    except LinkInvalid:
        return _form(said="used", status=410)
    answer = cast(Response, redirect(HOME, 303))
    cookies.keep_session(answer, begun.session, begun.ends_at)
    cookies.forget_browser(answer)
    return answer


@routes.post("/portal/out")
@routes.doc(hide=True)
@public(_WHY)
@signed_in
def end() -> Response:
    """Signs out of this browser, or of every one."""
    everywhere = request.form.get("everywhere") == "yes"
    gateway().rooms.call(calls.SIGN_OUT, session=g.portal_secret, everywhere=everywhere)
    answer = cast(Response, redirect("/portal?out=1", 303))
    cookies.forget_session(answer)
    return answer


def _form(said: str | None = None, typed: str = "", status: int = 200) -> Response:
    browser = cookies.browser() or cookies.new_browser()
    g.portal_secret = browser
    answer = _page("portal_sign_in.html", said=said, typed=typed)
    answer.status_code = status
    cookies.keep_browser(answer, browser)
    return answer


def _page(template: str, **values: Any) -> Response:
    return private_page(template, form_token=token(), **values)
