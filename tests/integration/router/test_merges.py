"""People who were taken for one, or told apart: in whatever order it is told, leads follow them, and owners stay."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from services.router import service
from services.router.models import Account, Assignment, Lead, Person
from services.router.usecases.answering import Desk
from shared.contracts.envelope import Envelope
from tests.builders import enveloped, merged, response, unmerged
from tests.integration.router.conftest import COMPANY
from tests.integration.router.told import lead_in, lead_row, owner_id, press, qualified, responded, token
from tests.played_room import PlayedRoom


def test_a_merge_gives_leads_to_the_survivor_and_leaves_them_their_owners(router: PlayedRoom) -> None:
    mine, theirs = lead_in("50010"), lead_in("65801", state="MO")
    router.hear(mine, theirs, qualified(mine), qualified(theirs))
    before = {lead.lead_id: owner_id(router, lead.lead_id) for lead in (mine, theirs)}
    router.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))

    assert {row["person_id"] for row in router.rows(Lead)} == {mine.person_id}
    assert {lead: owner_id(router, lead) for lead in before} == before
    # What qualification says of it later names whom it knew then.
    router.hear(qualified(theirs, 2))
    assert {row["person_id"] for row in router.rows(Lead)} == {mine.person_id}


def test_an_unmerge_gives_back_leads_and_takes_strange_answers_out(router: PlayedRoom) -> None:
    mine, theirs = lead_in("50010"), lead_in("65801", state="MO")
    stray = response()
    joined = responded(mine, inquiry_id=stray.inquiry_id)
    router.hear(mine, theirs, merged(mine.person, theirs.person, [theirs.lead_id], 2), joined)
    inquiry = str(stray.inquiry_id)
    apart = {"moved": {inquiry: theirs.lead_id}, "left": {inquiry: mine.lead_id}}
    router.hear(unmerged(mine.person, theirs.person, [theirs.lead_id], 3, **apart))
    router.hear(joined)

    assert lead_row(router, theirs.lead_id)["person_id"] == theirs.person_id
    assert list(lead_row(router, mine.lead_id)["responses"]) == [str(mine.response.inquiry_id)]


def test_the_rep_of_the_absorbed_serves_the_survivor_until_they_are_told_apart(router: PlayedRoom, desk: Desk) -> None:
    mine, theirs = lead_in("50010"), lead_in("65801", state="MO")
    router.hear(mine, theirs, qualified(theirs))
    assert press(router, desk, token(router, desk, theirs.lead_id, "accept")).changed
    router.hear(merged(mine.person, theirs.person, [theirs.lead_id], 2))
    reps = {row["account"]: row["owner_id"] for row in router.rows(Account)}
    assert reps == {f"person:{mine.person_id}": owner_id(router, theirs.lead_id)}

    router.hear(unmerged(mine.person, theirs.person, [theirs.lead_id], 3))
    reps = {row["account"]: row["owner_id"] for row in router.rows(Account)}
    assert reps == {f"person:{theirs.person_id}": owner_id(router, theirs.lead_id)}


def history() -> list[Envelope]:
    """Chains of merges, some undone in another order, amid what else is told of the leads."""
    events: list[Any] = []
    tractor = {"products": ["compact-tractor"], "state": None}
    # Of one place each: by whose address an owner is found depends on when the two are taken for one.
    for place in ("50010", "65801", "67401", "62704"):
        a, b, c = (lead_in(place, **tractor) for _ in range(3))
        stray = responded(a)
        inquiry = str(stray.response.inquiry_id)
        events += [a, b, c, qualified(a), qualified(b), stray]
        events.append(merged(b.person, c.person, [c.lead_id], 2))
        events.append(merged(a.person, b.person, [b.lead_id, c.lead_id], 3))
        apart = {"moved": {inquiry: c.lead_id}, "left": {inquiry: a.lead_id}}
        events.append(unmerged(a.person, c.person, [c.lead_id], 4, **apart))
        x, y = (lead_in(place, **tractor) for _ in range(2))
        events += [x, y, merged(x.person, y.person, [y.lead_id], 2), unmerged(x.person, y.person, [y.lead_id], 3)]
        events += [merged(x.person, y.person, [y.lead_id], 4), qualified(y), qualified(y, 2)]
    return [enveloped(event) for event in events]


def end_of(url: str, batches: list[list[Envelope]]) -> dict[str, Any]:
    played = PlayedRoom.on(url, service.room(COMPANY))
    for batch in batches:
        played.hear_all(batch)
    kept = ("person_id", "person_revision", "moved_away", "status")
    end = {
        "leads": {row["lead_id"]: [row[name] for name in kept] for row in played.rows(Lead)},
        "responses": {row["lead_id"]: sorted(row["responses"]) for row in played.rows(Lead)},
        "owners": {row["lead_id"]: row["owner_id"] for row in played.rows(Assignment) if row["ended_at"] is None},
        "people": {row["person_id"]: (row["revision"], row["document"]["person_id"]) for row in played.rows(Person)},
    }
    played.engine.dispose()
    return end


@pytest.mark.usefixtures("router_settings")
def test_every_order_of_merges_ends_the_same(room_database: Callable[[str], str]) -> None:
    events = history()
    expected = end_of(room_database("router"), [events])
    assert {len(found) for found in expected["responses"].values()} == {1}

    for seed in range(4):
        chance = random.Random(seed)
        shuffled = events + chance.sample(events, len(events) // 3)
        chance.shuffle(shuffled)
        size = chance.choice([1, 7, 40])
        end = end_of(
            room_database("router"), [shuffled[start : start + size] for start in range(0, len(shuffled), size)]
        )
        assert end == expected, seed
