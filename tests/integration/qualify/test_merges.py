"""People who were taken for one, or told apart: leads are measured by what their person said and did."""

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.qualify import service
from services.qualify.models import Person, Profile
from services.qualify.usecases import recalling
from shared.contracts.capture import ActivityRecorded
from shared.contracts.envelope import Envelope
from tests.builders import NOON, enveloped, lead_registered, merged, person, response, unmerged
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.test_any_order import deliver, last_published
from tests.integration.qualify.told import READY, VAGUE, responded, updated
from tests.played_room import PlayedRoom


def _profile(room: PlayedRoom, lead_id: Any) -> dict[str, Any]:
    return next(row for row in room.rows(Profile) if row["lead_id"] == lead_id)


def _done(room: PlayedRoom, lead_id: Any) -> int:
    """How many activities count for the lead."""
    with room.uow.begin() as tx:
        history = recalling.read(tx.session, lead_id)
        assert history is not None
        return len(history.activities)


def _download(who: Any) -> ActivityRecorded:
    return ActivityRecorded(
        activity_id=uuid4(), person_id=who, kind="download", what="dryer-guide", at=NOON, site="website",
        details={}, verdict="human", reasons=[], anonymous_before=False,
    )  # fmt: skip


def test_a_response_of_somebody_else_counts_no_more_once_they_are_told_apart(qualification: PlayedRoom) -> None:
    mine, theirs = (lead_registered(person=person(), response=response(answers=VAGUE)) for _ in range(2))
    qualification.hear(mine, theirs)
    vague = _profile(qualification, mine.lead_id)["decision"]
    stray = responded(mine, answers=READY, received_at=NOON + timedelta(hours=1))
    qualification.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2), stray)
    assert _profile(qualification, mine.lead_id)["decision"] == "qualified" != vague

    inquiry = str(stray.response.inquiry_id)
    apart = {"moved": {inquiry: theirs.lead_id}, "left": {inquiry: mine.lead_id}}
    qualification.hear(unmerged(mine.person, theirs.person, [theirs.lead_id], 3, **apart), stray)
    now = _profile(qualification, mine.lead_id)
    assert (now["decision"], len(now["responses"])) == (vague, 1)


def test_what_the_absorbed_did_counts_for_the_survivor_until_they_are_told_apart(qualification: PlayedRoom) -> None:
    mine, theirs = (lead_registered(person=person(), response=response(answers=VAGUE)) for _ in range(2))
    qualification.hear(mine, theirs, *(_download(theirs.person_id) for _ in range(3)))
    assert [_done(qualification, each.lead_id) for each in (mine, theirs)] == [0, 3]
    qualification.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))
    assert [_done(qualification, each.lead_id) for each in (mine, theirs)] == [3, 3]
    qualification.hear(unmerged(mine.person, theirs.person, [theirs.lead_id], 3))
    assert [_done(qualification, each.lead_id) for each in (mine, theirs)] == [0, 3]


def history() -> list[Envelope]:
    """Chains of merges, some undone in another order, amid responses, steps and news of the people."""
    events: list[Any] = []
    for _ in range(3):
        a, b, c, x, y = (lead_registered(person=person(), response=response(answers=VAGUE)) for _ in range(5))
        stray = responded(a, answers=READY)
        inquiry = str(stray.response.inquiry_id)
        events += [a, b, c, x, y, stray, _download(c.person_id), _download(b.person_id), updated(b, 1, b.person)]
        events.append(merged(b.person, c.person, [c.lead_id], 2))
        events.append(merged(a.person, b.person, [b.lead_id, c.lead_id], 3))
        events += [updated(a, 3, a.person), updated(b, 3, a.person)]
        apart = {"moved": {inquiry: c.lead_id}, "left": {inquiry: a.lead_id}}
        events.append(unmerged(a.person, c.person, [c.lead_id], 4, **apart))
        events += [merged(x.person, y.person, [y.lead_id], 2), unmerged(x.person, y.person, [y.lead_id], 3)]
        events += [merged(x.person, y.person, [y.lead_id], 4), _download(y.person_id)]
    return [enveloped(event, time=NOON + timedelta(minutes=at)) for at, event in enumerate(events)]


def outcome(room: PlayedRoom) -> dict[str, Any]:
    kept = ("lead_id", "person_id", "person_revision", "moved_away", "score", "rank", "decision")
    published = last_published(room)
    return {
        "profiles": [[row[name] for name in kept] + sorted(row["responses"]) for row in room.rows(Profile)],
        "persons": [{**row, "updates": sorted(row["updates"])} for row in room.rows(Person)],
        "published": {lead: (event.score, event.rank, event.decision) for lead, event in published.items()},
    }


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_merges_ends_the_same(room_database: Callable[[str], str], seed: int) -> None:
    chance = random.Random(seed)
    told = history()
    mixed = told + chance.choices(told, k=10)
    chance.shuffle(mixed)
    in_order, shuffled = (PlayedRoom.on(room_database("qualify"), service.room(COMPANY)) for _ in range(2))
    deliver(in_order, told, lambda: 100)
    deliver(shuffled, mixed, lambda: chance.randint(1, 8))

    assert outcome(shuffled) == outcome(in_order)
    in_order.engine.dispose()
    shuffled.engine.dispose()
