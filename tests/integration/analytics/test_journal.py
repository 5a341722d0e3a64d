"""The journal and what follows from it: any order, any repetition, and worked out anew, it is the same."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from services.analytics import service
from services.analytics.models import Base, InquiryFact, JournalEntry, LeadFact
from services.analytics.usecases import filing
from shared.contracts.envelope import Envelope
from shared.database.plumbing import INBOX
from tests.builders import enveloped, response
from tests.integration.analytics.conftest import COMPANY
from tests.integration.analytics.told import life, lives, quarantined, received
from tests.played_room import PlayedRoom


def deliver(room: PlayedRoom, told: list[Envelope], size: Callable[[], int]) -> None:
    while told:
        count = size()
        room.hear_all(told[:count])
        told = told[count:]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_any_repetition_gives_the_same_tables(
    room_database: Callable[[str], str], analytics: PlayedRoom, seed: int
) -> None:
    chance = random.Random(seed)
    told = list(lives(12, seed))
    mixed = told + chance.choices(told, k=30)
    chance.shuffle(mixed)
    other = PlayedRoom.on(room_database("analytics"), service.room(COMPANY))

    deliver(analytics, told, lambda: 50)
    deliver(other, mixed, lambda: chance.randint(1, 40))

    assert other.tables(Base.metadata) == analytics.tables(Base.metadata)
    assert len(analytics.rows(LeadFact)) == 12
    other.engine.dispose()


def test_the_facts_worked_out_anew_are_the_same(analytics: PlayedRoom) -> None:
    told = list(lives(30))
    deliver(analytics, told, lambda: 60)
    before = analytics.tables(Base.metadata)

    with analytics.uow.begin() as tx:
        read = filing.rebuild(tx)

    assert read == len(told)
    assert analytics.tables(Base.metadata) == before


def test_facts_that_were_spoilt_are_put_right_by_working_them_out_anew(analytics: PlayedRoom) -> None:
    analytics.hear_all(life("won"))
    before = analytics.tables(Base.metadata)
    with analytics.uow.begin() as tx:
        tx.session.query(LeadFact).update({"rank": "junk", "won_at": None})
        tx.session.query(InquiryFact).delete()

    with analytics.uow.begin() as tx:
        filing.rebuild(tx)

    assert analytics.tables(Base.metadata) == before


def test_an_event_that_comes_again_after_its_id_was_forgotten_counts_once(analytics: PlayedRoom) -> None:
    told = life("unready")
    analytics.hear_all(told)
    before = analytics.tables(Base.metadata)
    with analytics.engine.begin() as connection:
        connection.execute(INBOX.delete())

    analytics.hear_all(told)

    assert analytics.tables(Base.metadata) == before
    assert analytics.rows(LeadFact)[0]["pieces_sent"] == 1


def test_a_released_inquiry_is_no_longer_in_quarantine_whichever_came_first(analytics: PlayedRoom) -> None:
    for turned in (False, True):
        what = response()
        events = [enveloped(quarantined(what)), enveloped(received(what, "registered"))]
        analytics.hear_all(reversed(events) if turned else events)

    assert [row["outcome"] for row in analytics.rows(InquiryFact)] == ["registered", "registered"]


def test_the_body_is_kept_as_it_came(analytics: PlayedRoom) -> None:
    told = life("unready")
    analytics.hear_all(told)

    kept = {row["event_id"]: row["body"] for row in analytics.rows(JournalEntry)}
    assert kept == {envelope.id: envelope.raw for envelope in told}


def test_replicas_that_hear_of_the_same_leads_at_once_give_the_same_facts(
    room_database: Callable[[str], str], analytics: PlayedRoom
) -> None:
    told = list(lives(40))
    alone = PlayedRoom.on(room_database("analytics"), service.room(COMPANY))
    deliver(alone, told, lambda: 60)
    parts = [told[place::3] for place in range(3)]
    together = Barrier(3)

    def hear(part: list[Envelope]) -> None:
        together.wait(10)
        deliver(analytics, part, lambda: 40)

    with ThreadPoolExecutor(3) as replicas:
        for future in [replicas.submit(hear, part) for part in parts]:
            future.result(60)

    assert analytics.tables(Base.metadata) == alone.tables(Base.metadata)
    alone.engine.dispose()
