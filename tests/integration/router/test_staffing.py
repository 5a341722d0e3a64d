"""Over- and understaffed territories, from what happened."""

import pytest

from services.router.usecases import staffing
from services.router.usecases.answering import Desk
from shared.contracts.calls import StaffingRequest, TerritoryStaffing
from shared.contracts.errors import ContractViolation
from tests.integration.router.told import lead_in, press, qualified, token
from tests.played_room import PlayedRoom

#: Mowers there are sold by Linn County Outdoor (4 a day at most) and River Bend in turn.
MOWERS = {"postcode": "52401", "products": ["zero-turn-mower"]}


def staffed(router: PlayedRoom, desk: Desk, days: int = 30) -> dict[str, TerritoryStaffing]:
    with router.uow.begin() as tx:
        found = staffing.staffed(tx, StaffingRequest(days=days), rules=desk.rules)
    return {one.territory: one for one in found.territories}


def test_a_territory_whose_owner_was_full_too_often_is_understaffed(router: PlayedRoom, desk: Desk) -> None:
    leads = [lead_in(**MOWERS) for _ in range(16)]
    for lead in leads:
        router.hear(lead, qualified(lead))
    found = staffed(router, desk)

    assert (found["us-ia-east"].given, found["us-ia-east"].verdict) == (16, "understaffed")
    assert found["us-ia-east"].because == f"{found['us-ia-east'].refused_full} times an owner was full"
    assert found["us-ia-east"].refused_full > 5
    assert (found["us-ks"].given, found["us-ks"].verdict) == (0, "fits")
    router.clock.forward(days=31)
    assert staffed(router, desk)["us-ia-east"].given == 0


def test_leads_that_lapse_are_told(router: PlayedRoom, desk: Desk) -> None:
    leads = [lead_in("62701", state="IL") for _ in range(6)]
    for lead in leads:
        router.hear(lead, qualified(lead))
    router.pass_days(3)

    assert staffed(router, desk)["us-il-central"].because == "6 of 6 leads lapsed"


def test_a_senseless_number_of_days_is_refused(router: PlayedRoom, desk: Desk) -> None:
    with pytest.raises(ContractViolation):
        staffed(router, desk, days=0)


def test_leads_that_owners_say_are_not_theirs_are_counted_for_the_territory(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in("62701", state="IL")
    router.hear(lead, qualified(lead))
    press(router, desk, token(router, desk, lead.lead_id, "wrong_territory"))

    assert {name: one.misplaced for name, one in staffed(router, desk).items() if one.misplaced} == {"us-il-central": 1}
