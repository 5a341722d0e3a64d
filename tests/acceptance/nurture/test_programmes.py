"""What the example company's programme does for leads that are not ready."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from shared.contracts.fulfillment import Unsubscribed
from shared.contracts.nurture import ProgrammeEntered, ProgrammeLeft, StepDue
from shared.contracts.people import Bant
from tests.builders import NOON, lead_registered, person
from tests.integration.nurture.told import qualified, recycled, scored
from tests.played_room import PlayedRoom


def pieces(nurture: PlayedRoom, lead: object) -> list[str]:
    return [step.piece for step in nurture.published(StepDue) if step.lead_id == lead.lead_id]  # type: ignore[attr-defined]


@pytest.mark.requirement("NUR-1", "RTE-12")
def test_who_is_not_ready_gets_a_series_of_pieces_and_who_is_ready_gets_none(nurture: PlayedRoom) -> None:
    unready, ready = lead_registered(), lead_registered(person=person())
    nurture.hear(unready, scored(unready), ready, scored(ready, "qualified"), qualified(ready, 1))
    nurture.pass_days(70)

    assert pieces(nurture, unready) == ["nurture-1-guide", "nurture-2-story", "nurture-3-invite"]
    assert pieces(nurture, ready) == []


@pytest.mark.requirement("NUR-6")
def test_method_and_frequency_are_the_companys_to_set_and_hold_over_all_leads_of_a_person(nurture: PlayedRoom) -> None:
    first = lead_registered()
    second = lead_registered(person=first.person)
    nurture.hear(first, scored(first), second, scored(second))
    days: list[int] = []
    for day in range(1, 80):
        nurture.pass_days(1)
        days += [day] * (len(nurture.published(StepDue)) - len(days))

    # One programme for the person, however many leads they have: each of its pieces once.
    steps = nurture.published(StepDue)
    assert len({step.piece for step in steps}) == len(days) == 3
    assert all(later - earlier >= 5 for earlier, later in pairwise(days))
    assert {step.channel for step in steps} == {"email"}


@pytest.mark.requirement("NUR-7")
def test_scores_returns_and_refusals_move_a_lead_in_and_out(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.pass_days(4)
    nurture.hear(scored(lead, "qualified", 2), qualified(lead, 2, nurture.clock.now()))
    nurture.pass_days(1)
    nurture.hear(recycled(lead, nurture.clock.now()))
    nurture.pass_days(1)
    nurture.hear(Unsubscribed(person_id=lead.person_id, channel="email", unsubscribed_at=nurture.clock.now()))
    nurture.pass_days(100)

    assert [event.because for event in nurture.published(ProgrammeEntered)] == [
        "not ready: cold, 20 points",
        "back from sales: budget frozen",
    ]
    assert [event.reason for event in nurture.published(ProgrammeLeft)] == ["qualified", "unsubscribed"]
    assert pieces(nurture, lead) == ["nurture-1-guide"]


@pytest.mark.requirement("NUR-9")
def test_a_lead_that_plans_two_years_ahead_is_remembered_two_weeks_before(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead, rank="future", bant=Bant(ready_on=date(2028, 3, 1))))
    nurture.pass_days(710)
    assert pieces(nurture, lead) == []

    nurture.pass_days(100)
    assert len(pieces(nurture, lead)) == 3
    assert nurture.published(StepDue)[0].due_at.date() == date(2028, 2, 16)


@pytest.mark.requirement("NUR-10")
def test_an_unqualified_lead_that_answers_anew_is_taken_in(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead, "unqualified", 1))
    nurture.pass_days(30)
    assert pieces(nurture, lead) == []

    nurture.hear(scored(lead, "not_ready", 2, scored_at=NOON + timedelta(days=30)))
    nurture.pass_days(70)
    assert len(pieces(nurture, lead)) == 3
