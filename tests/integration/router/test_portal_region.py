"""What managers see and do in the portal, and the figures of owners against their group."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from services.router.domain.rules import Rules
from services.router.models import OwnerRow
from services.router.usecases import portal_numbers, portal_region
from services.router.usecases.portal_signing import Seals
from shared.contracts import calls
from shared.contracts.errors import ContractViolation, NotFound
from tests.integration.router.portal import Portal
from tests.integration.router.receivers import MailServer
from tests.integration.router.test_portal_lead import opened, says
from tests.integration.router.test_portal_leads import CEDAR, HAWKEYE, NORTH, SOUTH, a_lead, seen
from tests.integration.router.told import owner_id
from tests.played_room import PlayedRoom


@pytest.fixture
def portal(delivering: PlayedRoom, rules: Rules, mail: MailServer) -> Portal:
    seals = Seals("a secret of at least thirty-two characters", "https://leads.prairie-line.example")
    return Portal(delivering, rules, mail, seals)


def region(portal: Portal, address: str) -> list[calls.PortalOwnerLine]:
    session = portal.session(address)
    with portal.router.uow.begin() as tx:
        return portal_region.my_region(tx, session, rules=portal.rules, seals=portal.seals).owners


def given_on(portal: Portal, address: str, *lead_ids: Any, to: str | None, because: str = "holidays") -> Any:
    session = portal.session(address)
    with portal.router.uow.begin() as tx:
        request = calls.PortalReassign(session=session, lead_ids=list(lead_ids), to=to, because=because)
        return portal_region.give_on(tx, request, rules=portal.rules, seals=portal.seals)


def numbers(portal: Portal, address: str, owner: str | None = None) -> calls.PortalNumbersReply:
    session = portal.session(address)
    with portal.router.uow.begin() as tx:
        request = calls.PortalNumbersRequest(session=session, owner=owner)
        return portal_numbers.my_numbers(tx, request, rules=portal.rules, seals=portal.seals)


def paused(portal: Portal, address: str, owner: str, paused: bool) -> None:
    session = portal.session(address)
    with portal.router.uow.begin() as tx:
        request = calls.PortalPause(session=session, owner=owner, paused=paused)
        portal_region.pause_owner(tx, request, rules=portal.rules, seals=portal.seals)


def results(portal: Portal, **by_owner: dict[str, float]) -> None:
    """How some owners did this month."""
    with portal.router.uow.begin() as tx:
        for name, found in by_owner.items():
            tx.add(
                OwnerRow(owner_id=name.replace("_", "-"), given={}, open=0, paused=False, results={"2026-03": found})
            )


def test_a_manager_sees_their_owners_and_who_has_most_overdue_first(portal: Portal) -> None:
    a_lead(portal, "50613")
    for _ in range(2):
        a_lead(portal)
    portal.router.clock.forward(hours=49)
    found = region(portal, NORTH)

    assert [(one.owner.owner_id, one.open, one.overdue) for one in found[:2]] == [
        ("hawkeye-implement", 2, 2), ("cedar-valley-tractor", 1, 1)
    ]  # fmt: skip
    assert {one.owner.owner_id for one in found} == {
        owner.owner_id for owner in portal.rules.owners.values() if owner.manager_email == NORTH
    }
    with pytest.raises(NotFound):
        region(portal, HAWKEYE)


def test_it_shows_who_lets_leads_lapse(portal: Portal) -> None:
    a_lead(portal)
    portal.router.pass_days(3)

    assert {one.owner.owner_id: one.lapsed for one in region(portal, NORTH)}["hawkeye-implement"] == 1
    portal.router.clock.forward(days=91)
    assert {one.owner.owner_id: one.lapsed for one in region(portal, NORTH)}["hawkeye-implement"] == 0


def test_a_manager_gives_leads_to_another_of_their_owners(portal: Portal) -> None:
    leads = [a_lead(portal).lead_id for _ in range(3)]
    done = given_on(portal, NORTH, *leads[:2], to="cedar-valley-tractor")

    assert (done.done, done.refused) == (2, 0)
    assert [owner_id(portal.router, lead) for lead in leads] == ["cedar-valley-tractor"] * 2 + ["hawkeye-implement"]
    assert len(seen(portal, portal.session(CEDAR)).leads) == 2
    event = opened(portal, portal.session(NORTH), leads[0]).history[0]
    assert (event.what, event.by, event.fields["because"]) == ("given_manual", NORTH, "holidays")
    assert opened(portal, portal.session(CEDAR), leads[0]).history[0].by is None


def test_nobody_gives_on_what_is_not_theirs_or_to_whom_they_do_not_manage(portal: Portal) -> None:
    lead = a_lead(portal).lead_id
    for address, to in ((SOUTH, None), (NORTH, "prairie-state-implement"), (HAWKEYE, None), (NORTH, "nobody")):
        with pytest.raises(NotFound):
            given_on(portal, address, lead, to=to)
    with pytest.raises(NotFound):
        given_on(portal, NORTH, lead, uuid4(), to="cedar-valley-tractor")
    for leads, because in (([lead], " "), ([], "holidays")):
        with pytest.raises(ContractViolation):
            given_on(portal, NORTH, *leads, to=None, because=because)

    assert owner_id(portal.router, lead) == "hawkeye-implement"


def test_a_closed_lead_stays_and_the_page_says_why(portal: Portal) -> None:
    lead = a_lead(portal).lead_id
    says(portal, portal.session(HAWKEYE), lead, "won", amount="1")
    done = given_on(portal, NORTH, lead, to="cedar-valley-tractor")

    assert (done.done, done.refused) == (0, 1)
    assert done.because


def test_a_manager_pauses_an_owner_and_a_neighbour_does_not(portal: Portal) -> None:
    paused(portal, NORTH, "hawkeye-implement", True)
    assert {one.owner.owner_id: one.paused for one in region(portal, NORTH)}["hawkeye-implement"]
    for address in (CEDAR, SOUTH):
        with pytest.raises(NotFound):
            paused(portal, address, "hawkeye-implement", False)
    paused(portal, HAWKEYE, "hawkeye-implement", False)

    assert not {one.owner.owner_id: one.paused for one in region(portal, NORTH)}["hawkeye-implement"]


def test_an_owner_reads_their_figures_against_the_middle_of_their_group(portal: Portal) -> None:
    results(
        portal,
        hawkeye_implement={"ended": 4, "won": 1, "contacts": 2, "hours": 20},
        cedar_valley_tractor={"ended": 10, "won": 5, "contacts": 1, "hours": 2},
        loess_hills_equipment={"ended": 10, "won": 3, "contacts": 1, "hours": 6},
        river_bend_tractor={"ended": 10, "won": 1, "contacts": 1, "hours": 90},
    )
    found = numbers(portal, HAWKEYE)

    assert (found.mine.hours_to_contact, found.mine.close_rate) == (10, 0.25)
    assert found.group is not None
    assert (found.group.hours_to_contact, found.group.close_rate) == (6, 0.3)
    assert [month.month for month in found.months] == ["2026-03"]
    assert "Cedar" not in found.group_name
    assert "hawkeye-implement" not in found.group_owners


def test_a_group_of_few_tells_nothing(portal: Portal) -> None:
    results(
        portal,
        hawkeye_implement={"ended": 4, "won": 1, "contacts": 2, "hours": 20},
        cedar_valley_tractor={"ended": 10, "won": 5, "contacts": 1, "hours": 2},
        loess_hills_equipment={"ended": 10, "won": 3, "contacts": 1, "hours": 6},
    )

    assert numbers(portal, HAWKEYE).group is None
    assert numbers(portal, HAWKEYE).months[0].group == calls.PortalFigures()


def test_sales_are_summed_as_they_were_corrected(portal: Portal) -> None:
    for amount in ("12000", "30000"):
        says(portal, portal.session(HAWKEYE), a_lead(portal).lead_id, "won", amount=amount)
    wrong = a_lead(portal).lead_id
    says(portal, portal.session(HAWKEYE), wrong, "won", amount="90000")
    says(portal, portal.session(HAWKEYE), wrong, "correct", to="won", amount="9000")

    assert numbers(portal, HAWKEYE).sold == Decimal(51000)
    assert numbers(portal, CEDAR).sold == 0


def test_figures_are_for_the_owner_and_their_manager(portal: Portal) -> None:
    assert numbers(portal, NORTH, "hawkeye-implement").owner.name == "Hawkeye Implement"
    for address, owner in ((CEDAR, "hawkeye-implement"), (SOUTH, "hawkeye-implement"), (NORTH, None)):
        with pytest.raises(NotFound):
            numbers(portal, address, owner)
