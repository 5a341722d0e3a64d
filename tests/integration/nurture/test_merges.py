"""People who were taken for one, or told apart: one programme for one person, and no piece twice for both."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.nurture import service
from services.nurture.models import Enrolment, Lead, Person
from shared.contracts import nurture as published
from shared.contracts.envelope import Envelope
from shared.database.plumbing import DUE
from tests.builders import NOON, enveloped, lead_registered, merged, unmerged
from tests.integration.nurture.conftest import COMPANY
from tests.integration.nurture.test_programme import ALL_STEPS, steps
from tests.integration.nurture.told import scored
from tests.played_room import PlayedRoom


def _active(nurture: PlayedRoom) -> list[tuple[Any, Any]]:
    return [(row["lead_id"], row["person_id"]) for row in nurture.rows(Enrolment) if row["state"] == "active"]


def test_a_merged_person_is_in_one_programme_and_gets_no_piece_twice(nurture: PlayedRoom) -> None:
    mine, theirs = lead_registered(), lead_registered()
    nurture.hear(mine, scored(mine))
    nurture.pass_days(10)
    nurture.hear(theirs, scored(theirs, scored_at=nurture.clock.now()))
    nurture.pass_days(5)
    nurture.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))
    assert _active(nurture) == [(mine.lead_id, mine.person_id)]
    nurture.pass_days(300)

    # Both had the first one before anybody knew that they are one.
    assert sorted(steps(nurture)) == sorted([ALL_STEPS[0], *ALL_STEPS])
    assert [row.reason for row in nurture.published(published.ProgrammeLeft)] == ["another_lead", "completed"]


def test_the_absorbed_person_s_programme_goes_on_as_the_survivor_s(nurture: PlayedRoom) -> None:
    mine, theirs = lead_registered(), lead_registered()
    nurture.hear(mine, theirs, scored(theirs))
    nurture.pass_days(10)
    nurture.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))
    nurture.pass_days(300)

    assert steps(nurture) == ALL_STEPS
    told = nurture.published(published.StepDue)
    assert [step.person_id for step in told] == [theirs.person_id, mine.person_id, mine.person_id]
    assert told[-1].person.email == mine.person.email


def test_told_apart_each_goes_on_where_they_were(nurture: PlayedRoom) -> None:
    mine, theirs = lead_registered(), lead_registered()
    nurture.hear(mine, theirs, scored(mine), scored(theirs, scored_at=NOON + timedelta(hours=1)))
    nurture.pass_days(5)
    nurture.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))
    nurture.pass_days(5)
    nurture.hear(unmerged(mine.person, theirs.person, [theirs.lead_id], 3))
    assert sorted(_active(nurture)) == sorted((each.lead_id, each.person_id) for each in (mine, theirs))
    nurture.pass_days(300)

    for each in (mine, theirs):
        assert [s.piece for s in nurture.published(published.StepDue) if s.person_id == each.person_id] == ALL_STEPS


def history() -> list[Envelope]:
    """Chains of merges, some undone in another order."""
    events: list[Any] = []
    for _ in range(3):
        a, b, c, x, y = (lead_registered() for _ in range(5))
        events += [a, b, c, x, y, scored(a), scored(c), scored(x), scored(y, scored_at=NOON + timedelta(days=1))]
        events.append(merged(b.person, c.person, [c.lead_id], 2))
        events.append(merged(a.person, b.person, [b.lead_id, c.lead_id], 3))
        events.append(unmerged(a.person, c.person, [c.lead_id], 4))
        events += [merged(x.person, y.person, [y.lead_id], 2), unmerged(x.person, y.person, [y.lead_id], 3)]
        events += [merged(x.person, y.person, [y.lead_id], 4), scored(y, revision=2)]
    return [enveloped(event) for event in events]


def outcome(room: PlayedRoom) -> dict[str, Any]:
    kept = ("lead_id", "person_id", "state", "position", "starts_at")
    return {
        "leads": [{**row, "enrolment_id": None} for row in room.rows(Lead)],
        "persons": room.rows(Person),
        "active": [[row[name] for name in kept] for row in room.rows(Enrolment) if row["state"] == "active"],
        "due": room.rows(DUE),
    }


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_merges_nurtures_the_same(room_database: Callable[[str], str], seed: int) -> None:
    chance = random.Random(seed)
    told = history()
    mixed = told + chance.choices(told, k=len(told) // 3)
    chance.shuffle(mixed)
    in_order, shuffled = (PlayedRoom.on(room_database("nurture"), service.room(COMPANY)) for _ in range(2))
    in_order.hear_all(told)
    while mixed:
        size = chance.choice([1, 3, 15])
        shuffled.hear_all(mixed[:size])
        mixed = mixed[size:]

    assert outcome(shuffled) == outcome(in_order)
    assert len(outcome(in_order)["active"]) == 9
    for room in (in_order, shuffled):
        room.pass_days(100)
    assert sorted(steps(shuffled)) == sorted(steps(in_order))
    in_order.engine.dispose()
    shuffled.engine.dispose()
