"""What a sales organisation is promised of owners, of choosing among them, and of clocks."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.router import service
from services.router.models import Charge, Share
from services.router.usecases import reassigning, staffing
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.calls import StaffingRequest
from tests.company_folder import edited_company
from tests.integration.router.told import (
    assignments,
    lead_in,
    lead_row,
    owner_id,
    press,
    qualified,
    token,
    without_duty,
)
from tests.played_room import PlayedRoom

#: Growth markets have their own desk; large dryers in Iowa theirs; one area is shared and has a price.
RULES = """  # Whoever they are and wherever: their own desk
  - {id: growth, country: US, states: [NE], postcodes: ["680"], when: '"growth-plains" in overlays',
     owners: [national-desk]}
  - {id: big-dryers, country: US, states: [IA], postcodes: ["50010"], products: [grain-dryer],
     when: potential_value >= 50000, owners: [national-desk]}
"""
SHARED = "owners: [champaign-grain, mclean-county-implement], share: 2, price: {hot: 60}}"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return edited_company(
        tmp_path,
        ("territories.yml", "  # Whoever they are and wherever: their own desk\n", RULES),
        ("territories.yml", "owners: [champaign-grain, mclean-county-implement]}", SHARED),
        ("territories.yml", 'postcodes: ["527-528"], owners', 'postcodes: ["527-528"], closed: pass_on, owners'),
    )


@pytest.fixture
def desk(router_settings: None, company: Path) -> Desk:
    return service.desk(company)


@pytest.fixture
def router(router_settings: None, company: Path, room_database: Callable[[str], str]) -> Iterator[PlayedRoom]:
    played = PlayedRoom.on(room_database("router"), service.room(company))
    yield played
    played.engine.dispose()


def ready(router: PlayedRoom, *, verdict: dict[str, Any] | None = None, **where: Any) -> UUID:
    """A lead that is sales-ready."""
    lead = lead_in(**where)
    router.hear(lead, qualified(lead, **(verdict or {})))
    return lead.lead_id


@pytest.mark.requirement("RTE-3", "QUA-12", "RTE-13")
def test_geography_account_industry_product_value_and_strategy_decide(router: PlayedRoom) -> None:
    growth = {"overlays": ["growth-plains"]}
    omaha = {"postcode": "68001", "state": "NE", "products": ["compact-tractor"]}
    cases = [
        (ready(router, postcode="50010"), "hawkeye-implement"),
        (ready(router, postcode="50010", person={"company": "Heartland Farm Cooperatives"}), "national-desk"),
        (ready(router, postcode="52001", answers={"industry": "county"}), "inside-sales-east"),
        (ready(router, postcode="50010", verdict={"potential_value": Decimal(80000)}), "national-desk"),
        (ready(router, postcode="50010", verdict={"potential_value": Decimal(900)}), "hawkeye-implement"),
        (ready(router, **omaha, verdict=growth), "national-desk"),
        (ready(router, **omaha), "lincoln-farm-equipment"),
    ]
    assert [owner_id(router, lead) for lead, _ in cases] == [owner for _, owner in cases]


@pytest.mark.requirement("RTE-13", "REP-15")
def test_nobody_gets_more_than_they_can_work_and_territories_that_need_more_people_are_named(
    router: PlayedRoom, desk: Desk
) -> None:
    owners = Counter(owner_id(router, ready(router, postcode="52401", products=["zero-turn-mower"])) for _ in range(16))
    assert owners == {"linn-county-outdoor": 4, "river-bend-tractor": 12}
    with router.uow.begin() as tx:
        found = staffing.staffed(tx, StaffingRequest(days=30), rules=desk.rules).territories
    assert {one.territory: one.verdict for one in found}["us-ia-east"] == "understaffed"


@pytest.mark.requirement("RTE-5", "OWN-1")
def test_out_of_hours_a_lead_waits_for_its_owner_or_goes_to_who_is_there(router: PlayedRoom, desk: Desk) -> None:
    router.clock.moment = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)
    held = ready(router, postcode="64111", state="MO", products=["zero-turn-mower"])
    passed_on = ready(router, postcode="52722")

    opening = assignments(router, held)[-1]["held_until"]
    assert (owner_id(router, held), opening) == ("kc-landscape-supply", datetime(2026, 3, 7, 14, 0, tzinfo=UTC))
    assert owner_id(router, passed_on) == "hawkeye-implement"
    reasons = {line.owner_id: line.because for line in router.published(published.LeadAssigned)[-1].explanation}
    assert reasons["river-bend-tractor"] == "closed: outside hours"
    assert without_duty(router, desk) == []


@pytest.mark.requirement("RTE-4", "OWN-4")
def test_a_manager_moves_leads_at_once_and_the_record_says_who_and_why(router: PlayedRoom, desk: Desk) -> None:
    leads = [ready(router, postcode="50010") for _ in range(3)]
    with router.uow.begin() as tx:
        done = reassigning.reassign(tx, leads, "cedar-valley-tractor", by="Pat", because="on holiday", rules=desk.rules)

    assert all(one.done for one in done)
    assert {owner_id(router, lead) for lead in leads} == {"cedar-valley-tractor"}
    last = router.published(published.LeadAssigned)[-1]
    assert (last.occasion, last.by, last.because) == ("manual", "Pat", "on holiday")


@pytest.mark.requirement("ACC-6", "ACC-3", "OWN-7")
def test_three_clocks_run_one_after_the_other_each_with_a_due_time(router: PlayedRoom, desk: Desk) -> None:
    lead = ready(router, postcode="50010")
    clocks = [lead_row(router, lead)["clock"]]
    for action in ("accept", "contacted"):
        router.clock.forward(hours=2)
        press(router, desk, token(router, desk, lead, action))  # type: ignore[arg-type]
        row = lead_row(router, lead)
        clocks.append(row["clock"])
        assert row["due_at"] > router.clock.now()

    assert clocks == ["accept", "contact", "update"]


@pytest.mark.requirement("ACC-2", "ACC-4", "ACC-5")
def test_who_ignores_a_lead_is_reminded_then_their_managers_are_told_then_it_goes_on(
    router: PlayedRoom, desk: Desk
) -> None:
    lead = ready(router, postcode="50010")
    press(router, desk, token(router, desk, lead, "accept"))
    router.pass_days(4)

    told = [(event.level, event.told) for event in router.published(published.LeadEscalated)]
    assert told == [(1, "north-region@prairie-line.example"), (2, "sales-director@prairie-line.example")]
    assert [event.owner_id for event in router.published(published.LeadLapsed)] == ["hawkeye-implement"]
    assert owner_id(router, lead) == "cedar-valley-tractor"


@pytest.mark.requirement("OWN-2", "OWN-6")
def test_qualification_says_who_works_it_sales_the_call_centre_or_marketing(router: PlayedRoom, desk: Desk) -> None:
    kinds = {
        party: desk.rules.owners[owner_id(router, ready(router, verdict={"worked_by": party}))].kind
        for party in ("sales", "call_centre", "marketing")
    }
    assert kinds == {"sales": "dealer", "call_centre": "call_centre", "marketing": "marketing"}


@pytest.mark.requirement("OWN-5")
def test_a_lead_that_several_work_on_has_one_who_is_responsible(router: PlayedRoom, desk: Desk) -> None:
    lead = ready(router, postcode="61801", state="IL")
    (share,) = router.rows(Share)
    press(router, desk, token(router, desk, lead, "accept"))

    live = [row["owner_id"] for row in assignments(router, lead) if row["ended_at"] is None]
    assert len(live) == 1
    assert share["owner_id"] not in live
    assert [(row["owner_id"], row["amount"]) for row in router.rows(Charge)] == [(live[0], Decimal("60.00"))]


@pytest.mark.requirement("RTE-6", "RTE-10")
def test_every_candidate_is_explained_and_the_same_inputs_give_the_same_owner(router: PlayedRoom, desk: Desk) -> None:
    lead = ready(router, postcode="50010")
    event = router.published(published.LeadAssigned)[-1]

    assert [line.owner_id for line in event.explanation if line.chosen] == [event.owner.owner_id]
    assert all(line.because for line in event.explanation)
    others = {owner_id(router, ready(router, postcode="50010")) for _ in range(3)}
    assert others == {owner_id(router, lead)}
