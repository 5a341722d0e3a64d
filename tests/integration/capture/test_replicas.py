"""Several front desks on one database take in the same people at once."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from services.capture.models import Inquiry, Lead, Person
from services.capture.store import LIST_ROWS
from services.capture.usecases import intake
from shared.database.unit_of_work import Transaction
from shared.messaging.inbox import IntakeHearing, handle_batch
from shared.room import DueItem
from shared.work.due import run_due
from tests.integration.capture.desk import as_message, desk_on, form, sheet


def test_replicas_that_meet_the_same_new_people_make_each_of_them_once(room_database: Callable[[str], str]) -> None:
    url = room_database("capture")
    desks = [desk_on(url) for _ in range(3)]
    # The same twenty people at every desk, in another order at each.
    posts = [
        [
            form({"your-email": f"p{(n * (7, 11, 13)[place]) % 20}@farm.example", "message": f"desk {place}"})
            for n in range(20)
        ]
        for place in range(3)
    ]
    begin = threading.Barrier(3)

    def work(place: int) -> None:
        desk = desks[place]
        begin.wait(timeout=30)
        messages = [as_message(post, tag) for tag, post in enumerate(posts[place], 1)]
        handle_batch(IntakeHearing(desk.room), desk.uow, messages, desk.policy)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert len(desks[0].rows(Inquiry)) == 60
    assert len(desks[0].rows(Person)) == 20
    assert [row["responses"] for row in desks[0].rows(Lead)] == [3] * 20
    for desk in desks:
        desk.engine.dispose()


def test_a_part_of_a_list_that_is_being_read_holds_up_no_other_part(
    room_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ROWS_AT_ONCE", 20)
    url = room_database("capture")
    slow, quick = desk_on(url), desk_on(url)
    reading, read_on = threading.Event(), threading.Event()
    as_ever = slow.room.due[LIST_ROWS]

    def slowly(tx: Transaction, item: DueItem) -> None:
        as_ever(tx, item)
        reading.set()
        assert read_on.wait(timeout=120)

    slow.room = replace(slow.room, due={**slow.room.due, LIST_ROWS: slowly})
    quick.receive(sheet("Name,Email\n" + "".join(f"Ann Lee,ann{n}@lee.example\n" for n in range(100))))
    worker = threading.Thread(target=run_due, args=(slow.room, slow.uow, slow.policy))
    worker.start()
    assert reading.wait(timeout=120)
    quick.run_due()
    meanwhile = quick.ledger()
    read_on.set()
    worker.join(timeout=120)

    assert (meanwhile["registered"], meanwhile["pending"]) == (80, 20)
    assert (quick.ledger()["registered"], quick.ledger()["pending"]) == (100, 0)
    for desk in (slow, quick):
        desk.engine.dispose()
