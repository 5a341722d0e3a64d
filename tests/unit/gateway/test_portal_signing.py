"""Signing in to the portal: cookies, tokens of forms, and what a stranger learns."""

import re
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

import pytest
from werkzeug.test import TestResponse

from gateway.access import access_of
from shared.contracts import calls
from shared.contracts.errors import LinkInvalid
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_access import filled
from tests.unit.gateway.test_campaign_pages import strict

SESSION, BROWSER = "__Host-lb_session", "__Host-lb_browser"
HOST = "https://leads.prairieline.example"


@pytest.fixture
def portal(desk: Desk) -> Desk:
    ends_at = desk.clock.now() + timedelta(hours=12)
    desk.rooms.replies |= {
        calls.ASK_TO_SIGN_IN: calls.SignInNoted(minutes=15),
        calls.LOOK_AT_SIGN_IN: calls.SignInState(state="ready"),
        calls.SIGN_IN: calls.SessionBegun(session="a signed session", ends_at=ends_at),
        calls.SIGN_OUT: calls.SignedOut(ended=1),
    }
    return desk


def get(desk: Desk, path: str, **headers: str) -> TestResponse:
    return desk.client.get(path, base_url=HOST, headers={"Accept": "text/html", **headers})


def post(desk: Desk, path: str, data: dict[str, str], **headers: str) -> TestResponse:
    return desk.client.post(path, base_url=HOST, data=data, headers={"Accept": "text/html", **headers})


def token_in(page: TestResponse) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def cookies(answer: TestResponse) -> dict[str, Any]:
    """The cookies that an answer sets, by name."""
    found: dict[str, Any] = {}
    for header in answer.headers.getlist("Set-Cookie"):
        found.update(SimpleCookie(header))
    return found


def asked(desk: Desk) -> list[dict[str, Any]]:
    return [fields for name, fields in desk.rooms.calls if name == "router.ask_to_sign_in"]


def signed_in(desk: Desk) -> None:
    desk.client.set_cookie(SESSION, "a signed session", domain="leads.prairieline.example")


def test_who_asks_gets_a_link_bound_to_their_browser(portal: Desk) -> None:
    page = get(portal, "/portal")
    strict(page.text)
    sent = post(portal, "/portal", {"form_token": token_in(page), "address": " ann@dealer.example "})
    strict(sent.text)
    kept = cookies(page)[BROWSER]

    assert sent.status_code == 200
    assert "ann@dealer.example" in sent.text
    assert asked(portal)[0]["address"] == "ann@dealer.example"
    assert asked(portal)[0]["browser"] not in ("", kept.value)
    assert (kept["httponly"], kept["secure"], kept["samesite"], kept["path"]) == (True, True, "Lax", "/")


def test_the_button_signs_in_and_sets_a_cookie_that_scripts_and_other_sites_do_not_get(portal: Desk) -> None:
    get(portal, "/portal")
    page = get(portal, "/portal/in/abc")
    strict(page.text)
    done = post(portal, "/portal/in/abc", {"form_token": token_in(page)})
    session = cookies(done)[SESSION]

    assert (done.status_code, done.headers["Location"]) == (303, "/portal/leads")
    assert session.value == "a signed session"
    assert (session["httponly"], session["secure"], session["samesite"]) == (True, True, "Lax")
    assert session["max-age"] == str(12 * 3600)
    assert cookies(done)[BROWSER]["max-age"] == "0"


def test_a_session_cookie_that_somebody_planted_is_replaced(portal: Desk) -> None:
    portal.client.set_cookie(SESSION, "planted", domain="leads.prairieline.example")
    get(portal, "/portal?over=1")
    page = get(portal, "/portal/in/abc")
    done = post(portal, "/portal/in/abc", {"form_token": token_in(page)})

    assert cookies(done)[SESSION].value == "a signed session"
    assert "planted" not in str([fields for name, fields in portal.rooms.calls if name == "router.sign_in"])


def test_opening_a_link_asks_the_room_to_look_and_nothing_more(portal: Desk) -> None:
    get(portal, "/portal")
    for _ in range(5):
        get(portal, "/portal/in/abc")
    portal.client.head("/portal/in/abc", base_url=HOST)

    assert {name for name, _ in portal.rooms.calls} == {"router.look_at_sign_in"}


@pytest.mark.parametrize(
    ("state", "status", "told"),
    [("other_browser", 200, "another browser"), ("used", 410, "used already"), ("expired", 410, "is over")],
)
def test_a_link_that_cannot_be_used_says_why_and_offers_a_new_one(
    portal: Desk, state: Any, status: int, told: str
) -> None:
    portal.rooms.replies[calls.LOOK_AT_SIGN_IN] = calls.SignInState(state=state)
    page = get(portal, "/portal/in/abc")

    assert page.status_code == status
    assert told in page.text
    assert 'name="address"' in page.text


def test_a_link_that_ended_between_two_presses_says_so(portal: Desk) -> None:
    get(portal, "/portal")
    page = get(portal, "/portal/in/abc")
    portal.rooms.replies[calls.SIGN_IN] = LinkInvalid("used")
    again = post(portal, "/portal/in/abc", {"form_token": token_in(page)})

    assert again.status_code == 410
    assert SESSION not in cookies(again)


def test_known_and_unknown_addresses_are_answered_alike(portal: Desk) -> None:
    token = token_in(get(portal, "/portal"))
    pages = [
        post(portal, "/portal", {"form_token": token, "address": address}).text.replace(address, "")
        for address in ("ann@dealer.example", "nobody@elsewhere.example")
    ]

    assert pages[0] == pages[1]


def test_what_is_no_address_is_said_beside_the_field_and_kept(portal: Desk) -> None:
    page = post(portal, "/portal", {"form_token": token_in(get(portal, "/portal")), "address": 'ann"><b>'})

    assert page.status_code == 422
    assert "Write an email address" in page.text
    assert 'value="ann&#34;&gt;&lt;b&gt;"' in page.text
    assert asked(portal) == []


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_another_site_cannot_ask_or_sign_in_for_somebody(portal: Desk, headers: dict[str, str]) -> None:
    token = token_in(get(portal, "/portal"))

    for path in ("/portal", "/portal/in/abc"):
        assert post(portal, path, {"form_token": token, "address": "a@b.example"}, **headers).status_code == 403
    assert portal.rooms.calls == []


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
def test_a_form_without_our_token_is_refused(portal: Desk, token: str) -> None:
    get(portal, "/portal")

    for path in ("/portal", "/portal/in/abc"):
        assert post(portal, path, {"form_token": token, "address": "a@b.example"}).status_code == 403


def test_a_token_of_one_browser_is_no_good_in_another(portal: Desk) -> None:
    token = token_in(get(portal, "/portal"))
    portal.client.delete_cookie(BROWSER, domain="leads.prairieline.example")
    get(portal, "/portal")

    assert post(portal, "/portal", {"form_token": token, "address": "a@b.example"}).status_code == 403


def test_a_browser_without_cookies_is_told_so(portal: Desk) -> None:
    page = post(portal, "/portal", {"address": "a@b.example"})

    assert page.status_code == 422
    assert "keeps no cookies" in page.text


def test_who_asks_for_many_links_is_stopped(portal: Desk) -> None:
    token = token_in(get(portal, "/portal"))
    answers = [
        post(portal, "/portal", {"form_token": token, "address": f"a{number}@b.example"}).status_code
        for number in range(12)
    ]

    assert (answers[0], answers[-1]) == (200, 429)
    assert len(asked(portal)) == 10


@pytest.mark.parametrize(("form", "everywhere"), [({}, False), ({"everywhere": "yes"}, True)])
def test_signing_out_ends_the_session_in_the_room_and_the_cookie(
    portal: Desk, form: dict[str, str], everywhere: bool
) -> None:
    from hashlib import sha256
    from hmac import new

    signed_in(portal)
    token = new(b"a signed session", b"portal form", sha256).hexdigest()
    done = post(portal, "/portal/out", {"form_token": token, **form})

    assert done.headers["Location"] == "/portal?out=1"
    assert cookies(done)[SESSION]["max-age"] == "0"
    assert portal.rooms.calls == [("router.sign_out", {"session": "a signed session", "everywhere": everywhere})]


def test_nobody_is_signed_out_by_another_site(portal: Desk) -> None:
    signed_in(portal)

    assert post(portal, "/portal/out", {"form_token": ""}).status_code == 403
    assert portal.rooms.calls == []


def routes(desk: Desk) -> list[tuple[str, str]]:
    """Method and address of everything in the portal that is for signed-in people."""
    app = desk.client.application
    return [
        (method, filled(rule.rule))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if rule.rule.startswith("/portal") and "session" in access_of(app.view_functions[rule.endpoint]).why
    ]


def test_without_a_session_every_page_leads_to_the_sign_in(portal: Desk) -> None:
    found = routes(portal)
    answers = {portal.client.open(path, method=method, base_url=HOST).headers.get("Location") for method, path in found}

    assert ("POST", "/portal/out") in found
    assert answers == {"/portal"}
    assert portal.rooms.calls == []


def test_a_session_that_is_over_leads_to_the_sign_in_and_loses_its_cookie(portal: Desk) -> None:
    signed_in(portal)
    for call in calls.REGISTER.values():
        portal.rooms.replies[call] = LinkInvalid("over")
    for method, path in routes(portal):
        signed_in(portal)
        if method == "POST":
            continue
        answer = portal.client.get(path, base_url=HOST)
        assert answer.headers["Location"] == "/portal?over=1", path
        assert cookies(answer)[SESSION]["max-age"] == "0"


def test_every_form_of_a_signed_in_person_wants_the_token(portal: Desk) -> None:
    for method, path in routes(portal):
        if method == "POST":
            signed_in(portal)
            assert portal.client.post(path, base_url=HOST, data={"form_token": "no"}).status_code == 403, path
    assert portal.rooms.calls == []


def test_who_is_signed_in_goes_on_to_their_leads(portal: Desk) -> None:
    signed_in(portal)

    assert get(portal, "/portal").headers["Location"] == "/portal/leads"


def test_over_plain_http_the_cookie_still_comes(portal: Desk) -> None:
    object.__setattr__(portal.gateway, "public_url", "http://127.0.0.1:8000")
    kept = cookies(get(portal, "/portal"))["lb_browser"]

    assert (kept["secure"], kept["httponly"]) == ("", True)
    assert isinstance(portal.clock.now(), datetime)
