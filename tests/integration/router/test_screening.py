"""While a lead is screened it is its screener's; then it goes to sales or to marketing, with all that was noted."""

import random
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from shared.contracts import router as published
from shared.contracts.capture import LeadRegistered
from shared.contracts.people import Note
from shared.contracts.qualify import LeadQualified
from shared.contracts.screening import ScreeningCompleted, ScreeningRequested
from shared.database.plumbing import EFFECT
from tests.builders import NOON, enveloped
from tests.integration.router.told import assignments, disqualified, lead_in, owner_id, qualified
from tests.played_room import PlayedRoom

NOTE = Note(
    note_id=UUID(int=7),
    by="ann (Call centre)",
    at=NOON,
    outcome="qualified",
    text="Plans with both sons; call after 6.",
)


def asked(lead: LeadRegistered, queue: Any = "telephone", revision: int = 1, round: int = 1) -> ScreeningRequested:
    """Somebody is to screen the lead."""
    return ScreeningRequested(
        lead_id=lead.lead_id, person_id=lead.person_id, screening_id=uuid4(), revision=revision, round=round,
        queue=queue, rule="farm-without-answers", because="a call tells what the form did not", priority=80, holds=True,
        due_at=NOON + timedelta(hours=4), requested_at=NOON, rules_version="0" * 12,
    )  # fmt: skip


def ended(lead: LeadRegistered, outcome: Any, revision: int = 2, round: int = 1, **over: Any) -> ScreeningCompleted:
    """The screening ended."""
    values: dict[str, Any] = {
        "lead_id": lead.lead_id, "person_id": lead.person_id, "screening_id": uuid4(), "revision": revision,
        "round": round, "queue": "telephone", "outcome": outcome, "by": NOTE.by, "attempts": 1,
        "answers": {"acres": "1200"}, "notes": [NOTE], "late": False, "requested_at": NOON,
        "completed_at": NOON + timedelta(hours=1),
    }  # fmt: skip
    return ScreeningCompleted(**(values | over))


def with_notes(event: LeadQualified) -> LeadQualified:
    """The verdict after a screening tells its notes as well."""
    return LeadQualified(**{**{name: getattr(event, name) for name in event.__dataclass_fields__}, "notes": [NOTE]})


def test_a_lead_that_waits_for_a_call_is_the_call_centres_until_it_is_due(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, asked(lead))

    told = router.published(published.LeadAssigned)[-1]
    assert (told.owner.kind, told.occasion, told.previous_owner_id) == ("call_centre", "screening", "marketing")
    assert told.due_at == NOON + timedelta(hours=4)
    assert router.rows(EFFECT) == []


def test_a_lead_that_waits_for_a_look_stays_with_marketing(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, asked(lead, "manual"))

    assert owner_id(router, lead.lead_id) == "marketing"


def test_an_overdue_call_is_told_to_the_call_centres_manager(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, asked(lead))
    router.clock.forward(hours=5)
    router.run_due()

    [told] = router.published(published.LeadEscalated)
    assert told.told == "call-centre-lead@prairie-line.example"
    assert owner_id(router, lead.lead_id) == "call-centre"


def test_screened_and_qualified_it_goes_to_its_dealer_with_the_notes(router: PlayedRoom) -> None:
    lead = lead_in("50010")
    router.hear(lead, asked(lead))
    router.hear(with_notes(qualified(lead, revision=2)), ended(lead, "qualified"))

    assert owner_id(router, lead.lead_id) == "hawkeye-implement"
    [delivery] = router.rows(EFFECT)
    package = delivery["payload"]["package"]
    assert [(note["by"], note["text"]) for note in package["notes"]] == [(NOTE.by, NOTE.text)]


def test_answers_of_the_call_are_in_the_package(router: PlayedRoom) -> None:
    lead = lead_in("50010")
    router.hear(lead, asked(lead))
    router.hear(ended(lead, "qualified"), with_notes(qualified(lead, revision=2)))

    [delivery] = router.rows(EFFECT)
    assert delivery["payload"]["package"]["answers"]["acres"] == "1200"


def test_screened_and_not_qualified_it_goes_back_to_marketing(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, asked(lead))
    router.hear(ended(lead, "unreachable"))

    told = router.published(published.LeadAssigned)[-1]
    assert (told.owner.owner_id, told.occasion) == ("marketing", "screened")


def test_screened_and_found_no_prospect_it_is_kept_by_marketing(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, asked(lead))
    router.hear(disqualified(lead, revision=2), ended(lead, "unqualified"))

    assert owner_id(router, lead.lead_id) == "marketing"
    assert assignments(router, lead.lead_id)[-1]["occasion"] == "kept"


def test_whom_sales_has_is_given_to_no_screener(router: PlayedRoom) -> None:
    lead = lead_in("50010")
    router.hear(lead, qualified(lead))
    router.hear(asked(lead, revision=3))

    assert owner_id(router, lead.lead_id) == "hawkeye-implement"


@pytest.mark.parametrize("seed", range(6))
def test_in_any_order_and_twice_the_lead_ends_with_the_same_owner(router: PlayedRoom, seed: int) -> None:
    sold, back, waits = (lead_in("50010") for _ in range(3))
    told = [
        enveloped(event)
        for event in (
            sold, asked(sold), with_notes(qualified(sold, revision=2)), ended(sold, "qualified"),
            back, asked(back), ended(back, "wrong_number"),
            waits, asked(waits), ended(waits, "withdrawn"), asked(waits, revision=5, round=2),
        )
    ]  # fmt: skip
    shuffled = [*told, *told]
    random.Random(seed).shuffle(shuffled)
    for each in shuffled:
        router.hear_all([each])

    owners = [owner_id(router, lead.lead_id) for lead in (sold, back, waits)]
    assert owners == ["hawkeye-implement", "marketing", "call-centre"]
