"""Stages, segments, strategy, definitions per process, buying groups, activities, trend: by requirement."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.qualify import service
from services.qualify.measuring import measuring_of
from services.qualify.usecases import explaining
from shared.contracts.calls import ScoreReply
from shared.contracts.capture import ActivityReassessed, ActivityRecorded, LeadRegistered
from shared.contracts.qualify import LeadQualified, LeadScored, StageChanged
from shared.contracts.router import LeadAccepted, QuoteRecorded
from tests.acceptance.qualify.conftest import COMPANY
from tests.builders import NOON, address, lead_registered, person, response
from tests.integration.qualify.told import READY, VAGUE, recycled, responded, won
from tests.played_room import PlayedRoom

RULES = (COMPANY / "rules.yml").read_text()


@pytest.fixture
def with_rules(room_database: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[[str], PlayedRoom]]:
    """The room under other rules than the example company's."""
    rooms: list[PlayedRoom] = []

    def play(rules: str) -> PlayedRoom:
        (tmp_path / "rules.yml").write_text(rules)
        rooms.append(PlayedRoom.on(room_database("qualify"), service.room(tmp_path)))
        return rooms[-1]

    yield play
    for room in rooms:
        room.engine.dispose()


def explained(room: PlayedRoom, lead: LeadRegistered, company: Path = COMPANY) -> ScoreReply:
    with room.uow.begin() as tx:
        found = explaining.explained(tx, lead.lead_id, None, measuring_of(company)(tx))
    assert found is not None
    return found


def stages(room: PlayedRoom) -> list[str]:
    return [event.stage for event in room.published(StageChanged)]


def did(lead: LeadRegistered, kind: str, hours: float, **over: Any) -> ActivityRecorded:
    values: dict[str, Any] = {
        "activity_id": uuid4(), "person_id": lead.person_id, "lead_id": lead.lead_id, "kind": kind, "what": kind,
        "at": NOON + timedelta(hours=hours), "site": "www", "details": {}, "verdict": "human", "reasons": [],
        "anonymous_before": False,
    }  # fmt: skip
    return ActivityRecorded(**(values | over))


@pytest.mark.requirement("QUA-5", "REC-5")
def test_a_lead_goes_from_suspect_to_customer(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(channel="csv", answers=VAGUE))
    owner: dict[str, Any] = {"lead_id": lead.lead_id, "owner_id": "hawkeye"}
    qualification.hear(lead)
    for event in (
        responded(lead, received_at=NOON + timedelta(hours=1), answers={}),
        responded(lead, 3, received_at=NOON + timedelta(hours=2), answers=READY),
        LeadAccepted(**owner, assignment_id=uuid4(), accepted_at=NOON + timedelta(hours=3)),
        QuoteRecorded(**owner, amount=96000, currency="USD", quoted_at=NOON + timedelta(hours=4)),  # type: ignore[arg-type]
        won(lead, NOON + timedelta(hours=5)),
    ):
        qualification.clock.forward(hours=1)
        qualification.hear(event)

    assert stages(qualification) == ["suspect", "inquiry", "mql", "sal", "sql", "customer"]


@pytest.mark.requirement("QUA-6", "QUA-13")
def test_a_lead_moves_forward_by_what_happens_and_back_by_an_explicit_rule_alone(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    qualification.hear(lead)
    qualification.clock.forward(days=1)
    qualification.hear(responded(lead, received_at=qualification.clock.now(), answers={"timing": "later"}))
    assert stages(qualification) == ["mql"]

    qualification.hear(recycled(lead, qualification.clock.now()))
    moved = qualification.published(StageChanged)[-1]
    assert (moved.previous, moved.stage, moved.because) == ("mql", "inquiry", "the dealer gave the lead back")


@pytest.mark.requirement("QUA-11", "OWN-2")
def test_a_process_has_its_own_definition_and_its_leads_go_to_the_call_centre(qualification: PlayedRoom) -> None:
    answers = READY | {"budget": "3000", "acres": "600"}
    mower = lead_registered(person=person(), response=response(answers=answers, products=["zero-turn-mower"]))
    dryer = lead_registered(person=person(), response=response(answers=READY))
    vague = lead_registered(person=person(), response=response(answers=VAGUE))
    qualification.hear(mower, dryer, vague)

    ready = {event.lead_id: (event.process, event.worked_by) for event in qualification.published(LeadQualified)}
    assert ready == {mower.lead_id: ("telemarketing", "call_centre"), dryer.lead_id: ("sales", "sales")}
    scored = {event.lead_id: event for event in qualification.published(LeadScored)}
    assert scored[vague.lead_id].worked_by == "marketing"


@pytest.mark.requirement("QUA-12")
def test_what_the_company_wants_to_sell_more_of_counts_for_more(qualification: PlayedRoom) -> None:
    iowa = lead_registered(person=person(), response=response(answers=READY))
    kansas = lead_registered(person=person(address=address(state="KS")), response=response(answers=READY))
    qualification.hear(iowa, kansas)

    first, second = (event for event in qualification.published(LeadScored))
    assert second.score == first.score + 3
    assert first.potential_value is not None
    assert second.potential_value is not None
    assert float(second.potential_value) == pytest.approx(float(first.potential_value) * 1.2)


@pytest.mark.requirement("QUA-14")
def test_several_people_of_one_company_are_a_buying_group(qualification: PlayedRoom) -> None:
    company = UUID(int=77)
    owner = lead_registered(person=person(company_id=company), response=response(answers=READY))
    clerk = lead_registered(person=person(company_id=company), response=response(answers=VAGUE))
    qualification.hear(owner, clerk)
    qualification.run_due()

    found = explained(qualification, clerk)
    assert found.group is not None
    assert (found.group.people, found.group.roles) == (1, ["owner"])
    assert "buying-group" in {line.rule for line in found.lines}


@pytest.mark.requirement("SYS-5")
def test_leads_belong_to_named_segments(qualification: PlayedRoom) -> None:
    answers = READY | {"acres": "1200", "industry": "municipal"}
    qualification.hear(lead_registered(response=response(answers=answers)))

    assert qualification.published(LeadScored)[-1].segments == ["large-grain", "grounds-care", "home-market"]


@pytest.mark.requirement("SYS-3", "SCO-8")
def test_another_company_has_other_rules_and_each_score_names_its_version(
    with_rules: Callable[[str], PlayedRoom],
) -> None:
    other = with_rules(RULES.replace("half_life: 30 days}", "half_life: 1 day}", 1))
    lead = lead_registered(response=response(answers=READY))
    other.hear(lead)
    other.pass_days(3)

    first, last = other.published(LeadScored)[0], other.published(LeadScored)[-1]
    assert first.rank == "hot"
    assert last.score < first.score
    assert first.rules_version == last.rules_version


@pytest.mark.requirement("SCO-3", "SCO-4", "SCO-5")
def test_what_people_do_counts_as_the_company_says_and_what_programs_do_counts_nothing(
    qualification: PlayedRoom,
) -> None:
    lead = lead_registered(response=response(answers=VAGUE))
    downloads = [did(lead, "download", hour) for hour in range(1, 6)]
    opened, bot = did(lead, "open", 6), did(lead, "calculator", 7, verdict="bot")
    qualification.hear(lead)
    qualification.clock.forward(hours=8)
    qualification.hear(*downloads, opened, bot)

    points = {line.rule: line.points for line in explained(qualification, lead).lines}
    assert (points["reads-data-sheets"], points["busy-week"], points["opened-mail"]) == (9, 5, 0)
    assert "calculates" not in points

    qualification.hear(*(_unmasked(each) for each in downloads))
    assert "reads-data-sheets" not in {line.rule for line in explained(qualification, lead).lines}


def _unmasked(seen: ActivityRecorded) -> ActivityReassessed:
    return ActivityReassessed(
        activity_id=seen.activity_id, person_id=seen.person_id, kind=seen.kind, what=seen.what, at=seen.at,
        verdict="bot", previous_verdict="human", reasons=["scanner"], revision=2, reassessed_at=NOON,
    )  # fmt: skip


@pytest.mark.requirement("SCO-7", "SCO-13")
def test_it_is_seen_which_leads_move_into_the_buying_cycle_and_which_out_of_it(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=VAGUE))
    qualification.hear(lead)
    qualification.clock.forward(days=8)
    qualification.hear(responded(lead, received_at=qualification.clock.now(), answers=READY))
    assert qualification.published(LeadScored)[-1].trend == "rising"

    qualification.clock.forward(days=20)
    later = explained(qualification, lead)
    assert (later.trend, later.rank) == ("falling", "hot")
    assert later.week_ago is not None
    assert later.week_ago > later.score


@pytest.mark.requirement("QUA-1")
def test_each_of_bant_says_who_said_it_and_when(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    qualification.hear(lead)

    bant = {answer.bar: answer for answer in explained(qualification, lead).bant}
    assert (bant["budget"].value, bant["budget"].met, bant["budget"].via) == ("60000", True, "inquiry")
    assert (bant["budget"].inquiry_id, bant["budget"].at) == (lead.response.inquiry_id, NOON)


@pytest.mark.requirement("SCO-6", "QUA-3")
def test_what_is_missing_for_the_next_rank_and_for_sales_is_told(qualification: PlayedRoom) -> None:
    answers = {name: text for name, text in READY.items() if name != "budget"}
    lead = lead_registered(response=response(answers=answers | {"acres": "600"}))
    qualification.hear(replace(lead, person=replace(lead.person, phone=None)))

    found = explained(qualification, lead)
    assert "budget" in {question.answer for question in found.missing}
    if found.decision == "not_ready":
        assert ["budget"] in [[change.fact for change in flip.changes] for flip in found.flips]
