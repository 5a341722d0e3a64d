"""Several replicas look for due steps at once: each step comes once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from services.nurture.models import Enrolment
from shared.contracts import nurture as published
from shared.work.due import run_due
from tests.builders import lead_registered
from tests.integration.nurture.told import scored
from tests.played_room import PlayedRoom


def test_two_pollers_take_each_step_once(nurture: PlayedRoom) -> None:
    leads = [lead_registered() for _ in range(60)]
    nurture.hear(*leads, *(scored(lead) for lead in leads))
    nurture.clock.forward(days=4)
    together = Barrier(2)

    def poll() -> int:
        together.wait(10)
        return sum(run_due(nurture.room, nurture.uow, nurture.policy, limit=7) for _ in range(20))

    with ThreadPoolExecutor(2) as replicas:
        ran = sum(future.result(60) for future in [replicas.submit(poll) for _ in range(2)])

    taken = nurture.published(published.StepDue)
    assert sorted(step.lead_id for step in taken) == sorted(lead.lead_id for lead in leads)
    assert ran == len(leads)


def test_two_replicas_that_hear_of_a_new_lead_at_once_enrol_it_once(nurture: PlayedRoom) -> None:
    leads = [lead_registered() for _ in range(20)]
    told = [leads, [scored(lead) for lead in leads]]
    together = Barrier(2)

    def hear(place: int) -> None:
        together.wait(10)
        nurture.hear(*told[place])

    with ThreadPoolExecutor(2) as replicas:
        for future in [replicas.submit(hear, place) for place in range(2)]:
            future.result(60)

    assert [row["state"] for row in nurture.rows(Enrolment)] == ["active"] * 20
    assert len(nurture.published(published.ProgrammeEntered)) == 20
