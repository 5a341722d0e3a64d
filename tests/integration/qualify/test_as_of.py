"""What is said of a lead for any past moment is what was live then; and nothing that is said depends on the order."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.qualify import service
from services.qualify.measuring import measuring_of
from services.qualify.models import BuyingGroup, Profile
from services.qualify.usecases import explaining
from shared.contracts.calls import ScoreReply
from shared.contracts.capture import ActivityReassessed, ActivityReassigned, ActivityRecorded, LeadRegistered
from shared.contracts.event import Event
from shared.contracts.qualify import LeadScored, StageChanged
from shared.contracts.router import LeadAccepted, LeadRecycled, QuoteRecorded
from tests.builders import enveloped, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY, VAGUE, responded, updated
from tests.played_room import PlayedRoom

RULES = (COMPANY / "rules.yml").read_text()
COMPANY_ID = UUID("0190d0e0-0000-7000-8000-00000000c0c0")
#: The example's rules, with everything that ages.
AGEING = RULES.replace("half_life: 30 days}", "half_life: 9 days}", 1).replace(
    "\npoints:\n",
    "\npoints:\n"
    "  - {rule: test-pages, group: engagement, activity: page, per: occurrence, at_most: 12, points: 4, because: x}\n"
    "  - {rule: test-often, group: engagement, activity: page, times: 2, within: 5 days, points: 9, because: often}\n"
    "  - {rule: test-group, group: engagement, when: group_people >= 1, points: 6, because: several ask}\n",
    1,
)


@pytest.fixture
def company(tmp_path: Path) -> Path:
    for file in COMPANY.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "rules.yml").write_text(AGEING)
    return tmp_path


@pytest.fixture
def ageing(room_database: Callable[[str], str], company: Path) -> Any:
    played = PlayedRoom.on(room_database("qualify"), service.room(company))
    yield played
    played.engine.dispose()


def asked(room: PlayedRoom, company: Path, lead_id: UUID, as_of: datetime | None = None) -> ScoreReply | None:
    with room.uow.begin() as tx:
        return explaining.explained(tx, lead_id, as_of, measuring_of(company)(tx))


def page(lead: LeadRegistered, at: datetime, **over: Any) -> ActivityRecorded:
    values: dict[str, Any] = {
        "activity_id": over.pop("activity_id", None) or random.Random(str(at)).getrandbits(128),
        "person_id": lead.person_id, "lead_id": lead.lead_id, "kind": "page", "what": "dryers", "at": at,
        "site": "www", "details": {}, "verdict": "human", "reasons": [], "anonymous_before": False,
    }  # fmt: skip
    if isinstance(values["activity_id"], int):
        values["activity_id"] = UUID(int=values["activity_id"])
    return ActivityRecorded(**(values | over))


def unmasked(seen: ActivityRecorded, at: datetime, revision: int = 2) -> ActivityReassessed:
    return ActivityReassessed(
        activity_id=seen.activity_id, person_id=seen.person_id, lead_id=seen.lead_id, kind=seen.kind, what=seen.what,
        at=seen.at, verdict="bot", previous_verdict="human", reasons=["too fast"], revision=revision, reassessed_at=at,
    )  # fmt: skip


def random_history(room: PlayedRoom, chance: random.Random, days: int) -> list[LeadRegistered]:
    """Two people of one company and one of none, over some weeks; every day something may happen."""
    leads = [
        lead_registered(person=person(company_id=company_id), response=response(answers=chance.choice([READY, VAGUE])))
        for company_id in (COMPANY_ID, COMPANY_ID, None)
    ]
    room.hear(*leads)
    seen: list[ActivityRecorded] = []
    revision = 0

    def happen() -> None:
        nonlocal revision
        lead, now = chance.choice(leads), room.clock.now()
        revision += 1
        match chance.randrange(7):
            case 0:
                told: Event = responded(lead, revision + 1, received_at=now, answers=chance.choice([READY, VAGUE, {}]))
            case 1 | 2:
                told = page(lead, now)
                seen.append(told)
            case 3 if seen:
                told = unmasked(seen.pop(chance.randrange(len(seen))), now)
            case 4:
                told = updated(lead, revision, person(person_id=lead.person_id, phone=None))
            case 5 if chance.random() < 0.3:
                told = LeadRecycled(
                    lead_id=lead.lead_id, person_id=lead.person_id, owner_id="o", reason="no", recycled_at=now
                )
            case _:
                return
        room.hear(told)

    for _ in range(days * 2):
        room.clock.forward(hours=12)
        room.run_due()
        happen()
        room.run_due()
    return leads


@pytest.mark.parametrize("seed", range(3))
def test_as_of_any_moment_is_what_was_published_then(ageing: PlayedRoom, company: Path, seed: int) -> None:
    leads = random_history(ageing, random.Random(seed), 25)

    published = ageing.published(LeadScored)
    assert len(published) > 10
    for lead in leads:
        told = [event for event in published if event.lead_id == lead.lead_id]
        # Of several things said at one moment, the last stood.
        last = {event.scored_at: event for event in told}
        for moment, event in last.items():
            then = asked(ageing, company, lead.lead_id, moment)
            assert then is not None
            lines = [(line.rule, line.points) for line in then.lines]
            assert (then.score, then.rank, then.decision) == (event.score, event.rank, event.decision)
            assert lines == [(line.rule, line.points) for line in event.lines]
            assert sum(line.points for line in then.lines) == then.score
            # Time alone changes a standing only at the moment for which it is foretold; here nobody looks that soon.
            after = asked(ageing, company, lead.lead_id, moment + timedelta(minutes=1))
            assert after is not None
            if then.changes_at is None or then.changes_at > moment + timedelta(minutes=1):
                assert (after.rank, after.decision) == (event.rank, event.decision)


def test_ranks_fall_by_themselves(ageing: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    ageing.hear(lead)
    first = ageing.published(LeadScored)[-1]
    ageing.pass_days(80)

    told = ageing.published(LeadScored)
    assert [event.score for event in told] == sorted((event.score for event in told), reverse=True)
    assert (first.rank, first.decision) == ("hot", "qualified")
    assert (told[-1].rank, told[-1].decision, told[-1].trend) == ("warm", "qualified", told[-1].trend)
    assert len(told) <= 4
    assert [event.stage for event in ageing.published(StageChanged)] == ["mql"]


def test_a_program_counts_nothing_also_when_learnt_later(ageing: PlayedRoom, company: Path) -> None:
    lead = lead_registered(response=response(answers=VAGUE))
    ageing.hear(lead)
    ageing.clock.forward(hours=1)
    seen = page(lead, ageing.clock.now())
    ageing.hear(seen)
    before, at = ageing.published(LeadScored)[-1], ageing.clock.now()
    ageing.clock.forward(days=1)
    ageing.hear(unmasked(seen, ageing.clock.now()), seen)

    after = ageing.published(LeadScored)[-1]
    assert "test-pages" in {line.rule for line in before.lines}
    assert "test-pages" not in {line.rule for line in after.lines}
    then = asked(ageing, company, lead.lead_id, at)
    assert then is not None
    assert then.score == before.score


def test_what_one_does_counts_for_the_others_of_the_company_and_goes_around_once(ageing: PlayedRoom) -> None:
    one = lead_registered(person=person(company_id=COMPANY_ID), response=response(answers=VAGUE))
    other = lead_registered(person=person(company_id=COMPANY_ID), response=response(answers=READY))
    ageing.hear(one)
    ageing.run_due()
    assert "test-group" not in {line.rule for line in ageing.published(LeadScored)[-1].lines}

    ageing.hear(other)
    ran = ageing.run_due()

    newest = {event.lead_id: event for event in ageing.published(LeadScored)}
    assert all("test-group" in {line.rule for line in newest[each.lead_id].lines} for each in (one, other))
    assert ran <= 2
    [group] = ageing.rows(BuyingGroup)
    by_the_group = {"test-group", "buying-group"}
    assert {lead: brought["score"] for lead, brought in group["members"].items()} == {
        str(lead_id): sum(line.points for line in event.lines if line.rule not in by_the_group)
        for lead_id, event in newest.items()
    }


def test_activities_in_any_order_end_the_same(room_database: Callable[[str], str], company: Path) -> None:
    start = PlayedRoom.on(room_database("qualify"), service.room(company)).clock.now()
    mine, yours = (lead_registered(person=person(), response=response(answers=VAGUE)) for _ in range(2))
    pages = [page(mine, start + timedelta(hours=hour)) for hour in range(4)]
    moved = ActivityReassigned(
        activity_id=pages[1].activity_id, person_id=yours.person_id, previous_person_id=mine.person_id, revision=2,
        because="another browser", reassigned_at=start,
    )  # fmt: skip
    owner: dict[str, Any] = {"lead_id": mine.lead_id, "owner_id": "o"}
    events: list[Event] = [
        mine, yours, *pages, moved, unmasked(pages[0], start), unmasked(pages[1], start, 3),
        LeadAccepted(**owner, assignment_id=mine.lead_id, accepted_at=start + timedelta(hours=2)),
        QuoteRecorded(**owner, amount=1, currency="USD", quoted_at=start + timedelta(hours=3)),  # type: ignore[arg-type]
    ]  # fmt: skip
    told = [enveloped(event, time=start) for event in events]
    ends = []
    for seed in range(4):
        room = PlayedRoom.on(room_database("qualify"), service.room(company))
        mixed = told + random.Random(seed).choices(told, k=4)
        if seed:
            random.Random(seed).shuffle(mixed)
        for place in range(0, len(mixed), 3):
            room.hear_all(mixed[place : place + 3])
        room.run_due()
        ends.append([(row["lead_id"], row["score"], row["stage"], row["revision"]) for row in room.rows(Profile)])
        room.engine.dispose()

    assert ends[1:] == [ends[0]] * 3
    assert {stage for _, _, stage, _ in ends[0]} == {"inquiry", "sql"}
