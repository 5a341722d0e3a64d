"""Owners and their managers in the portal: all their leads in one place, what helps, what they say, how they do."""

from decimal import Decimal
from pathlib import Path

import pytest

from services.router.company_material import read_material
from services.router.domain.material import material_for
from services.router.domain.rules import Rules
from services.router.usecases import portal_lead
from services.router.usecases.portal_signing import Seals
from shared.contracts.calls import PortalLeadRequest
from tests.integration.router.portal import Portal
from tests.integration.router.receivers import MailServer, perform
from tests.integration.router.test_portal_lead import opened, says
from tests.integration.router.test_portal_leads import CEDAR, HAWKEYE, NORTH, a_lead, seen
from tests.integration.router.test_portal_region import given_on, numbers, region, results
from tests.played_room import PlayedRoom

COMPANY = Path(__file__).parents[3] / "deploy" / "company"


@pytest.fixture
def portal(delivering: PlayedRoom, rules: Rules, mail: MailServer) -> Portal:
    seals = Seals("a secret of at least thirty-two characters", "https://leads.prairie-line.example")
    return Portal(delivering, rules, mail, seals)


@pytest.mark.requirement("RTE-9", "FBK-9")
def test_an_owner_sees_all_of_their_leads_in_one_place_as_they_stand_now(portal: Portal) -> None:
    leads = [a_lead(portal, products=[product]).lead_id for product in ("compact-tractor", "zero-turn-mower")]
    a_lead(portal, "50613")
    session = portal.session(HAWKEYE)
    before = {line.lead_id: line.status for line in seen(portal, session).leads}
    says(portal, session, leads[0], "contacted", note="likes it")
    after = {line.lead_id: line.status for line in seen(portal, session).leads}

    assert before == dict.fromkeys(leads, "assigned")
    assert after == {leads[0]: "contacted", leads[1]: "assigned"}


@pytest.mark.requirement("RTE-14")
def test_the_lead_comes_with_what_helps_at_its_step(portal: Portal) -> None:
    lead = a_lead(portal, products=["compact-tractor"])
    session = portal.session(HAWKEYE)

    def helps() -> set[str]:
        with portal.router.uow.begin() as tx:
            request = PortalLeadRequest(session=session, lead_id=lead.lead_id)
            found = portal_lead.show_lead(
                tx, request, rules=portal.rules, seals=portal.seals, materials=read_material(COMPANY)
            )
        return {one.title for one in found.material}

    new = helps()
    says(portal, session, lead.lead_id, "quoted", amount="31000")

    assert "The first call in five questions" in new
    assert {"Financing, 0 % for 48 months", "When they say that it costs too much"} <= helps()
    assert "The first call in five questions" not in helps()


@pytest.mark.requirement("RTE-14")
def test_every_step_of_every_product_has_something_that_helps() -> None:
    known = read_material(COMPANY)

    for product in ("compact-tractor", "zero-turn-mower", "grain-dryer", "feed-mixer", "spare-parts"):
        for status in ("assigned", "accepted", "contacted", "appointment", "quoted", "won"):
            assert material_for(known, status, [product]), (product, status)


@pytest.mark.requirement("FBK-4", "FBK-10")
def test_one_tap_tells_how_it_stands_and_what_keeps_them(portal: Portal) -> None:
    lead = a_lead(portal).lead_id
    session = portal.session(HAWKEYE)
    offered = {one.action: one for one in opened(portal, session, lead).actions}
    says(portal, session, lead, "accept")
    says(portal, session, lead, "blocked", reason=offered["blocked"].choices["reason"][0], note="no demo machine")
    found = opened(portal, session, lead)

    assert [name for name, one in offered.items() if not any(ask.endswith("*") for ask in one.asks)][:3] == [
        "accept", "contacted", "appointment"
    ]  # fmt: skip
    assert found.status == "accepted"
    assert found.blocked is not None
    assert "no demo machine" in found.blocked
    assert opened(portal, portal.session(NORTH), lead).blocked == found.blocked


@pytest.mark.requirement("FBK-7", "ACC-5")
def test_a_manager_goes_through_their_owners_and_sees_who_lets_leads_wait(portal: Portal) -> None:
    a_lead(portal)
    worked = a_lead(portal, "50613").lead_id
    says(portal, portal.session(CEDAR), worked, "contacted")
    portal.router.clock.forward(hours=49)
    first, *others = region(portal, NORTH)

    assert (first.owner.owner_id, first.overdue, first.open) == ("hawkeye-implement", 1, 1)
    assert [(one.overdue, one.open) for one in others if one.owner.owner_id == "cedar-valley-tractor"] == [(0, 1)]
    assert numbers(portal, NORTH, "hawkeye-implement").mine.hours_to_contact is None


@pytest.mark.requirement("ACC-4", "OWN-4")
def test_a_manager_gives_a_waiting_lead_to_somebody_else_at_once(portal: Portal) -> None:
    lead = a_lead(portal).lead_id
    given_on(portal, NORTH, lead, to="cedar-valley-tractor", because="Hawkeye is on holiday")
    perform(portal.router)
    found = opened(portal, portal.session(CEDAR), lead)

    assert seen(portal, portal.session(HAWKEYE)).leads == []
    assert [one.what for one in found.sent] == ["lead"]
    assert found.history[0].what == "given_manual"


@pytest.mark.requirement("FBK-11")
def test_an_owner_sees_what_their_work_brings_them(portal: Portal) -> None:
    results(
        portal,
        cedar_valley_tractor={"ended": 10, "won": 2, "contacts": 4, "hours": 60},
        loess_hills_equipment={"ended": 10, "won": 2, "contacts": 4, "hours": 80},
        river_bend_tractor={"ended": 10, "won": 2, "contacts": 4, "hours": 100},
    )
    lead = a_lead(portal).lead_id
    portal.router.clock.forward(hours=3)
    says(portal, portal.session(HAWKEYE), lead, "contacted")
    says(portal, portal.session(HAWKEYE), lead, "won", amount="48000")
    found = numbers(portal, HAWKEYE)

    assert (found.sold, found.mine.hours_to_contact, found.mine.close_rate) == (Decimal(48000), 3, 1)
    assert found.group is not None
    assert (found.group.hours_to_contact, found.group.close_rate) == (20, 0.2)
