"""Processes that work on the same people, leads and companies at once wait for each other, and never for ever."""

import random
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import event, select, text
from sqlalchemy.engine import ExceptionContext

from services.qualify import service
from services.qualify.models import BuyingGroup, Person, Profile, Screening
from services.qualify.usecases import reassessing
from shared.contracts.capture import LeadRegistered
from shared.contracts.event import Event
from tests.builders import lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY, VAGUE, recycled, responded, updated
from tests.played_room import PlayedRoom

ROUNDS = 8


def refusals(rooms: list[PlayedRoom]) -> list[str]:
    """Collects the statements that the database ended, because two transactions would have waited for each other."""
    ended: list[str] = []

    def note(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, DeadlockDetected | LockNotAvailable):
            ended.append(f"{type(context.original_exception).__name__}: {context.statement}")

    for room in rooms:
        event.listen(room.engine, "handle_error", note)
    return ended


@pytest.mark.parametrize("way", ["hearing", "due work", "re-assessment"])
def test_who_waits_for_a_person_holds_nothing_that_others_take_later(
    room_database: Callable[[str], str], way: str
) -> None:
    url = room_database("qualify")
    room = PlayedRoom.on(url, service.room(COMPANY)).start()
    first, last = UUID(int=1), UUID(int=2)
    # Work of the last one is due before that of the first.
    told: list[LeadRegistered] = []
    for who in (last, first):
        answers = response(answers=READY, received_at=room.clock.now())
        told.append(lead_registered(person=person(person_id=who, company_id=UUID(int=7)), response=answers))
        room.hear(told[-1])
        room.run_due()
        room.clock.forward(days=1)
    ways: dict[str, Callable[[], object]] = {
        "hearing": lambda: room.hear(*(recycled(lead, room.clock.now()) for lead in told)),
        "due work": room.run_due,
        "re-assessment": room.run_due,
    }
    if way == "due work":
        room.clock.forward(days=200)
    if way == "re-assessment":
        with room.uow.begin() as tx:
            reassessing.begin(tx, 1)
        room.clock.forward(seconds=reassessing.IN_FLIGHT.total_seconds())
    thread = threading.Thread(target=ways[way], daemon=True)

    with room.engine.begin() as held:
        held.execute(select(Person.person_id).where(Person.person_id == first).with_for_update())
        thread.start()
        wait_until_it_waits(room)
        with room.engine.begin() as others:
            for table in (Profile, Screening, BuyingGroup):
                others.execute(select(table).with_for_update(nowait=True))
            others.execute(select(Person).where(Person.person_id == last).with_for_update(nowait=True))
    thread.join(60)

    assert not thread.is_alive()
    room.engine.dispose()


def wait_until_it_waits(room: PlayedRoom) -> None:
    """Until some transaction of this database waits for a lock."""
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with room.engine.connect() as connection:
            if connection.scalar(waits):
                return
        time.sleep(0.02)
    raise AssertionError("nothing waited for the person")


def test_two_processes_and_their_due_work_never_lock_each_other_out(room_database: Callable[[str], str]) -> None:
    url = room_database("qualify")
    rooms = [PlayedRoom.on(url, service.room(COMPANY)) for _ in range(3)]
    leads = [
        lead_registered(person=person(company_id=UUID(int=number % 3 + 1)), response=response(answers=READY))
        for number in range(12)
    ]
    rooms[0].hear(*leads)
    failed: list[BaseException] = []
    locked_out = refusals(rooms)

    def listen(room: PlayedRoom, seed: int) -> None:
        chance = random.Random(seed)
        for round_ in range(ROUNDS):
            told: list[Event] = []
            for lead in chance.sample(leads, 6):
                at = room.clock.now() + timedelta(minutes=round_)
                answers = chance.choice([READY, VAGUE, {}])
                told.append(responded(lead, round_ + 2, received_at=at, inquiry_id=uuid4(), answers=answers))
                told.append(updated(lead, seed * 100 + round_, lead.person))
                told.append(recycled(lead, at))
            chance.shuffle(told)
            room.hear(*told)

    def work(room: PlayedRoom) -> None:
        for _ in range(ROUNDS * 2):
            # Enough for points to fade: many leads are looked at again at once.
            room.clock.forward(days=9)
            room.run_due()

    def guarded(act: Callable[..., None], *arguments: object) -> threading.Thread:
        def run() -> None:
            try:
                act(*arguments)
            except BaseException as error:
                failed.append(error)

        return threading.Thread(target=run, daemon=True)

    threads = [guarded(listen, rooms[0], 1), guarded(listen, rooms[1], 2), guarded(work, rooms[2])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)

    assert failed == []
    assert not any(thread.is_alive() for thread in threads)
    # A batch that was refused a lock is done again one by one: only the database tells that it happened.
    assert locked_out == []
    assert len(rooms[0].rows(Profile)) == 12
    for room in rooms:
        room.engine.dispose()
