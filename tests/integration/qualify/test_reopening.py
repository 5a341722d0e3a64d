"""An owner who takes back how a lead ended: it is open again, in every order, and what was said before stays said."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from services.qualify import service
from services.qualify.measuring import measuring_of
from services.qualify.models import BuyingGroup, Profile
from services.qualify.usecases import explaining, reassessing
from shared.contracts.calls import ScoreReply
from shared.contracts.capture import LeadRegistered
from shared.contracts.event import Event
from shared.contracts.qualify import LeadScored
from shared.contracts.router import LeadLost, LeadReopened, LeadWon
from tests.builders import NOON, enveloped, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY, responded
from tests.played_room import PlayedRoom

FIRM = UUID("0190d0e0-0000-7000-8000-00000000f1f1")
HOUR = timedelta(hours=1)


def won(lead: LeadRegistered, at: datetime, revision: int) -> LeadWon:
    return LeadWon(lead_id=lead.lead_id, owner_id="o", won_at=at, revision=revision)


def lost(lead: LeadRegistered, at: datetime, revision: int) -> LeadLost:
    return LeadLost(lead_id=lead.lead_id, owner_id="o", reason="price", lost_at=at, revision=revision)


def reopened(lead: LeadRegistered, at: datetime, revision: int) -> LeadReopened:
    return LeadReopened(
        lead_id=lead.lead_id, assignment_id=lead.lead_id, owner_id="o", revision=revision, was="won", reopened_at=at
    )


def asked(room: PlayedRoom, lead: LeadRegistered, at: datetime) -> ScoreReply:
    with room.uow.begin() as tx:
        found = explaining.explained(tx, lead.lead_id, at, measuring_of(COMPANY)(tx))
    assert found is not None
    return found


def test_it_goes_on_where_it_was_and_a_question_about_the_time_between_is_answered_as_then(
    qualification: PlayedRoom,
) -> None:
    lead = lead_registered(person=person(company_id=FIRM), response=response(answers=READY))
    qualification.hear(lead, won(lead, NOON + HOUR, 3))
    qualification.clock.forward(hours=2)
    qualification.hear(responded(lead, received_at=qualification.clock.now(), answers={"timing": "none"}))
    between = qualification.clock.now()
    assert qualification.published(LeadScored)[-1].rank == "hot"
    assert qualification.rows(BuyingGroup)[0]["members"] == {}

    qualification.clock.forward(hours=1)
    qualification.hear(reopened(lead, qualification.clock.now(), 4))

    [profile] = qualification.rows(Profile)
    assert (profile["rank"], profile["outcome"], profile["closed_at"]) == ("unqualified", None, None)
    assert qualification.published(LeadScored)[-1].rank == "unqualified"
    assert list(qualification.rows(BuyingGroup)[0]["members"]) == [str(lead.lead_id)]
    then, now = asked(qualification, lead, between), asked(qualification, lead, qualification.clock.now())
    assert (then.rank, then.stage, now.rank) == ("hot", "customer", "unqualified")
    with qualification.uow.begin() as tx:
        assert reassessing.open_leads(tx, None) == [lead.lead_id]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_ending_of_the_highest_revision_holds_in_every_order(
    room_database: Callable[[str], str], order: tuple[int, ...]
) -> None:
    lead = lead_registered(response=response(answers=READY))
    told: list[Event] = [won(lead, NOON + HOUR, 3), reopened(lead, NOON + 2 * HOUR, 4), lost(lead, NOON + 3 * HOUR, 5)]
    events: list[Any] = [enveloped(event, time=NOON + HOUR) for event in told]
    room = PlayedRoom.on(room_database("qualify"), service.room(COMPANY))
    room.hear(lead)
    for place in (*order, *order):
        room.hear(events[place])

    [profile] = room.rows(Profile)
    assert (profile["outcome"], profile["closed_at"]) == ("lost", NOON + 3 * HOUR)
    room.engine.dispose()
