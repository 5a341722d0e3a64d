"""The portal in a real browser: on a phone and a desk, by keyboard, without scripts, and checked by axe."""

import os
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from shared.contracts import calls
from tests.browser.portal import PortalSite, portal_site, severe, too_wide
from tests.integration.router.conftest import dealer, delivering, router_settings  # noqa: F401
from tests.integration.router.conftest import mail as mail
from tests.integration.router.receivers import MailServer
from tests.played_room import PlayedRoom

HAWKEYE, NORTH = "sales@hawkeye-implement.example", "north-region@prairie-line.example"
PHONE, DESK = {"width": 375, "height": 812}, {"width": 1280, "height": 900}
SIZES = [pytest.param(PHONE, id="375"), pytest.param(DESK, id="1280")]


@pytest.fixture
def site(delivering: PlayedRoom, mail: MailServer, tmp_path: Path) -> Iterator[PortalSite]:  # noqa: F811
    with portal_site(delivering, mail, tmp_path) as opened:
        yield opened


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens a browser that nobody has seen before, without scripts as the portal needs none."""
    opened: list[Any] = []

    def open_page(viewport: dict[str, int] = PHONE, **more: Any) -> Any:
        context = chromium.new_context(viewport=viewport, **more)
        context.set_default_timeout(10_000)
        opened.append(context)
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


def look(page: Any, name: str, viewport: dict[str, int]) -> None:
    """Nobody is kept out, nothing runs off the side; a picture is kept where one is asked for."""
    folder = os.environ.get("LEADBUS_SCREENSHOTS")
    if folder:
        page.screenshot(path=f"{folder}/portal-{name}-{viewport['width']}.png", full_page=True)
    assert severe(page) == []
    assert too_wide(page) <= 0


def filled(site: PortalSite) -> None:
    """A morning at a dealer's: something overdue, something new, something quoted."""
    site.lead(
        person={"name": "Ann Lee", "company": "Lee Farms", "phone": "+15155550177", "email": "ann@leefarms.example"},
        products=["grain-dryer", "feed-mixer"],
        message="We dry 60,000 bushels a year and the old tower is done. What would you put in its place,\n"
        "and can it be up before harvest?",
        answers={"acres": "1200", "timing": "3m", "role": "owner", "currently_owns": "a tower of 1988"},
    )
    site.router.clock.forward(hours=30)
    site.lead(person={"name": "Bob Miller", "company": None, "phone": "+15155550178", "email": None})
    site.router.clock.forward(hours=20)
    site.lead(
        person={"name": "Maximiliane Featherstonehaugh-Schwarzenberger", "company": "Bundesgartenschau Landschaftsbau"},
        products=["zero-turn-mower", "compact-tractor", "spare-parts"],
    )


@pytest.mark.parametrize("viewport", SIZES)
def test_the_sign_in(site: PortalSite, visit: Callable[..., Any], viewport: dict[str, int]) -> None:
    page = visit(viewport)
    page.goto(f"{site.url}/portal")
    look(page, "sign-in", viewport)
    page.get_by_label("Your email address").fill(HAWKEYE)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Look into your mailbox").wait_for()
    look(page, "asked", viewport)
    link = site.mailed(HAWKEYE)

    elsewhere = visit(viewport)
    elsewhere.goto(link)
    assert "asked for in another browser" in elsewhere.content()
    look(elsewhere, "other-browser", viewport)

    page.goto(link)
    look(page, "in", viewport)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/portal/leads")
    page.goto(link)
    assert "used already" in page.content()


@pytest.mark.parametrize("viewport", SIZES)
def test_my_leads(site: PortalSite, visit: Callable[..., Any], viewport: dict[str, int]) -> None:
    filled(site)
    page = visit(viewport)
    site.sign_in(page, HAWKEYE)
    look(page, "leads", viewport)

    names = page.locator(".lead h3").all_inner_texts()
    assert names[:2] == ["Ann Lee", "Bob Miller"]
    assert "Overdue:" in page.locator(".lead").first.inner_text()
    assert page.get_by_role("link", name="Call (515) 555-0177 (Ann Lee)").get_attribute("href") == ("tel:+15155550177")
    page.get_by_text("Find and filter").click()
    page.get_by_label("Name, company, phone, town").fill("lee farms")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**text=lee*")
    assert page.locator(".lead h3").all_inner_texts() == ["Ann Lee"]
    look(page, "leads-found", viewport)
    page.get_by_label("Name, company, phone, town").fill("nobody at all")
    page.keyboard.press("Enter")
    page.get_by_text("No lead is like this.").wait_for()
    look(page, "leads-none", viewport)


@pytest.mark.parametrize("viewport", SIZES)
def test_a_lead_from_new_to_sold_with_one_tap_each(
    site: PortalSite, visit: Callable[..., Any], viewport: dict[str, int]
) -> None:
    filled(site)
    page = visit(viewport, java_script_enabled=False)
    site.sign_in(page, HAWKEYE)
    page.get_by_role("link", name="Ann Lee", exact=True).click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("The lead is accepted.").wait_for()
    page.get_by_role("button", name="Contacted", exact=True).click()
    page.get_by_text("Noted: you reached the prospect.").wait_for()

    page.locator("#quoted-amount").fill("a lot")
    page.get_by_role("button", name="Quoted").click()
    page.locator("#quoted-amount-wrong").wait_for()
    assert page.locator("#quoted-amount").input_value() == "a lot"
    assert page.locator("#quoted-amount").get_attribute("aria-invalid") == "true"
    assert "Not an amount" in page.locator("#quoted-amount-wrong").inner_text()
    assert page.title().startswith("Error: ")

    page.locator("#quoted-amount").fill("48,500")
    page.get_by_role("button", name="Quoted").click()
    page.get_by_text("Noted: your quote.").wait_for()
    page.get_by_role("button", name="Sold").click()
    page.get_by_text("Sold. Congratulations!").wait_for()
    page.go_back()
    history = page.locator(".history").inner_text()
    assert "48,500 USD" in history
    page.goto(f"{site.url}/portal/leads?shelf=closed")
    assert page.locator(".lead h3").all_inner_texts() == ["Ann Lee"]


@pytest.mark.parametrize("viewport", SIZES)
def test_a_lead_reads_well_at_each_step(site: PortalSite, visit: Callable[..., Any], viewport: dict[str, int]) -> None:
    filled(site)
    page = visit(viewport)
    site.sign_in(page, HAWKEYE)
    page.get_by_role("link", name="Ann Lee", exact=True).click()
    page.get_by_role("heading", name="Ann Lee").wait_for()
    look(page, "lead-new", viewport)
    page.get_by_role("button", name="Accept").click()
    page.get_by_text("The lead is accepted.").wait_for()
    page.locator("summary", has_text="Decline").click()
    page.locator("#decline-reason").wait_for()
    look(page, "lead-accepted", viewport)
    page.get_by_role("button", name="Contacted", exact=True).click()
    page.get_by_text("Noted: you reached the prospect.").wait_for()
    page.locator("#quoted-amount").fill("a lot")
    page.get_by_role("button", name="Quoted").click()
    page.locator("#quoted-amount-wrong").wait_for()
    look(page, "lead-wrong", viewport)
    page.locator("#quoted-amount").fill("485000")
    page.get_by_role("button", name="Quoted").click()
    page.get_by_text("Noted: your quote.").wait_for()
    page.locator("summary", has_text="Correct the last entry").click()
    page.locator("#correct-to").select_option("quoted")
    page.locator("#correct-amount").fill("48500")
    page.get_by_role("button", name="Correct the last entry").click()
    page.get_by_text("Corrected. Both entries are kept.").wait_for()
    look(page, "lead-quoted", viewport)


def test_everything_is_reached_by_keyboard(site: PortalSite, visit: Callable[..., Any]) -> None:
    filled(site)
    page = visit(DESK)
    site.sign_in(page, HAWKEYE)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator(":focus").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert "overdue" in page.evaluate("document.activeElement.textContent")

    page.get_by_role("link", name="Bob Miller", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/portal/leads/[0-9a-f-]{36}"))
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Accept":
            break
    page.keyboard.press("Enter")
    page.get_by_text("The lead is accepted.").wait_for()


def test_each_page_has_landmarks_one_heading_and_labels(site: PortalSite, visit: Callable[..., Any]) -> None:
    filled(site)
    page = visit(DESK)
    site.sign_in(page, HAWKEYE)
    page.get_by_role("link", name="Ann Lee", exact=True).click()
    page.get_by_role("heading", name="Ann Lee").wait_for()

    for address in (f"{site.url}/portal/leads", page.url):
        page.goto(address)
        assert [page.get_by_role(role).count() for role in ("banner", "main", "contentinfo")] == [1, 1, 1]
        assert page.locator("h1").count() == 1
        levels = [
            int(tag[1]) for tag in page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => h.tagName)")
        ]
        assert all(after <= before + 1 for before, after in pairwise(levels)), levels
        bare = page.evaluate(
            "[...document.querySelectorAll('input:not([type=hidden]),select,textarea')]"
            ".filter(field => !field.labels.length).length"
        )
        assert bare == 0


def test_signing_out_everywhere_ends_the_other_browser_too(site: PortalSite, visit: Callable[..., Any]) -> None:
    here, there = visit(PHONE), visit(DESK)
    site.sign_in(here, HAWKEYE)
    site.sign_in(there, HAWKEYE)
    here.get_by_role("button", name="Sign out everywhere").click()
    here.get_by_text("You are signed out.").wait_for()
    there.reload()

    assert "You were signed out" in there.content()
    assert there.context.cookies() == [] or all(one["name"] != "lb_session" for one in there.context.cookies())


def test_in_the_dark_everything_can_be_read_too(site: PortalSite, visit: Callable[..., Any]) -> None:
    filled(site)
    site.rooms.others[calls.OWNERS] = calls.OwnersReply(month="2026-11", currency="USD", owners=[])
    page = visit(DESK, color_scheme="dark")
    page.goto(f"{site.url}/portal?out=1")
    assert severe(page) == []
    site.sign_in(page, HAWKEYE)
    look(page, "dark-leads", DESK)
    page.get_by_role("link", name="Ann Lee", exact=True).click()
    page.get_by_role("heading", name="Ann Lee").wait_for()
    look(page, "dark-lead", DESK)
    page.get_by_role("link", name="My numbers").click()
    page.get_by_role("heading", name="My numbers").wait_for()
    assert severe(page) == []
