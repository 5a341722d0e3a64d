"""Qualification on PostgreSQL: what it stores, what it publishes, and what it answers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event

from services.qualify import service
from services.qualify.measuring import measuring_of
from services.qualify.models import Base, Profile, Score
from services.qualify.usecases import explaining
from shared.contracts import schema
from shared.contracts.calls import ScoreReply
from shared.contracts.qualify import LeadDisqualified, LeadQualified, LeadScored
from shared.database import migrations
from shared.database.plumbing import PLUMBING
from tests.builders import NOON, address, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY, VAGUE, responded, updated, won
from tests.played_room import PlayedRoom


def test_the_migrations_make_the_tables_that_the_models_describe(qualification: PlayedRoom) -> None:
    assert migrations.drift(qualification.engine, [Base.metadata, PLUMBING]) == []


def test_a_score_is_stored_as_it_was_published(qualification: PlayedRoom) -> None:
    qualification.hear(lead_registered(response=response(answers=READY)))

    [stored], [published] = qualification.rows(Score), qualification.published(LeadScored)
    assert (stored["score"], stored["rank"]) == (published.score, published.rank)
    assert (stored["decision"], stored["because"]) == (published.decision, published.because)
    assert stored["lines"] == [schema.dump(line) for line in published.lines]
    assert stored["rules_version"] == published.rules_version
    assert stored["facts"]["budget"]["value"] == "60000"


def test_a_fact_that_no_rule_reads_is_kept_and_counted_but_not_published(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    qualification.hear(lead, updated(lead, 1, replace(lead.person, language="de")))

    [profile] = qualification.rows(Profile)
    assert len(qualification.published(LeadScored)) == 1
    assert (profile["revision"], profile["facts"]["language"]) == (2, {"value": "de"})


def test_a_profile_says_which_inquiry_gave_each_value(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=VAGUE))
    again = responded(lead, answers={"budget": "$30,000"}, received_at=NOON + timedelta(hours=1))
    qualification.hear(lead, again)

    facts = qualification.rows(Profile)[0]["facts"]
    assert facts["budget"]["inquiry_id"] == str(again.response.inquiry_id)
    assert facts["role"]["inquiry_id"] == str(lead.response.inquiry_id)


def test_a_person_update_before_the_lead_is_remembered(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    abroad = person(person_id=lead.person_id, address=address(state=None, country="BR"))
    qualification.hear(updated(lead, 2, abroad))
    assert qualification.published() == []

    qualification.clock.forward(hours=-1)
    qualification.hear(lead)
    assert qualification.published(LeadScored)[0].decision == "unqualified"


def test_a_person_update_concerns_all_leads_of_the_person(qualification: PlayedRoom) -> None:
    first = lead_registered(response=response(answers=READY))
    second = lead_registered(person=first.person, response=response(answers=VAGUE))
    qualification.hear(first, second)
    qualification.clock.forward(hours=1)
    qualification.hear(updated(first, 1, person(person_id=first.person_id, address=address(state=None, country="BR"))))

    disqualified = qualification.published(LeadDisqualified)
    assert {each.lead_id for each in disqualified} == {first.lead_id, second.lead_id}


def test_a_won_lead_is_not_scored_again(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    qualification.hear(lead)
    qualification.hear(won(lead, NOON + timedelta(days=1)))
    qualification.hear(responded(lead, answers={"timing": "none"}, received_at=NOON + timedelta(days=2)))

    assert len(qualification.published(LeadScored)) == 1
    assert qualification.published(LeadDisqualified) == []


def test_a_lead_that_falls_below_the_threshold_and_returns_crosses_it_twice(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=READY))
    qualification.hear(lead)
    qualification.hear(responded(lead, 2, answers={"timing": "later"}, received_at=NOON + timedelta(days=1)))
    qualification.hear(responded(lead, 3, answers={"timing": "now"}, received_at=NOON + timedelta(days=2)))

    crossings = qualification.envelopes(LeadQualified)
    assert [each.data.revision for each in crossings] == [1, 3]
    assert crossings[0].id != crossings[1].id


def test_the_call_answers_with_the_score_as_it_stands(qualification: PlayedRoom) -> None:
    lead = lead_registered(response=response(answers=VAGUE))
    qualification.hear(lead)
    qualification.hear(responded(lead, answers=READY, received_at=NOON + timedelta(hours=1)))

    with qualification.uow.begin() as tx:
        reply = explaining.explained(tx, lead.lead_id, None, measuring_of(COMPANY)(tx))
        assert explaining.explained(tx, uuid4(), None, measuring_of(COMPANY)(tx)) is None
    assert reply is not None
    last = qualification.published(LeadScored)[-1]
    assert (reply.score, reply.rank, reply.decision) == (last.score, last.rank, last.decision)
    assert sum(line.points for line in reply.lines) == reply.score
    assert schema.load(ScoreReply, schema.dump(reply)) == reply


def test_a_batch_costs_a_handful_of_queries_however_long_it_is(qualification: PlayedRoom) -> None:
    leads = [lead_registered(person=person(), response=response(answers=READY)) for _ in range(60)]
    asked: list[str] = []

    @event.listens_for(qualification.engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    qualification.hear(*leads, *(updated(lead, 1, lead.person) for lead in leads))
    assert len(qualification.rows(Profile)) == 60
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 14


def test_a_rule_file_that_is_wrong_keeps_the_room_from_its_first_start(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    text = (COMPANY / "rules.yml").read_text()
    (tmp_path / "rules.yml").write_text(text.replace("when: budget >= 25000", "when: bugdet >= 25000"))

    with pytest.raises(ValueError, match="did you mean 'budget'"):
        PlayedRoom.on(room_database("qualify"), service.room(tmp_path)).start()
