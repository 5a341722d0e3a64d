"""Processes that work on the same people, leads and companies at once wait for each other, and never for ever."""

import random
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

from services.qualify import service
from services.qualify.models import Profile
from shared.contracts.event import Event
from tests.builders import lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY, VAGUE, recycled, responded, updated
from tests.played_room import PlayedRoom

ROUNDS = 8


def test_two_processes_and_their_due_work_never_lock_each_other_out(room_database: Callable[[str], str]) -> None:
    url = room_database("qualify")
    rooms = [PlayedRoom.on(url, service.room(COMPANY)) for _ in range(3)]
    leads = [
        lead_registered(person=person(company_id=UUID(int=number % 3 + 1)), response=response(answers=READY))
        for number in range(12)
    ]
    rooms[0].hear(*leads)
    failed: list[BaseException] = []

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
    assert len(rooms[0].rows(Profile)) == 12
    for room in rooms:
        room.engine.dispose()
