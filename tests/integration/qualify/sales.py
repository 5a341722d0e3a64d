"""A company that has sold for a while: leads come, and are won or lost as their answers make likely."""

import random
from collections.abc import Iterator
from datetime import timedelta
from math import exp
from pathlib import Path

from services.qualify.prediction.learning.job import Done, Job
from services.qualify.prediction.settings import Settings
from shared.contracts import capture
from tests.builders import address, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import lost, won
from tests.played_room import PlayedRoom

ROLES = {"owner": 1.3, "manager": 0.2, "employee": -1.0}
TIMINGS = {"now": 1.3, "6m": 0.0, "none": -1.5}
AT_ONCE = 100


def chance_of(role: str, timing: str) -> float:
    """The true chance of a lead with these answers."""
    return 1 / (1 + exp(-(-0.4 + ROLES[role] + TIMINGS[timing])))


def inquiries(room: PlayedRoom, leads: int, seed: int = 0) -> Iterator[tuple[capture.LeadRegistered, bool]]:
    """Leads that come now, and whether each will be won."""
    draw = random.Random(seed)
    for _ in range(leads):
        role, timing = draw.choice(list(ROLES)), draw.choice(list(TIMINGS))
        answers = {"role": role, "timing": timing, "acres": str(draw.randrange(20, 900))}
        who = person(address=address(state=draw.choice(("IA", "IL", "MO"))))
        told = response(
            answers=answers, received_at=room.clock.now(), products=[draw.choice(("grain-dryer", "feed-mixer"))]
        )
        yield lead_registered(person=who, response=told), draw.random() < chance_of(role, timing)


def sell(room: PlayedRoom, leads: int = 600, seed: int = 0) -> list[capture.LeadRegistered]:
    """So many leads come, a hundred a day, and end twenty days later."""
    told: list[capture.LeadRegistered] = []
    for start in range(0, leads, AT_ONCE):
        lot = list(inquiries(room, min(AT_ONCE, leads - start), seed=seed + start))
        room.hear(*(lead for lead, _ in lot))
        at = room.clock.now() + timedelta(days=20)
        room.clock.forward(days=20)
        room.hear(*((won if sold else lost)(lead, at) for lead, sold in lot))
        room.clock.forward(days=-19)
        told += [lead for lead, _ in lot]
    room.clock.forward(days=30)
    return told


def train(room: PlayedRoom, settings: Settings | None = None, company: Path = COMPANY, **how: bool) -> Done:
    """The job, run beside the room."""
    url = room.engine.url.render_as_string(hide_password=False)
    return Job(url, company, settings or Settings(), "Tess (test)", room.clock).run(lambda *_: None, **how)
