"""The one published set of contacts, with a short address and a QR code for every code of every campaign."""

from urllib.parse import quote, urlencode

import segno
from apiflask import APIBlueprint
from flask import Response, g, redirect, render_template
from markupsafe import Markup

from gateway.access import public, scoped
from gateway.entrypoints import Published
from gateway.problems import Problem
from gateway.state import gateway
from shared.contracts import calls

routes = APIBlueprint("entry_points", __name__)

LONGEST_CODE = 60
#: Fifteen percent of a card may be stained or torn.
CORRECTION = "m"


@routes.get("/c/<code>")
@routes.doc(
    summary="The short address on a card",
    description="Leads to the landing page, and remembers the code: `utm_campaign`.",
)
@public("it is printed on cards")
def follow_code(code: str) -> Response:
    """From a card, a poster or a QR code to the landing page."""
    gateway().limits.check(gateway().entrypoints.limits.form_per_address, "code", g.sender)
    published = _published()
    if not _plausible(code):
        raise Problem(404, "code_unknown", "There is no such code.")
    # Known or not: an unknown code is kept with the inquiry, and whoever forgot to register it can do so later.
    marks = urlencode({"utm_campaign": code, "utm_source": "code"})
    return redirect(f"/forms/{quote(published.form)}?{marks}", 302)  # type: ignore[return-value]


@routes.get("/entry-points")
@routes.doc(hide=True)
@scoped("read", "manage", basic=True)
def page() -> Response:
    """The contacts, and a code and card for every campaign."""
    published = _published()
    campaigns = [
        (campaign, [(code, short_address(code), qr(short_address(code))) for code in campaign.codes])
        for campaign in gateway().rooms.call(calls.CAMPAIGNS).campaigns
    ]
    address = landing_address(published)
    return Response(
        render_template(
            "entry_points.html", published=published, address=address, code=qr(address), campaigns=campaigns
        )
    )


@routes.get("/entry-points/cards/<campaign_id>/<code>")
@routes.doc(hide=True)
@scoped("read", "manage", basic=True)
def card(campaign_id: str, code: str) -> Response:
    """A card to print: the offer, the code, the QR code, and every way to answer."""
    published = _published()
    found = gateway().rooms.call(calls.CAMPAIGN, campaign_id=campaign_id).campaign
    if code not in found.codes:
        raise Problem(404, "code_unknown", "This campaign has no such code.")
    address = short_address(code)
    return Response(
        render_template(
            "card.html", published=published, campaign=found, code=code, address=address, drawing=qr(address)
        )
    )


@routes.get("/entry-points/qr/<code>.svg")
@routes.doc(hide=True)
@scoped("read", "manage", basic=True)
def drawing(code: str) -> Response:
    """The QR code of a code, for the printer."""
    if not _plausible(code):
        raise Problem(404, "code_unknown", "There is no such code.")
    # By itself, a drawing says what its elements are.
    drawn = str(qr(short_address(code))).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    answer = Response(drawn, content_type="image/svg+xml")
    answer.headers["Content-Disposition"] = "attachment; filename=code.svg"
    return answer


def short_address(code: str) -> str:
    """What is printed: as short as it can be, so that the QR code stays coarse."""
    return f"{gateway().public_url}/c/{quote(code, safe='')}"


def landing_address(published: Published) -> str:
    """The company's one address on the web."""
    return published.url or f"{gateway().public_url}/forms/{published.form}"


def qr(address: str) -> Markup:
    """The QR code of an address as an SVG element, dark on white whatever the page is."""
    made = segno.make(address, error=CORRECTION, micro=False)
    return Markup(made.svg_inline(border=4, omitsize=True, dark="#000", light="#fff", svgclass="qr", lineclass=None))


def _published() -> Published:
    published = gateway().entrypoints.published
    if published is None:
        raise Problem(404, "not_published", "The company's file of entry points has no part `published`.")
    return published


def _plausible(code: str) -> bool:
    return 0 < len(code) <= LONGEST_CODE and code.isprintable() and any(map(str.isalnum, code))
