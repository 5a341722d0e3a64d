"""Several replicas hear of the same leads and persons at once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

from services.qualify.models import Profile, Score
from shared.contracts.qualify import LeadScored
from tests.builders import NOON, address, enveloped, lead_registered, response
from tests.integration.qualify.told import READY, VAGUE, responded, updated
from tests.played_room import PlayedRoom


def test_replicas_that_hear_of_one_person_at_once_lose_nothing(qualification: PlayedRoom) -> None:
    leads = [lead_registered(response=response(answers=VAGUE)) for _ in range(25)]
    later = NOON + timedelta(hours=1)
    again = [responded(lead, received_at=later, answers=READY) for lead in leads]
    moved = [updated(lead, 1, replace(lead.person, address=address(state="IL", postcode="60601"))) for lead in leads]
    told = [
        [enveloped(event) for event in leads],
        [enveloped(event, time=later) for event in reversed(again)],
        [enveloped(event, time=later) for event in moved],
    ]
    together = Barrier(3)

    def hear(place: int) -> None:
        together.wait(10)
        qualification.hear_all(told[place])

    with ThreadPoolExecutor(3) as replicas:
        for future in [replicas.submit(hear, place) for place in range(3)]:
            future.result(60)

    profiles = qualification.rows(Profile)
    assert {(row["revision"], row["decision"], row["facts"]["state"]["value"]) for row in profiles} == {
        (3, "qualified", "IL")
    }
    scored = sorted(qualification.published(LeadScored), key=lambda event: event.revision)
    last = {event.lead_id: event for event in scored}
    assert {event.decision for event in last.values()} == {"qualified"}
    assert len(scored) == len(qualification.rows(Score))
