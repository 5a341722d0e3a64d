"""Every lead has exactly one owner from its first moment, and everybody who was looked at is explained."""

from collections import Counter

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.router.domain.rules import Rules
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.capture import PersonUpdated
from shared.database.plumbing import DUE
from tests.builders import address, person
from tests.integration.router.told import (
    assignments,
    disqualified,
    lead_in,
    lead_row,
    owner_id,
    press,
    qualified,
    token,
    without_duty,
)
from tests.played_room import PlayedRoom


def test_a_new_lead_belongs_to_marketing_at_once(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead)

    (event,) = router.published(published.LeadAssigned)
    assert (event.owner.owner_id, event.occasion, event.revision, event.clock) == ("marketing", "initial", 1, "review")
    assert event.due_at > event.assigned_at
    assert [(row["kind"], row["key"]) for row in router.rows(DUE)] == [("clock", str(lead.lead_id))]


def test_a_qualified_lead_goes_to_the_dealer_of_its_postcode_within_48_hours(router: PlayedRoom) -> None:
    lead = lead_in("50010")
    router.hear(lead)
    router.hear(qualified(lead))

    event = router.published(published.LeadAssigned)[-1]
    assert (event.owner.owner_id, event.territory) == ("hawkeye-implement", "us-ia-central")
    assert (event.occasion, event.previous_owner_id, event.clock) == ("qualified", "marketing", "accept")
    assert (event.due_at - event.assigned_at).total_seconds() == 48 * 3600


def test_the_explanation_names_everybody_and_the_first_reason(router: PlayedRoom) -> None:
    lead = lead_in("52401", products=["grain-dryer"])
    router.hear(lead, qualified(lead))

    reasons = {line.owner_id: line.because for line in router.published(published.LeadAssigned)[-1].explanation}
    assert reasons["linn-county-outdoor"] == "does not sell grain-dryer"
    assert reasons["river-bend-tractor"] == "territory us-ia-east, their turn"
    assert reasons["southern-iowa-farm"] == "outside territory"
    stored = assignments(router, lead.lead_id)[-1]["explanation"]
    assert reasons == {line["owner_id"]: line["because"] for line in stored}


def test_a_verdict_that_comes_first_waits_for_the_registration(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(qualified(lead))

    assert lead_row(router, lead.lead_id)["assignment_id"] is None
    assert router.published() == []

    router.hear(lead)

    assert owner_id(router, lead.lead_id) == "hawkeye-implement"
    assert without_duty(router, desk) == []


def test_an_older_verdict_changes_nothing(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, disqualified(lead, revision=5))
    router.hear(qualified(lead, revision=4))

    assert owner_id(router, lead.lead_id) == "marketing"


def test_a_disqualified_lead_stays_with_marketing(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, disqualified(lead))

    assert [row["occasion"] for row in assignments(router, lead.lead_id)] == ["initial", "kept"]
    assert owner_id(router, lead.lead_id) == "marketing"


def test_a_lead_that_turns_out_unqualified_goes_back_unless_it_was_accepted(router: PlayedRoom, desk: Desk) -> None:
    waiting, taken = lead_in(), lead_in()
    router.hear(waiting, qualified(waiting), taken, qualified(taken))
    press(router, desk, token(router, desk, taken.lead_id, "accept"))
    router.hear(disqualified(waiting, 2), disqualified(taken, 2))

    assert owner_id(router, waiting.lead_id) == "marketing"
    assert owner_id(router, taken.lead_id) == "hawkeye-implement"


@pytest.mark.parametrize(
    ("place", "owner", "territory"),
    [
        ({"postcode": None, "state": None, "country": None}, "national-desk", None),
        ({"postcode": "69101", "state": "NE"}, "platte-valley-implement", "us-ne-sandhills"),
        ({"postcode": "97201", "state": "OR"}, "inside-sales-west", "us-west"),
        ({"postcode": "50010", "state": "IA", "country": None}, "hawkeye-implement", "us-ia-central"),
        ({"postcode": "T2P 1J9", "state": "AB", "country": "CA"}, "western-canada-ag", "ca-west"),
        ({"postcode": "20095", "state": None, "country": "DE"}, "landtechnik-heide", "de"),
        ({"postcode": "SW1A 1AA", "state": None, "country": "GB"}, "shires-machinery", "gb"),
        ({"postcode": "75001", "state": None, "country": "FR"}, "national-desk", None),
    ],
)
def test_every_place_has_somebody(router: PlayedRoom, place: dict[str, str], owner: str, territory: str | None) -> None:
    lead = lead_in(**place)
    router.hear(lead, qualified(lead))

    event = router.published(published.LeadAssigned)[-1]
    assert (event.owner.owner_id, event.territory) == (owner, territory)


def test_a_shared_territory_is_shared_fairly(router: PlayedRoom) -> None:
    leads = [lead_in("61801", state="IL") for _ in range(25)]
    router.hear(*leads)
    for lead in leads[:3]:
        router.hear(qualified(lead))
    router.hear(*(qualified(lead) for lead in leads[3:]))

    given = Counter(owner_id(router, lead.lead_id) for lead in leads)
    assert sorted(given.values()) == [12, 13]
    assert given.keys() == {"champaign-grain", "mclean-county-implement"}


def test_a_newer_address_decides_even_when_an_older_one_comes_later(router: PlayedRoom) -> None:
    lead = lead_in("50010")
    moved = person(person_id=lead.person_id, address=address(postcode="66502", state="KS"))
    older = person(person_id=lead.person_id, address=address(postcode="65801", state="MO"))
    router.hear(
        PersonUpdated(person_id=lead.person_id, person=moved, revision=3),
        PersonUpdated(person_id=lead.person_id, person=older, revision=2),
        lead,
        qualified(lead),
    )

    assert owner_id(router, lead.lead_id) == "flint-hills-tractor"


def test_the_database_refuses_a_lead_without_owner_or_with_two(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead)
    twin = text(
        "INSERT INTO assignment (id, lead_id, revision, owner_id, occasion, explanation, rules_version, assigned_at) "
        "SELECT gen_random_uuid(), lead_id, 2, 'x', 'manual', '[]', '', now() FROM lead"
    )

    for statement in (twin, text("UPDATE lead SET assignment_id = NULL"), text("UPDATE lead SET due_at = NULL")):
        with pytest.raises(IntegrityError), router.engine.begin() as connection:
            connection.execute(statement)


def test_a_lost_clock_or_an_unknown_owner_is_seen(router: PlayedRoom, desk: Desk, rules: Rules) -> None:
    clockless, ownerless, well = lead_in(), lead_in(), lead_in()
    router.hear(clockless, ownerless, well)
    with router.engine.begin() as connection:
        connection.execute(DUE.delete().where(DUE.c.key == str(clockless.lead_id)))
        connection.execute(
            text("UPDATE assignment SET owner_id = 'nobody' WHERE lead_id = :lead"), {"lead": ownerless.lead_id}
        )

    assert set(without_duty(router, desk)) == {clockless.lead_id, ownerless.lead_id}
