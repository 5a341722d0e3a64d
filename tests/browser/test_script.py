"""The tracking script in a real browser: what it tells, what it keeps to itself, and who it turns out to have been."""

import json
from typing import Any

import pytest

from shared.contracts.capture import ActivityRecorded, LeadRegistered
from shared.room import RawInquiry
from tests.browser.conftest import World
from tests.integration.capture.desk import FrontDesk, only


def _events(taken: list[RawInquiry]) -> list[dict[str, Any]]:
    bodies = [json.loads(one.body) for one in taken if one.intake.dialect == "activity"]
    return [event for body in bodies for event in body["events"]]


def _kinds(taken: list[RawInquiry]) -> list[str]:
    return [event["kind"] for event in _events(taken)]


def _kept(page: Any) -> Any:
    return page.evaluate("localStorage.length")


@pytest.mark.requirement("DIG-1", "DIG-4", "DUP-3", "CAP-16")
def test_anonymous_visits_are_the_person_s_who_sends_the_form(world: World, page: Any, desk: FrontDesk) -> None:
    page.goto(f"{world.site}/dryers.html?utm_source=google&utm_campaign=gs-dryers-2026&gclid=g-1&email=x%40y.example")
    page.click("#sum button")
    world.wait_for(lambda taken: {"page", "calculator"} <= set(_kinds(taken)))
    page.click("#contact")
    page.wait_for_url("**/contact.html")
    page.click("#ask button")
    page.wait_for_url("**/forms/contact")
    taken = world.wait_for(lambda taken: "form" in {one.intake.dialect for one in taken} and len(_events(taken)) >= 3)
    for one in taken:
        desk.receive(one)

    recorded = {(one.kind, one.what): one for one in desk.published(ActivityRecorded)}
    assert set(recorded) == {("page", "/dryers.html"), ("calculator", "drying-cost"), ("page", "/contact.html")}
    response = only(desk.published(LeadRegistered)).response
    assert {one.person_id for one in recorded.values()} == {desk.published(LeadRegistered)[0].person_id}
    assert {one.verdict for one in recorded.values()} == {"human"}
    assert recorded["calculator", "drying-cost"].details == {"bushels": "9000"}
    assert (response.attribution["gclid"], response.attribution["first_utm_source"]) == ("g-1", "google")
    assert response.campaign == "google-search-dryers"
    assert b"x@y.example" not in b"".join(one.body for one in taken)
    assert b"x%40y.example" not in b"".join(one.body for one in taken)


@pytest.mark.parametrize("signal", ["globalPrivacyControl = true", 'doNotTrack = "1"'])
def test_who_is_not_to_be_tracked_leaves_nothing_anywhere(world: World, page: Any, signal: str) -> None:
    name, value = signal.split(" = ")
    page.add_init_script(f"Object.defineProperty(navigator, '{name}', {{get: () => {value}}})")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{world.site}/dryers.html?gclid=g-1")
    page.wait_for_function("window.leadbus")
    page.evaluate("leadbus.track('test'); leadbus.consent(true)")
    page.click("#sum button")
    page.click("#ask button")
    taken = world.wait_for(lambda taken: len(taken) > 0)

    assert [one.intake.dialect for one in taken] == ["form"]
    assert b"lb_visitor" not in taken[0].body
    assert not [url for url in asked if "/t?" in url]
    page.goto(f"{world.site}/mowers.html")
    assert _kept(page) == 0


def test_before_consent_nothing_is_sent_and_nothing_kept(world: World, page: Any) -> None:
    world.consent("required")
    page.goto(f"{world.site}/dryers.html")
    page.wait_for_function("window.leadbus")
    page.click("#sum button")
    page.click("#contact")
    page.wait_for_url("**/contact.html")
    page.wait_for_function("window.leadbus")
    assert (world.taken(), _kept(page)) == ([], 0)

    page.evaluate("leadbus.consent(true)")
    taken = world.wait_for(lambda taken: len(taken) > 0)
    assert [(event["kind"], event["url"]) for event in _events(taken)] == [("page", f"{world.site}/contact.html")]
    assert _kept(page) == 1

    page.reload()
    world.wait_for(lambda taken: len(_events(taken)) == 2)
    page.evaluate("leadbus.consent(false)")
    assert _kept(page) == 0


def test_an_anonymous_site_counts_and_knows_nobody_again(world: World, page: Any) -> None:
    world.consent("anonymous")
    page.goto(f"{world.site}/dryers.html?gclid=g-1")
    taken = world.wait_for(lambda taken: len(taken) > 0)

    body = json.loads(taken[0].body)
    assert "visitor" not in body
    assert body["events"][0]["url"].endswith("/dryers.html?gclid=g-1")
    assert _kept(page) == 0


def test_downloads_are_told_by_the_link_or_by_the_script(world: World, page: Any) -> None:
    page.goto(f"{world.site}/dryers.html")
    page.wait_for_function("window.leadbus && leadbus.visitor()")
    page.evaluate("document.querySelector('#guide').addEventListener('click', (event) => event.preventDefault())")
    page.click("#guide")
    world.wait_for(lambda taken: "download" in _kinds(taken))
    visitor = page.evaluate("leadbus.visitor()")
    page.evaluate("document.querySelector('#link').target = '_blank'")
    page.click("#link")
    taken = world.wait_for(lambda taken: len([kind for kind in _kinds(taken) if kind == "download"]) == 2)

    by_script, by_link = (event for event in _events(taken) if event["kind"] == "download")
    assert (by_script["what"], by_script["title"]) == ("/files/guide.pdf", "The guide")
    assert (by_link["what"], by_link["visitor"]) == ("guide", visitor)


def test_a_page_that_changes_without_loading_is_a_page(world: World, page: Any) -> None:
    page.goto(f"{world.site}/dryers.html")
    page.wait_for_function("window.leadbus")
    page.evaluate("history.pushState({}, '', '/dryers/gd-500')")
    taken = world.wait_for(lambda taken: len(_events(taken)) == 2)

    assert [event["url"] for event in _events(taken)] == [f"{world.site}/dryers.html", f"{world.site}/dryers/gd-500"]


def test_the_token_of_a_mail_is_sent_and_leaves_the_address(world: World, page: Any) -> None:
    page.goto(f"{world.site}/dryers.html?lb_p=a-token&size=9")
    taken = world.wait_for(lambda taken: len(taken) > 0)

    assert json.loads(taken[0].body)["token"] == "a-token"
    assert page.url == f"{world.site}/dryers.html?size=9"


def test_a_browser_without_disguise_is_seen_to_be_driven(world: World, chromium: Any, desk: FrontDesk) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(f"{world.site}/dryers.html")
    desk.receive(*world.wait_for(lambda taken: len(taken) > 0))
    context.close()

    from services.capture.models import Activity

    assert [row["verdict"] for row in desk.rows(Activity)] == ["bot"]


def test_what_cannot_be_sent_now_is_sent_later_once(world: World, page: Any) -> None:
    page.add_init_script("navigator.sendBeacon = undefined")
    page.goto(f"{world.site}/dryers.html")
    world.wait_for(lambda taken: len(taken) == 1)
    page.context.set_offline(True)
    page.evaluate("leadbus.track('while away')")
    page.wait_for_timeout(1500)
    page.context.set_offline(False)
    page.evaluate("leadbus.track('back again')")
    taken = world.wait_for(lambda taken: len(_events(taken)) == 3)

    assert [event.get("what") for event in _events(taken)][1:] == ["while away", "back again"]
