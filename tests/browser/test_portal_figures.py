"""Numbers and regions in the portal, in a real browser: read on a phone and a desk, and acted upon."""
# ruff: noqa: F811 - fixtures of the other file about the portal are named like arguments here

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from services.router.models import OwnerRow
from shared.contracts import calls
from tests.browser.portal import PortalSite
from tests.browser.test_portal import (  # noqa: F401
    HAWKEYE,
    NORTH,
    PHONE,
    SIZES,
    dealer,
    delivering,
    filled,
    look,
    mail,
    router_settings,
    site,
    visit,
)

GOAL = calls.GoalProgress(
    goal="prompt", because="a lead that hears from its dealer in time buys there", measure="in_time",
    at_least=Decimal("0.9"), reached=Decimal("0.94"), met=True, reward=Decimal(150),
)  # fmt: skip
TALKS = calls.GoalProgress(
    goal="in-talks", because="who sits down with three prospects sells to one", measure="appointments",
    at_least=Decimal(3), reached=Decimal(1), met=False, reward=Decimal(75),
)  # fmt: skip


def record(owner_id: str, share: float, **over: Any) -> calls.OwnerRecord:
    values: dict[str, Any] = {
        "owner_id": owner_id, "name": owner_id, "duties": 20, "in_time": int(20 * share), "late": 1, "missed": 1,
        "share_in_time": share, "answers": 10, "share_complete": 0.9, "did": {}, "goals": [], "earned": Decimal(0),
    }  # fmt: skip
    return calls.OwnerRecord(**(values | over))


def half_a_year(site: PortalSite) -> None:
    """Figures of Hawkeye and of four others in Iowa."""
    others = ["cedar-valley-tractor", "loess-hills-equipment", "river-bend-tractor", "southern-iowa-farm"]
    with site.router.uow.begin() as tx:
        for place, name in enumerate(["hawkeye-implement", *others]):
            months = {
                f"2026-{month:02}": {
                    "ended": 8 + place, "won": 2 + (month + place) % 3, "contacts": 5, "hours": 40 + 12 * place + month
                }
                for month in range(6, 12)
            }  # fmt: skip
            row = tx.get(OwnerRow, name)
            if row is None:
                row = tx.add(OwnerRow(owner_id=name, given={}, open=0, paused=False, results={}))
            row.results = months
    owners = [record("hawkeye-implement", 0.94, goals=[GOAL, TALKS], earned=Decimal(150))]
    owners += [record(name, share) for name, share in zip(others, (0.5, 0.7, 0.9, 0.8), strict=True)]
    site.rooms.others[calls.OWNERS] = calls.OwnersReply(month="2026-11", currency="USD", owners=owners)


@pytest.mark.parametrize("viewport", SIZES)
def test_my_numbers_against_the_group(
    site: PortalSite,
    visit: Callable[..., Any],
    viewport: dict[str, int],
) -> None:
    half_a_year(site)
    page = visit(viewport)
    site.sign_in(page, HAWKEYE)
    page.get_by_role("link", name="My numbers").click()
    page.get_by_role("heading", name="Against the other dealers in Iowa").wait_for()
    look(page, "numbers", viewport)

    text = page.locator("main").inner_text()
    assert "150 USD" in text
    assert "You: 94 %" in text
    assert "Group: 75 %" in text
    assert not any(name in text for name in ("Cedar", "Loess", "River Bend", "Southern"))
    described = page.locator(".pairbar").first.get_attribute("aria-label")
    assert described is not None
    assert described.startswith("Time to first contact: you ")
    page.locator("summary", has_text="As a table").first.click()
    assert page.get_by_role("columnheader", name="Your group").count() >= 1
    assert page.get_by_role("row").count() >= 7

    page.get_by_role("button", name="Pause new leads").click()
    page.get_by_text("New leads go to others now.").wait_for()
    page.get_by_role("button", name="Take new leads again").click()
    page.get_by_text("New leads come again.").wait_for()


@pytest.mark.parametrize("viewport", SIZES)
def test_a_manager_sees_who_is_behind_and_gives_leads_on(
    site: PortalSite,
    visit: Callable[..., Any],
    viewport: dict[str, int],
) -> None:
    filled(site)
    half_a_year(site)
    page = visit(viewport)
    site.sign_in(page, NORTH)
    page.get_by_role("heading", name="My region").wait_for()
    assert "Hawkeye Implement" in page.locator(".owners li").first.inner_text()
    look(page, "region", viewport)

    page.get_by_role("link", name="Hawkeye Implement", exact=True).click()
    page.get_by_role("heading", name="Leads of Hawkeye Implement").wait_for()
    look(page, "region-leads", viewport)
    page.get_by_label("Choose Ann Lee").check()
    page.get_by_label("Choose Bob Miller").check()
    page.get_by_label("To", exact=True).select_option(label="Cedar Valley Tractor, Iowa")
    page.get_by_label("Why").fill("   ")
    page.get_by_role("button", name="Give").click()
    page.get_by_text("2 leads are chosen.").wait_for()
    look(page, "give-wrong", viewport)
    page.get_by_label("Why").fill("On holiday until Monday")
    page.get_by_role("button", name="Give").click()
    page.get_by_text("2 given to somebody else.").wait_for()
    assert page.get_by_role("link", name="Ann Lee", exact=True).count() == 0

    page.goto(f"{site.url}/portal/leads?owner=cedar-valley-tractor")
    page.get_by_role("link", name="Ann Lee", exact=True).click()
    page.get_by_text("by a manager").wait_for()
    look(page, "region-lead", viewport)
    assert page.get_by_role("button", name="Accept").count() == 0


def test_without_analytics_the_page_still_stands(site: PortalSite, visit: Callable[..., Any]) -> None:
    from shared.messaging.rpc_client import RoomAway

    half_a_year(site)
    site.rooms.others[calls.OWNERS] = RoomAway("analytics")
    page = visit(PHONE)
    site.sign_in(page, HAWKEYE)
    page.get_by_role("link", name="My numbers").click()

    page.get_by_text("cannot be told just now").wait_for()
    assert "Time to first contact" in page.content()
