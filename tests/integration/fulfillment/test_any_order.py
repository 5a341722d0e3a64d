"""Whatever order events come in, and however often, the same pieces go to the same people."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.fulfillment.models import Base, Lead, Permission, Person, Piece
from shared.contracts.capture import PersonUpdated
from shared.contracts.envelope import Envelope
from shared.database import migrations
from shared.database.plumbing import EFFECT, PLUMBING
from tests.builders import NOON, enveloped, lead_registered, person, response
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.told import (
    DEALER,
    MARKETING,
    assigned,
    consent,
    disqualified,
    qualified,
    responded,
    scored,
    step,
)


def history() -> list[Envelope]:
    """Six leads, one of each fate, two of them of one person."""
    hour = timedelta(hours=1)
    hot, cold, junk, silent, refuses = (lead_registered(person=person()) for _ in range(5))
    again = lead_registered(person=cold.person, response=response(products=["feed-mixer"]))
    moved = person(person_id=cold.person_id, email="new@leefarms.example")
    once = person(person_id=cold.person_id, email="old@leefarms.example")
    events = [
        hot, scored(hot, "hot", "qualified", 2), qualified(hot, "hot", 2), assigned(hot, MARKETING, 1),
        assigned(hot, DEALER, 2), responded(hot, products=["feed-mixer"]), responded(hot, number=3),
        cold, scored(cold, "cold"), assigned(cold, MARKETING), step(cold), step(cold, "nurture-2-story", occasion="2"),
        PersonUpdated(person_id=cold.person_id, person=moved, revision=2, lead_id=cold.lead_id),
        PersonUpdated(person_id=cold.person_id, person=once, revision=1, lead_id=cold.lead_id),
        again, scored(again, "warm"), assigned(again, DEALER),
        junk, disqualified(junk), assigned(junk, MARKETING),
        silent,
        refuses, scored(refuses, "cold"), assigned(refuses, DEALER), step(refuses, "nurture-3-invite"),
        consent(refuses, True, NOON + hour), consent(refuses, False, NOON + 2 * hour),
        consent(refuses, False, NOON + hour, "post"), responded(refuses),
    ]  # fmt: skip
    return [enveloped(event, time=NOON + timedelta(seconds=number)) for number, event in enumerate(events)]


def played(house: House, told: list[Envelope], size: Callable[[], int]) -> None:
    """Everything is heard, then time passes, then everything is sent."""
    while told:
        number = size()
        house.hear_all(told[:number])
        told = told[number:]
    house.clock.forward(hours=3)
    house.run_due()
    house.send()


def outcome(house: House) -> dict[str, Any]:
    volatile = ("claim", "claimed_at")
    return {
        "leads": house.rows(Lead),
        "people": house.rows(Person),
        "permissions": house.rows(Permission),
        "pieces": house.rows(Piece),
        "effects": [{k: v for k, v in row.items() if k not in volatile} for row in house.rows(EFFECT)],
        "jobs": [job.name for job in house.jobs()],
    }


def event_ids(house: House) -> list[UUID]:
    return sorted(envelope.id for envelope in house.envelopes())


@pytest.mark.parametrize("seed", range(3))
def test_any_order_and_any_repetition_sends_the_same(make_house: Callable[[], House], seed: int) -> None:
    chance = random.Random(seed)
    told = history()
    in_order, shuffled = make_house(), make_house()
    mixed = told + chance.choices(told, k=15)
    chance.shuffle(mixed)

    played(in_order, told, lambda: 6)
    played(shuffled, mixed, lambda: chance.randint(1, 9))

    assert outcome(shuffled) == outcome(in_order)
    assert event_ids(shuffled) == event_ids(in_order)
    states = [row["state"] for row in in_order.rows(Piece)]
    assert (states.count("sent"), states.count("suppressed")) == (15, 5)


def test_replay_of_everything_sends_nothing_again(make_house: Callable[[], House]) -> None:
    house, told = make_house(), history()
    played(house, told, lambda: 6)
    before = outcome(house)

    for envelope in told:
        house.hear(enveloped(envelope.data, time=envelope.time))
    house.run_due()

    assert house.send() == 0
    assert len(house.rows(Piece)) == len(before["pieces"])


def test_schema_is_what_the_code_declares(house: House) -> None:
    assert migrations.drift(house.engine, [Base.metadata, PLUMBING]) == []
