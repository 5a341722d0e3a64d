"""Whatever order events come in, and however often, the same leads are nurtured at the same times."""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.nurture import service
from services.nurture.models import Enrolment, Lead, Person
from shared.contracts import nurture as published
from shared.contracts.capture import LeadResponded, PersonUpdated
from shared.contracts.envelope import Envelope
from shared.contracts.fulfillment import Unsubscribed
from shared.contracts.people import Bant
from shared.contracts.router import LeadAccepted, LeadLost
from shared.database.plumbing import DUE
from tests.builders import NOON, enveloped, lead_registered, person, response
from tests.integration.nurture.conftest import COMPANY
from tests.integration.nurture.told import consent, qualified, recycled, scored
from tests.played_room import PlayedRoom


def history() -> list[Envelope]:
    """Six leads of four persons whose fates cross each other."""
    hour = timedelta(hours=1)
    cools, wins, refuses, returns = (lead_registered(person=person()) for _ in range(4))
    second = lead_registered(person=cools.person)
    leaves = lead_registered(person=refuses.person)
    newer = person(person_id=cools.person_id, email="new@leefarms.example")
    events = [
        cools, wins, refuses, returns, second, leaves,
        scored(cools, "not_ready", 1), scored(cools, "qualified", 2), scored(cools, "not_ready", 3),
        scored(second, "not_ready", 1, rank="future", bant=Bant(ready_on=date(2026, 11, 1))),
        LeadResponded(
            lead_id=cools.lead_id, person_id=cools.person_id, person=cools.person, response=response(), number=2
        ),
        PersonUpdated(person_id=cools.person_id, person=newer, revision=2),
        PersonUpdated(person_id=cools.person_id, person=cools.person, revision=1),
        scored(wins, "not_ready", 1), scored(wins, "qualified", 2), qualified(wins, 2),
        LeadAccepted(lead_id=wins.lead_id, assignment_id=UUID(int=1), owner_id="d", accepted_at=NOON + hour),
        LeadLost(lead_id=wins.lead_id, owner_id="d", reason="price", lost_at=NOON + 2 * hour),
        scored(refuses, "not_ready", 1),
        consent(refuses, False, NOON + hour), consent(refuses, True, NOON + 2 * hour),
        scored(leaves, "unqualified", 1), scored(leaves, "not_ready", 2),
        scored(returns, "qualified", 1), qualified(returns, 1),
        recycled(returns, NOON + 3 * hour, until=date(2026, 8, 1)), recycled(returns, NOON + hour),
    ]  # fmt: skip
    return [enveloped(event) for event in events]


def outcome(room: PlayedRoom) -> dict[str, Any]:
    """Who is nurtured and what comes when; how often a lead left on the way there depends on the order."""
    active = [row for row in room.rows(Enrolment) if row["state"] == "active"]
    for row in active:
        del row["entries"], row["because"]
    return {
        "leads": [{**row, "enrolment_id": None} for row in room.rows(Lead)],
        "persons": room.rows(Person),
        "active": active,
        "due": room.rows(DUE),
    }


def deliver(room: PlayedRoom, told: list[Envelope], sizes: Callable[[], int]) -> None:
    while told:
        size = sizes()
        room.hear_all(told[:size])
        told = told[size:]


def step_ids(room: PlayedRoom) -> set[UUID]:
    return {envelope.id for envelope in room.envelopes(published.StepDue)}


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_repetition_nurtures_the_same(room_database: Callable[[str], str], seed: int) -> None:
    chance = random.Random(seed)
    told = history()
    in_order, shuffled = (PlayedRoom.on(room_database("nurture"), service.room(COMPANY)) for _ in range(2))
    mixed = told + chance.choices(told, k=10)
    chance.shuffle(mixed)

    deliver(in_order, told, lambda: 5)
    deliver(shuffled, mixed, lambda: chance.randint(1, 8))

    assert outcome(shuffled) == outcome(in_order)
    assert len(outcome(in_order)["active"]) == 4

    for room in (in_order, shuffled):
        room.pass_days(20)
        room.hear(Unsubscribed(person_id=told[2].person_id, channel="email", unsubscribed_at=room.clock.now()))
        room.pass_days(500)
    assert step_ids(shuffled) == step_ids(in_order)
    in_order.engine.dispose()
    shuffled.engine.dispose()
