"""Whatever order events come in, and however often, every lead ends with the same profile, score and decision."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.qualify import service
from services.qualify.models import Person, Profile, Score
from shared.contracts.envelope import Envelope
from shared.contracts.qualify import LeadQualified, LeadScored
from tests.builders import NOON, address, enveloped, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY, VAGUE, lost, recycled, responded, updated, won
from tests.played_room import PlayedRoom

#: How often a lead crossed the threshold on the way, and what was said at each revision, may differ.
ON_THE_WAY = ("times_qualified", "times_disqualified", "moves")
WHEN_SAID = ("revision", "scored_at", "previous_rank", "trend")


def history() -> list[Envelope]:
    """Seven leads of six persons whose fates cross; the clock of each event is its place in this list."""
    hours = [NOON + timedelta(hours=hour) for hour in range(40)]

    def at(hour: int, **answers: str) -> Any:
        return response(received_at=hours[hour], answers=answers)

    grows = lead_registered(response=at(0, **VAGUE))
    fades = lead_registered(person=person(), response=at(1, **READY))
    returns = lead_registered(person=person(), response=at(2, **READY))
    sold = lead_registered(person=person(), response=at(3, **READY))
    moves = lead_registered(person=person(), response=at(4, **READY))
    second = lead_registered(person=moves.person, response=at(5, **VAGUE))
    junk = lead_registered(person=person(email=None, phone=None, address=None), response=at(6))
    abroad = person(person_id=moves.person_id, address=address(state=None, country="BR"))
    reachable = person(person_id=junk.person_id, email=None, address=None)
    events = [
        grows, fades, returns, sold, moves, second, junk,
        responded(grows, received_at=hours[8], answers={"budget": "30000", "role": "owner"}),
        responded(grows, 3, received_at=hours[9], answers=READY),
        responded(fades, received_at=hours[10], answers={"timing": "none"}),
        recycled(returns, hours[11], until=date(2026, 12, 1)),
        responded(returns, received_at=hours[12], answers={"timing": "now", "interest": "demo"}),
        recycled(returns, hours[13]),
        responded(returns, 3, received_at=hours[14], answers={"acres": "900", "timing": "now"}),
        won(sold, hours[15]),
        responded(sold, received_at=hours[16], answers={"timing": "none"}),
        updated(moves, 1, moves.person), updated(moves, 2, abroad), updated(moves, 3, moves.person),
        updated(sold, 1, person(person_id=sold.person_id, address=address(state=None, country="BR"))),
        updated(junk, 1, reachable),
        lost(second, hours[20]), lost(second, hours[21]),
    ]  # fmt: skip
    return [enveloped(event, time=moment) for event, moment in zip(events, hours, strict=False)]


def outcome(room: PlayedRoom) -> dict[str, Any]:
    """The profiles, what is known of persons, and what stands published of each lead."""
    profiles = room.rows(Profile)
    for row in profiles:
        for name in ON_THE_WAY:
            del row[name]
    return {"profiles": profiles, "persons": room.rows(Person), "published": last_published(room)}


def last_published(room: PlayedRoom) -> dict[Any, Any]:
    """Per lead, the score of the highest revision: what every other room ends with."""
    newest: dict[Any, LeadScored] = {}
    for event in room.published(LeadScored):
        if event.lead_id not in newest or event.revision > newest[event.lead_id].revision:
            newest[event.lead_id] = event
    same = {"revision": 0, "scored_at": NOON, "previous_rank": None, "trend": None}
    assert set(same) == set(WHEN_SAID)
    return {lead_id: replace(event, **same) for lead_id, event in newest.items()}


def deliver(room: PlayedRoom, told: list[Envelope], size: Callable[[], int]) -> None:
    while told:
        count = size()
        room.hear_all(told[:count])
        told = told[count:]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_and_any_repetition_end_the_same(room_database: Callable[[str], str], seed: int) -> None:
    chance = random.Random(seed)
    told = history()
    in_order, shuffled = (PlayedRoom.on(room_database("qualify"), service.room(COMPANY)) for _ in range(2))
    mixed = told + chance.choices(told, k=10)
    chance.shuffle(mixed)

    deliver(in_order, told, lambda: 5)
    deliver(shuffled, mixed, lambda: chance.randint(1, 8))

    assert outcome(shuffled) == outcome(in_order)
    decided = [row["decision"] for row in in_order.rows(Profile)]
    assert sorted(decided) == sorted(["qualified"] * 4 + ["not_ready"] * 2 + ["unqualified"])
    for room in (in_order, shuffled):
        qualified = {row["lead_id"] for row in room.rows(Profile) if row["decision"] == "qualified"}
        first = {each.id for each in room.envelopes(LeadQualified) if each.lead_id in qualified}
        assert first_ids(in_order, qualified) <= first
        assert len(room.published(LeadScored)) == len(room.rows(Score))
    in_order.engine.dispose()
    shuffled.engine.dispose()


def first_ids(room: PlayedRoom, leads: set[Any]) -> set[Any]:
    """The id of each lead's first `lead_qualified`."""
    first: dict[Any, Any] = {}
    for envelope in room.envelopes(LeadQualified):
        if envelope.lead_id in leads:
            first.setdefault(envelope.lead_id, envelope.id)
    assert first.keys() == leads
    return set(first.values())


def test_each_revision_is_published_once_and_grows(room_database: Callable[[str], str]) -> None:
    room = PlayedRoom.on(room_database("qualify"), service.room(COMPANY))
    told = history()
    random.Random(11).shuffle(told)
    deliver(room, told * 2, lambda: 3)

    said: dict[Any, list[int]] = {}
    for event in room.published(LeadScored):
        said.setdefault(event.lead_id, []).append(event.revision)
    assert all(revisions == sorted(set(revisions)) for revisions in said.values())
    room.engine.dispose()
