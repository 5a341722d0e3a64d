"""What qualifies a lead, who agreed to it, and what becomes of the others."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from services.qualify import service
from shared.company_file import CompanyError
from shared.contracts.qualify import LeadDisqualified, LeadQualified, LeadScored
from tests.acceptance.qualify.conftest import COMPANY
from tests.builders import NOON, lead_registered, person, response
from tests.integration.qualify.told import READY, VAGUE, recycled, responded
from tests.played_room import PlayedRoom

RULES = (COMPANY / "rules.yml").read_text()


@pytest.fixture
def with_rules(room_database: Callable[[str], str], tmp_path: Path) -> Iterator[Callable[[str], PlayedRoom]]:
    """The room under other rules than the example company's."""
    rooms: list[PlayedRoom] = []

    def play(rules: str) -> PlayedRoom:
        (tmp_path / "rules.yml").write_text(rules)
        rooms.append(PlayedRoom.on(room_database("qualify"), service.room(tmp_path)).start())
        return rooms[-1]

    yield play
    for room in rooms:
        room.engine.dispose()


def changed(old: str, new: str) -> str:
    assert old in RULES
    return RULES.replace(old, new)


@pytest.mark.requirement("QUA-1")
def test_budget_authority_need_and_timing_are_known_and_each_counts(qualification: PlayedRoom) -> None:
    ready = lead_registered(response=response(answers=READY))
    #: The score alone would do; budget and timing are unknown.
    promising = lead_registered(
        person=person(), response=response(answers={"role": "owner", "acres": "900", "industry": "crop",
                                                    "interest": "demo", "currently_owns": "a dryer of 1998"})
    )  # fmt: skip
    qualification.hear(ready, promising)

    first, second = qualification.published(LeadScored)
    assert (first.bant.budget, first.bant.authority, first.bant.timing) == (Decimal(60000), "owner", "3m")
    assert second.score >= 45
    assert second.decision == "not_ready"
    assert [line.split(" (")[0] for line in second.because[2:]] == [
        "budget: not known", "authority: met", "need: met", "timing: not known",
    ]  # fmt: skip
    assert [each.lead_id for each in qualification.published(LeadQualified)] == [ready.lead_id]


@pytest.mark.requirement("QUA-2", "SCO-2", "SCO-4")
def test_the_company_decides_what_counts_what_is_hot_and_what_qualifies(
    with_rules: Callable[[str], PlayedRoom],
) -> None:
    strict = with_rules(
        changed("score: 45", "score: 95").replace("ranks: {hot: 55, warm: 30}", "ranks: {hot: 90, warm: 30}")
        .replace("group: fit, points: 15, when: role == \"owner\"", "group: fit, points: 1, when: role == \"owner\"")
    )  # fmt: skip
    usual = with_rules(RULES)
    lead = lead_registered(response=response(answers=READY))
    strict.hear(lead)
    usual.hear(lead)

    [by_strict], [by_usual] = strict.published(LeadScored), usual.published(LeadScored)
    assert (by_usual.rank, by_usual.decision) == ("hot", "qualified")
    assert (by_strict.rank, by_strict.decision) == ("warm", "not_ready")
    assert by_usual.score - by_strict.score == 14
    assert by_usual.rules_version != by_strict.rules_version


@pytest.mark.requirement("QUA-3", "SCO-1")
def test_every_lead_is_scored_and_ranked_as_it_arrives_and_sales_is_told_of_the_qualified_only(
    qualification: PlayedRoom,
) -> None:
    ready = lead_registered(response=response(answers=READY))
    vague = lead_registered(person=person(), response=response(answers=VAGUE))
    owner = lead_registered(person=person(), response=response(answers={"role": "owner", "industry": "crop"}))
    qualification.hear(ready, vague, owner)

    ranks = {event.lead_id: event.rank for event in qualification.published(LeadScored)}
    assert ranks == {ready.lead_id: "hot", vague.lead_id: "cold", owner.lead_id: "warm"}
    assert [event.lead_id for event in qualification.published(LeadQualified)] == [ready.lead_id]


@pytest.mark.requirement("QUA-4")
@pytest.mark.parametrize("agreed", ["[marketing]", "[sales]", "[]"])
def test_a_threshold_that_marketing_and_sales_have_not_both_agreed_to_is_refused(
    agreed: str, with_rules: Callable[[str], PlayedRoom]
) -> None:
    with pytest.raises(CompanyError, match="has not agreed to this definition of sales-ready"):
        with_rules(changed("[marketing, sales]", agreed))


@pytest.mark.requirement("QUA-9")
def test_unqualified_and_junk_are_outcomes_of_their_own_and_say_why(qualification: PlayedRoom) -> None:
    student = lead_registered(response=response(answers=READY | {"industry": "student"}))
    nobody = lead_registered(person=person(email=None, phone=None, address=None), response=response(answers=READY))
    seller = lead_registered(person=person(), response=response(message="We offer SEO and backlinks", answers=READY))
    qualification.hear(student, nobody, seller)

    told = {event.lead_id: event for event in qualification.published(LeadDisqualified)}
    assert [told[lead.lead_id].rank for lead in (student, nobody, seller)] == ["unqualified", "junk", "junk"]
    assert told[student.lead_id].because == ["unqualified: a school project buys nothing (industry student)"]
    assert [event.decision for event in qualification.published(LeadScored)] == ["unqualified", "junk", "junk"]
    assert qualification.published(LeadQualified) == []


@pytest.mark.requirement("QUA-10")
def test_who_asks_to_hear_later_is_a_class_of_its_own_with_the_day(qualification: PlayedRoom) -> None:
    qualification.hear(lead_registered(response=response(answers=READY | {"timing": "Next year"})))

    [scored] = qualification.published(LeadScored)
    assert (scored.rank, scored.decision) == ("future", "not_ready")
    assert scored.bant.ready_on == date(2027, 3, 2)


@pytest.mark.requirement("SCO-3")
def test_who_they_are_and_what_they_do_both_count_and_every_point_has_a_reason(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    qualification.hear(lead)
    qualification.hear(responded(lead, received_at=NOON + timedelta(days=1), campaign="farm-progress-show"))

    first, second = qualification.published(LeadScored)
    assert (first.fit, second.fit) == (48, 48)
    assert second.engagement == first.engagement + 14
    assert second.score == sum(line.points for line in second.lines)
    assert {line.rule: line.evidence for line in second.lines}["saw-it-run"] == {"campaign": "farm-progress-show"}
    assert all(line.because and line.evidence for line in second.lines)


@pytest.mark.requirement("SCO-5")
def test_an_activity_may_count_nothing_or_against(qualification: PlayedRoom) -> None:
    brochure = lead_registered(response=response(answers={"interest": "brochure"}))
    old_list = lead_registered(
        person=person(phone=None, email=None), response=response(received_at=NOON - timedelta(days=20), answers={})
    )
    qualification.hear(brochure, old_list)

    first, second = ({line.rule: line.points for line in event.lines} for event in qualification.published(LeadScored))
    assert first["wants-literature"] == 0
    assert (second["stale-list"], second["hard-to-reach"]) == (-5, -10)


@pytest.mark.requirement("SCO-6")
def test_a_lead_that_reaches_the_threshold_goes_to_sales_by_itself_and_once(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=VAGUE))
    qualification.hear(lead)
    assert qualification.published(LeadQualified) == []

    qualification.hear(responded(lead, received_at=NOON + timedelta(days=3), answers=READY))
    qualification.hear(responded(lead, 3, received_at=NOON + timedelta(days=4), answers={"acres": "900"}))
    assert [event.revision for event in qualification.published(LeadQualified)] == [2]


@pytest.mark.requirement("SCO-9")
def test_a_qualified_lead_carries_its_priority_and_what_it_may_bring(qualification: PlayedRoom) -> None:
    qualification.hear(lead_registered(response=response(answers=READY, products=["spare-parts", "feed-mixer"])))

    [qualified] = qualification.published(LeadQualified)
    assert (qualified.rank, qualified.potential_value) == ("hot", Decimal(41000))


@pytest.mark.requirement("SCO-10", "REC-2")
def test_a_lead_that_sales_gives_back_keeps_its_fit_halves_its_engagement_and_waits(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    qualification.hear(lead)
    qualification.clock.forward(days=5)
    qualification.hear(recycled(lead, NOON + timedelta(days=5)))
    given_back = qualification.published(LeadScored)[-1]
    qualification.clock.forward(days=4)
    again = responded(lead, received_at=NOON + timedelta(days=9), answers={"timing": "now"})
    qualification.hear(again)
    back = qualification.published(LeadScored)[-1]

    first = qualification.published(LeadScored)[0]
    left = sum(line.points for line in given_back.lines if line.group == "engagement" and line.rule != "recycled")
    assert left < first.engagement
    assert (given_back.fit, given_back.engagement) == (first.fit, left // 2)
    assert (first.decision, given_back.decision, back.decision) == ("qualified", "not_ready", "qualified")
    assert len(qualification.published(LeadQualified)) == 2
