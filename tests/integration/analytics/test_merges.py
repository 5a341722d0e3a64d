"""People who were taken for one, or told apart: whose a lead is, and what its story tells."""

import random
from collections.abc import Callable

import pytest

from services.analytics import service
from services.analytics.models import LeadFact
from services.analytics.usecases import filing
from shared.contracts.capture import ConsentChanged
from shared.contracts.envelope import Envelope
from tests.builders import NOON, enveloped, lead_registered, merged, person, unmerged
from tests.integration.analytics.conftest import COMPANY
from tests.integration.analytics.test_answers import story
from tests.integration.analytics.test_journal import deliver
from tests.played_room import PlayedRoom


def test_the_survivor_s_story_has_what_both_did_until_they_are_told_apart(analytics: PlayedRoom) -> None:
    mine = lead_registered(person=person(name="Ann Lee"))
    theirs = lead_registered(person=person(name="Gus Falk"))
    said = {"channel": "email", "allowed": False, "changed_at": NOON, "origin": "form"}
    analytics.hear(mine, theirs, ConsentChanged(person_id=theirs.person_id, **said))
    merge = merged(mine.person, theirs.person, [theirs.lead_id], 2)
    analytics.hear(merge)
    told = story(analytics, mine)
    assert {"consent_changed", "persons_merged"} <= {entry.event for entry in told.timeline}
    assert told.other_leads == [theirs.lead_id]
    absorbed = story(analytics, theirs)
    assert (absorbed.person_id, absorbed.other_leads) == (mine.person_id, [mine.lead_id])
    assert "persons_merged" in {entry.event for entry in absorbed.timeline}

    analytics.clock.forward(hours=1)
    analytics.hear(ConsentChanged(person_id=mine.person_id, **said | {"channel": "post"}))
    analytics.hear(unmerged(mine.person, theirs.person, [theirs.lead_id], 3, merge_id=merge.merge_id))
    told, apart = story(analytics, mine), story(analytics, theirs)
    assert [len([e for e in one.timeline if e.event == "consent_changed"]) for one in (told, apart)] == [1, 1]
    assert told.other_leads == apart.other_leads == []
    assert apart.person is not None
    assert (apart.person_id, apart.person.name) == (theirs.person_id, "Gus Falk")


def history() -> list[Envelope]:
    """Chains of merges, some undone in another order."""
    events = []
    for _ in range(5):
        a, b, c = (lead_registered(person=person()) for _ in range(3))
        events += [a, b, c, merged(b.person, c.person, [c.lead_id], 2)]
        events.append(merged(a.person, b.person, [b.lead_id, c.lead_id], 3))
        events.append(unmerged(a.person, c.person, [c.lead_id], 4))
    return [enveloped(event) for event in events]


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_merges_gives_the_same_facts(
    room_database: Callable[[str], str], analytics: PlayedRoom, seed: int
) -> None:
    chance = random.Random(seed)
    told = history()
    mixed = told + chance.choices(told, k=10)
    chance.shuffle(mixed)
    other = PlayedRoom.on(room_database("analytics"), service.room(COMPANY))
    deliver(analytics, told, lambda: 50)
    deliver(other, mixed, lambda: chance.randint(1, 10))

    assert other.rows(LeadFact) == analytics.rows(LeadFact)
    assert {row["person_revision"] for row in other.rows(LeadFact)} == {0, 3, 4}
    with analytics.uow.begin() as tx:
        filing.rebuild(tx)
    assert other.rows(LeadFact) == analytics.rows(LeadFact)
    other.engine.dispose()
