"""Nurture and qualification together: a lead that warms up goes to sales by itself."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from services.qualify import service as qualify_service
from shared.contracts.event import Event
from shared.contracts.nurture import ProgrammeLeft, StepDue
from shared.contracts.qualify import LeadQualified
from tests.builders import NOON, enveloped, lead_registered, response
from tests.integration.nurture.conftest import COMPANY
from tests.integration.qualify.told import READY, VAGUE, responded
from tests.played_room import PlayedRoom


@pytest.mark.requirement("NUR-8")
def test_a_nurtured_lead_that_answers_what_sales_ask_is_promoted_and_leaves_its_programme(
    nurture: PlayedRoom, room_database: Callable[[str], str]
) -> None:
    qualification = PlayedRoom.on(room_database("qualify"), qualify_service.room(COMPANY))
    qualification.clock = nurture.clock

    def tell(event: Event) -> None:
        before = len(qualification.envelopes())
        told = enveloped(event, time=nurture.clock.now())
        qualification.hear_all([told])
        nurture.hear_all([told, *qualification.envelopes()[before:]])

    lead = lead_registered(response=response(answers=VAGUE))
    tell(lead)
    nurture.pass_days(30)
    assert [step.step for step in nurture.published(StepDue)] == ["guide", "story"]

    tell(responded(lead, received_at=NOON + timedelta(days=30), answers=READY))
    nurture.pass_days(60)

    assert [event.lead_id for event in qualification.published(LeadQualified)] == [lead.lead_id]
    assert [event.reason for event in nurture.published(ProgrammeLeft)] == ["qualified"]
    assert len(nurture.published(StepDue)) == 2
    qualification.engine.dispose()
