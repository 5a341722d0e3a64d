"""Several replicas work on the same leads at once: each lead still has one owner, and every clock strikes once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.work.due import run_due
from tests.integration.router.told import lead_in, owner_id, press, qualified, token, without_duty
from tests.played_room import PlayedRoom


def side_by_side(*acts: Callable[[], object]) -> list[object]:
    """Does all of them at the same moment; gives what each came to, an exception included."""
    together = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        together.wait(10)
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return [future.result(120) for future in [threads.submit(run, act) for act in acts]]


def test_registration_and_verdict_in_two_replicas_end_with_one_owner_shared_fairly(
    router: PlayedRoom, desk: Desk
) -> None:
    leads = [lead_in("61801", state="IL") for _ in range(40)]
    verdicts = [qualified(lead) for lead in leads]
    results = side_by_side(
        lambda: router.hear(*leads[:20], *verdicts[20:]), lambda: router.hear(*leads[20:], *verdicts[:20])
    )
    # What was rolled back to let the other one pass is handled again when its message is handed out again.
    if any(isinstance(result, Exception) for result in results):
        retry_failed(router)

    given = Counter(owner_id(router, lead.lead_id) for lead in leads)
    assert sorted(given.values()) == [20, 20]
    assert without_duty(router, desk) == []
    assert len(router.published(published.LeadAssigned)) == 80


def retry_failed(router: PlayedRoom) -> None:
    from datetime import timedelta

    from shared.messaging.inbox import EventHearing
    from shared.messaging.retry import retry_waiting

    router.clock.moment += timedelta(minutes=5)
    retry_waiting({"router.inbox": EventHearing(router.room)}, router.uow, router.policy)


def test_two_pollers_strike_each_clock_once_while_owners_answer(router: PlayedRoom, desk: Desk) -> None:
    leads = [lead_in("50010") for _ in range(30)]
    router.hear(*leads, *(qualified(lead) for lead in leads))
    links = [token(router, desk, lead.lead_id, "accept") for lead in leads[:10]]
    router.clock.forward(hours=48)

    def poll() -> int:
        return sum(run_due(router.room, router.uow, router.policy, limit=5) for _ in range(20))

    side_by_side(poll, poll, lambda: [press_or_lapsed(router, desk, link) for link in links])
    router.run_due()

    assert without_duty(router, desk) == []
    lapsed = {event.lead_id for event in router.published(published.LeadLapsed)}
    accepted = {event.lead_id for event in router.published(published.LeadAccepted)}
    assert len(router.published(published.LeadLapsed)) == len(lapsed)
    assert lapsed.isdisjoint(accepted)
    assert lapsed | accepted == {lead.lead_id for lead in leads}


def press_or_lapsed(router: PlayedRoom, desk: Desk, link: str) -> None:
    from shared.contracts.errors import NotAllowed

    try:
        press(router, desk, link)
    except NotAllowed:
        return


def test_two_presses_at_the_same_moment_accept_once(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    link = token(router, desk, lead.lead_id, "accept")
    replies = side_by_side(*[lambda: press(router, desk, link).changed] * 4)

    assert sorted(replies, key=str) == [False, False, False, True]
    assert len(router.published(published.LeadAccepted)) == 1
