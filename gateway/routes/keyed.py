"""What people key in: reply cards, telephone calls, the contact centre, employees who met somebody."""

from apiflask import APIBlueprint
from flask import Response, render_template, request

from gateway.access import granted_source, scoped
from gateway.answers import ACCEPTED_RESPONSES, accepted
from gateway.entrypoints import Page, PageField
from gateway.formbody import TYPES
from gateway.problems import Problem
from gateway.same_site import check_same_site
from gateway.state import gateway
from gateway.verdicts import verdict
from gateway.wrapping import marked_as_test, take_in

routes = APIBlueprint("keyed", __name__)

#: What is asked where the company's file shows no page for a source.
USUAL_PAGE = Page(
    title="Key an inquiry",
    intro="A reply card, a telephone call, somebody you met.",
    button="Save, and the next",
    fields=(
        PageField("campaign", "Code on the card"),
        PageField("first_name", "First name"),
        PageField("last_name", "Last name"),
        PageField("company", "Company"),
        PageField("email", "Email", "email"),
        PageField("phone", "Phone", "tel"),
        PageField("street", "Street"),
        PageField("city", "City"),
        PageField("state", "State"),
        PageField("zip", "ZIP code"),
        PageField("product", "Product"),
        PageField("message", "What they said", "textarea"),
    ),
)
#: So long a colleague waits for the word that a card was registered.
VERDICT_SECONDS = 2.0


@routes.post("/v1/keyed/<source>")
@routes.doc(
    summary="Send what somebody keyed",
    description="A reply card, a call, a meeting: JSON or a form. As for any inquiry, the answer is a receipt.",
    responses=ACCEPTED_RESPONSES,
    security="key",
)
@scoped("intake")
def send_keyed(source: str) -> Response:
    """Takes a keyed inquiry in from a program, such as a contact centre's."""
    granted = granted_source(source)
    if not request.is_json and request.mimetype not in TYPES:
        raise Problem(415, "not_readable", "Send JSON or a form.")
    receipt_id, _ = take_in("keyed", granted, request.get_data(cache=True), test=marked_as_test())
    return accepted(receipt_id)


@routes.get("/keyed/<source>")
@routes.doc(hide=True)
@scoped("intake", basic=True)
def show_page(source: str) -> Response:
    """Shows the page on which the office keys. The browser asks for a name (any) and a password: an API key."""
    return _page(granted_source(source))


@routes.post("/keyed/<source>")
@routes.doc(hide=True)
@scoped("intake", basic=True)
def key_in(source: str) -> Response:
    """Takes a keyed inquiry in from the page, and shows it again for the next."""
    granted = granted_source(source)
    check_same_site()
    if request.mimetype not in TYPES:
        raise Problem(415, "not_a_form", "Send the form of the page.")
    body = request.get_data(cache=True)
    if not any(value.strip() for value in request.form.values()):
        raise Problem(400, "form_empty", "Nothing was filled in.")
    receipt_id, _ = take_in("keyed", granted, body)
    return _page(granted, receipt_id=receipt_id, found=verdict(receipt_id, VERDICT_SECONDS))


def _page(source: str, **after: object) -> Response:
    page = gateway().entrypoints.keyed.get(source, USUAL_PAGE)
    return Response(render_template("keyed.html", page=page, source=source, **after))
