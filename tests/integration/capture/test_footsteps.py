"""Footsteps in the database: each filed once, joined once, judged, and counted."""

import uuid

from services.capture.models import ActivityBatch, Person, Visitor
from shared.contracts.capture import ActivityRecorded, LeadRegistered
from tests.integration.capture.desk import FrontDesk, only
from tests.integration.capture.steps import activities, followed, inquiry, page, steps

ANN = "visitor-of-ann-0001"


def test_anonymous_visits_join_the_person_who_then_inquires(desk: FrontDesk) -> None:
    desk.receive(steps(ANN, page("/dryers", age=60_000), page("/dryers/gd-500")))
    assert desk.published(ActivityRecorded) == []

    desk.receive(inquiry(ANN, minutes=5))

    lead = only(desk.published(LeadRegistered))
    recorded = desk.published(ActivityRecorded)
    assert [(one.what, one.person_id, one.lead_id, one.anonymous_before) for one in recorded] == [
        ("/dryers", lead.person_id, lead.lead_id, True),
        ("/dryers/gd-500", lead.person_id, lead.lead_id, True),
    ]
