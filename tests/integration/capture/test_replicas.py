"""Several front desks on one database take in the same people at once."""

import threading
from collections.abc import Callable

from services.capture.models import Inquiry, Lead, Person
from shared.messaging.inbox import IntakeHearing, handle_batch
from tests.integration.capture.desk import as_message, desk_on, form


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
