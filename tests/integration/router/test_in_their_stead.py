"""Out of hours, away, below a distributor, for a call centre: the lead is somebody's all the same."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from services.router import service
from services.router.domain.account import MOST_NAMES
from services.router.models import Account
from services.router.usecases import availability, reading
from services.router.usecases.answering import Desk
from shared.contracts import router as published
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

SUB_DEALERS = """  # Distributors abroad
  - {id: calgary-tractor, kind: dealer, name: Calgary Tractor, email: sales@calgary-tractor.example,
     manager_email: sales@western-canada-ag.example, parent: western-canada-ag}
"""
BELOW = """  # Abroad
  - {id: ca-calgary, of: western-canada-ag, country: CA, postcodes: [T2, T3], owners: [calgary-tractor]}
"""


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return edited_company(
        tmp_path,
        ("owners.yml", "  # Distributors abroad\n", SUB_DEALERS),
        ("territories.yml", "  # Abroad\n", BELOW),
        (
            "owners.yml",
            "name: Flint Hills Tractor\n",
            "name: Flint Hills Tractor\n    deputy: wheat-belt-equipment\n"
            "    away: [{from: 2026-03-01, to: 2026-03-06, because: stocktaking}]\n",
        ),
        ("territories.yml", "industries: [municipal], owners", "industries: [municipal], precedence: 1, owners"),
    )


@pytest.fixture
def desk(router_settings: None, company: Path) -> Desk:
    return service.desk(company)


@pytest.fixture
def router(router_settings: None, company: Path, room_database: Callable[[str], str]) -> Iterator[PlayedRoom]:
    played = PlayedRoom.on(room_database("router"), service.room(company))
    yield played
    played.engine.dispose()


def test_the_clock_of_a_lead_that_waits_for_the_opening_begins_then(router: PlayedRoom, desk: Desk) -> None:
    # Friday evening in Missouri: they open on Saturday at 8.
    router.clock.moment = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)
    opening = datetime(2026, 3, 7, 14, 0, tzinfo=UTC)
    lead = lead_in("64111", state="MO", products=["zero-turn-mower"])
    router.hear(lead, qualified(lead))

    (now,) = [row for row in assignments(router, lead.lead_id) if row["ended_at"] is None]
    row = lead_row(router, lead.lead_id)
    assert (now["owner_id"], now["held_until"], row["clock_started_at"]) == ("kc-landscape-supply", opening, opening)
    assert router.published(published.LeadAssigned)[-1].held_until == opening
    assert without_duty(router, desk) == []


def test_a_lead_that_comes_when_somebody_is_there_is_not_held(router: PlayedRoom) -> None:
    router.clock.moment = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
    lead = lead_in("64111", state="MO", products=["zero-turn-mower"])
    router.hear(lead, qualified(lead))

    assert assignments(router, lead.lead_id)[-1]["held_until"] is None
    assert lead_row(router, lead.lead_id)["clock_started_at"] == router.clock.moment


def test_a_deputy_has_it_while_the_owner_is_away_and_the_account_stays_theirs(router: PlayedRoom, desk: Desk) -> None:
    kansas = {"postcode": "66502", "state": "KS", "products": ["compact-tractor"]}
    person = {"company_id": uuid4(), "company": "Konza Farms"}
    lead = lead_in(**kansas, person=person)
    router.hear(lead, qualified(lead))
    assert owner_id(router, lead.lead_id) == "wheat-belt-equipment"

    press(router, desk, token(router, desk, lead.lead_id, "accept"))
    assert {row["owner_id"] for row in router.rows(Account)} == {"wheat-belt-equipment"}
    router.clock.moment = datetime(2026, 3, 9, 18, 0, tzinfo=UTC)
    back = lead_in(**kansas)
    router.hear(back, qualified(back))
    assert owner_id(router, back.lead_id) == "flint-hills-tractor"


def test_an_account_stays_with_the_rep_whose_deputy_takes_a_lead(router: PlayedRoom, desk: Desk) -> None:
    kansas = {"postcode": "66502", "state": "KS", "products": ["compact-tractor"]}
    person = {"company_id": uuid4(), "company": "Konza Farms"}
    for day, taken_by in ((9, "flint-hills-tractor"), (2, "wheat-belt-equipment")):
        router.clock.moment = datetime(2026, 3, day, 18, 0, tzinfo=UTC)
        lead = lead_in(**kansas, person=person)
        router.hear(lead, qualified(lead))
        assert owner_id(router, lead.lead_id) == taken_by
        press(router, desk, token(router, desk, lead.lead_id, "accept"))

    company = next(row for row in router.rows(Account) if row["account"].startswith("company:"))
    assert company["owner_id"] == "flint-hills-tractor"


def test_a_distributors_lead_is_their_sub_dealers_at_once_and_comes_back_to_them(
    router: PlayedRoom, desk: Desk
) -> None:
    calgary, edmonton = lead_in("T2P 1J9", state="AB", country="CA"), lead_in("T5J 0N3", state="AB", country="CA")
    router.hear(calgary, edmonton, qualified(calgary), qualified(edmonton))
    assert owner_id(router, calgary.lead_id) == "calgary-tractor"
    assert owner_id(router, edmonton.lead_id) == "western-canada-ag"

    press(router, desk, token(router, desk, calgary.lead_id, "decline"), reason="no time")
    assert owner_id(router, calgary.lead_id) == "western-canada-ag"


def test_what_qualification_gives_to_the_call_centre_or_to_marketing_goes_there(router: PlayedRoom) -> None:
    called, own = lead_in(), lead_in()
    router.hear(called, qualified(called, worked_by="call_centre", process="telemarketing"))
    router.hear(own, qualified(own, worked_by="marketing"))

    assert owner_id(router, called.lead_id) == "call-centre"
    assert lead_row(router, called.lead_id)["clock"].startswith("accept")
    assert owner_id(router, own.lead_id) == "marketing"
    assert lead_row(router, own.lead_id)["clock"] == "review_no_taker"


def test_an_industry_is_read_as_qualification_reads_it(router: PlayedRoom) -> None:
    county = lead_in("52001", answers={"industry": "School  District"}, products=["spare-parts"])
    town = lead_in("52001", answers={"industry": "unheard of"}, products=["spare-parts"])
    router.hear(county, qualified(county), town, qualified(town, industry="municipal"))

    assert owner_id(router, county.lead_id) == owner_id(router, town.lead_id) == "inside-sales-east"


def test_a_mail_provider_that_nobody_listed_does_not_give_everybody_to_one_rep(router: PlayedRoom, desk: Desk) -> None:
    provider = uuid4()

    def served(postcode: str, company: str | None) -> str:
        lead = lead_in(postcode, state=None, person={"company_id": provider, "company": company})
        router.hear(lead, qualified(lead))
        owner = owner_id(router, lead.lead_id)
        press(router, desk, token(router, desk, lead.lead_id, "accept"))
        return owner

    first = served("50010", "Farm 0")
    assert [served("67401", f"Farm {number}") for number in range(1, MOST_NAMES + 1)] == [first] * MOST_NAMES
    assert served("67401", "One more") == "wheat-belt-equipment"
    assert served("50010", None) == "hawkeye-implement"


def test_what_sub_dealers_have_counts_for_their_distributor_too(router: PlayedRoom, desk: Desk) -> None:
    leads = [lead_in(code, state="AB", country="CA") for code in ("T2P 1J9", "T3A 0A1", "T5J 0N3")]
    router.hear(*leads, *(qualified(lead) for lead in leads))
    with router.uow.begin() as tx:
        now = {one.owner_id: one for one in availability.owners_now(tx, rules=desk.rules).owners}

    above, below = now["western-canada-ag"], now["calgary-tractor"]
    assert (above.open, above.open_below, above.this_month_below) == (1, 3, 3)
    assert (below.open, below.open_below, below.parent) == (2, 2, "western-canada-ag")


def test_held_leads_are_told_as_held_until_the_owner_opens(router: PlayedRoom, desk: Desk) -> None:
    router.clock.moment = datetime(2026, 3, 7, 2, 0, tzinfo=UTC)
    lead = lead_in("64111", state="MO", products=["zero-turn-mower"])
    router.hear(lead, qualified(lead))

    def held() -> tuple[int, datetime | None]:
        with router.uow.begin() as tx:
            now = {one.owner_id: one for one in availability.owners_now(tx, rules=desk.rules).owners}
            return now["kc-landscape-supply"].held, reading.current_assignment(
                tx, lead.lead_id, rules=desk.rules
            ).held_until

    assert held() == (1, datetime(2026, 3, 7, 14, 0, tzinfo=UTC))
    router.clock.moment = datetime(2026, 3, 7, 14, 0, tzinfo=UTC)
    assert held() == (0, None)
