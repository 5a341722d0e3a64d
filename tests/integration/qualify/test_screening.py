"""Leads are looked at and called: queued by the rules, handed out once, reported on, and scored anew."""

import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.qualify import store_screenings
from services.qualify.models import Profile, Screening
from shared.contracts.capture import LeadRegistered
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.contracts.qualify import LeadDisqualified, LeadQualified, LeadScored
from shared.contracts.screening import ScreeningAttempted, ScreeningCompleted, ScreeningOverdue, ScreeningRequested
from tests.acceptance.qualify.rule_desk import RuleDesk
from tests.builders import NOON, enveloped, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.screened import LARGE, WORTH_A_CALL, Office
from tests.integration.qualify.told import READY, recycled, responded, won
from tests.played_room import PlayedRoom


@pytest.fixture
def office(qualification: PlayedRoom) -> Office:
    """A few screeners."""
    return Office(qualification)


def queued(office: Office, answers: Mapping[str, str] = WORTH_A_CALL) -> LeadRegistered:
    """A lead that waits to be called."""
    lead = lead_registered(person=person(), response=response(answers=dict(answers)))
    office.room.hear(lead)
    return lead


def test_a_lead_that_a_trigger_names_is_queued_with_a_due_time(office: Office) -> None:
    lead = queued(office)

    [asked] = office.room.published(ScreeningRequested)
    assert (asked.lead_id, asked.queue, asked.rule, asked.round) == (
        lead.lead_id,
        "telephone",
        "farm-without-answers",
        1,
    )
    assert asked.due_at == NOON + timedelta(hours=4)
    [entry] = office.queues().entries
    assert (entry.state, entry.overdue, entry.potential_value) == ("waiting", False, asked.potential_value)


def test_a_lead_that_no_trigger_names_goes_its_way(office: Office) -> None:
    lead = lead_registered(response=response(answers=READY))
    office.room.hear(lead)

    assert office.room.published(ScreeningRequested) == []
    assert [event.lead_id for event in office.room.published(LeadQualified)] == [lead.lead_id]


def test_sales_waits_for_a_screening_that_holds_the_lead(office: Office) -> None:
    lead = queued(office, LARGE)
    assert office.room.published(LeadQualified) == []
    assert any("waits for a call" in reason for reason in office.room.published(LeadScored)[-1].because)

    office.take()
    office.report(lead.lead_id, "qualified", note="Plans with both sons.")

    [qualified] = office.room.published(LeadQualified)
    assert [(note.by, note.text, note.outcome) for note in qualified.notes] == [
        ("ann", "Plans with both sons.", "qualified")
    ]
    [done] = office.room.published(ScreeningCompleted)
    assert (done.outcome, done.by, done.late, done.notes) == ("qualified", "ann", False, qualified.notes)
    assert done.revision >= qualified.revision


def test_a_rule_that_is_changed_moves_the_leads_that_wait_for_it(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    desk = RuleDesk.on(room_database("qualify"), tmp_path, (COMPANY / "rules.yml").read_text())
    desk.room.hear(lead_registered(response=response(answers=dict(WORTH_A_CALL))))
    [before] = desk.room.rows(Screening)
    desk.write("queue: telephone, priority: 80, within: 4 hours", "queue: manual, priority: 35, within: 1 hour")
    desk.agree_and_publish()

    [now] = desk.room.rows(Screening)
    assert (before["queue"], before["priority"]) == ("telephone", 80)
    assert (now["queue"], now["priority"], now["screening_id"]) == ("manual", 35, before["screening_id"])
    assert now["due_at"] == before["requested_at"] + timedelta(hours=1)
    assert len(desk.room.published(ScreeningRequested)) == 1


def test_answers_of_a_call_win_over_older_ones_and_erase_nothing(office: Office) -> None:
    lead = queued(office, WORTH_A_CALL | {"acres": "300"})
    before = office.room.published(LeadScored)[-1].score
    office.room.clock.forward(hours=1)
    office.take()

    office.report(lead.lead_id, "qualified", acres="1,200", budget="$90,000", timing="asap")

    [profile] = office.room.rows(Profile)
    assert profile["facts"]["acres"] == profile["facts"]["acres"] | {"value": "1200", "via": "screening", "by": "ann"}
    assert next(iter(profile["responses"].values()))["answers"]["acres"] == "300"
    scored = office.room.published(LeadScored)[-1]
    assert scored.score > before
    assert (scored.bant.budget, scored.bant.timing) == (90000, "now")


def test_what_the_prospect_says_later_wins_over_the_call(office: Office) -> None:
    lead = queued(office)
    office.take()
    office.report(lead.lead_id, "qualified", acres="400")
    office.room.clock.forward(days=1)

    office.room.hear(responded(lead, received_at=office.room.clock.now(), answers={"acres": "2000"}))

    assert office.room.rows(Profile)[0]["facts"]["acres"]["value"] == "2000"


def test_a_screener_may_find_a_lead_no_prospect(office: Office) -> None:
    lead = queued(office)
    office.take()
    office.report(lead.lead_id, "unqualified", note="A pupil's project.")

    [told] = office.room.published(LeadDisqualified)
    assert told.rank == "unqualified"
    assert "screened by ann" in told.because[-1]


def test_not_now_makes_a_lead_of_the_future_and_comes_back_when_it_responds(office: Office) -> None:
    lead = queued(office, LARGE)
    office.take()
    with pytest.raises(ContractViolation) as refused:
        office.report(lead.lead_id, "not_now")
    assert "until" in refused.value.fields

    office.report(lead.lead_id, "not_now", until=date(2026, 9, 1))

    scored = office.room.published(LeadScored)[-1]
    assert (scored.rank, scored.decision, scored.bant.ready_on) == ("future", "not_ready", date(2026, 9, 1))
    assert office.queues().entries == []
    office.room.clock.forward(days=2)
    office.room.hear(responded(lead, received_at=office.room.clock.now(), answers={"interest": "demo"}))
    assert office.queues().entries == [], "September is September, whatever else they ask for"
    office.room.hear(responded(lead, 3, received_at=office.room.clock.now(), answers={"timing": "now"}))
    assert [asked.round for asked in office.room.published(ScreeningRequested)] == [1, 2]


def test_not_now_comes_back_when_the_day_has_come(office: Office) -> None:
    queued(office)
    office.take()
    office.report(office.queues(claimed_by="ann").entries[0].lead_id, "not_now", until=date(2026, 3, 20))
    office.room.clock.moment = NOON.replace(day=19)
    office.room.run_due()
    assert office.queues().entries == []

    office.room.clock.moment = NOON.replace(day=20)
    office.room.run_due()

    assert [entry.round for entry in office.queues().entries] == [2]


def test_who_is_not_reached_is_called_again_and_given_up_after_the_last_try(office: Office) -> None:
    lead = queued(office)
    for attempt in (1, 2):
        assert office.take() is not None
        entry, _ = office.report(lead.lead_id, "unreachable", note=f"try {attempt}")
        assert (entry.state, entry.attempts) == ("later", attempt)
        assert office.take() is None
        office.room.clock.moment = entry.not_before
    office.take()
    entry, _ = office.report(lead.lead_id, "unreachable")

    assert (entry.state, entry.outcome, entry.attempts) == ("done", "unreachable", 3)
    tries = office.room.published(ScreeningAttempted)
    assert [(each.attempt, [note.text for note in each.notes]) for each in tries] == [
        (1, ["try 1"]), (2, ["try 1", "try 2"]),
    ]  # fmt: skip
    [done] = office.room.published(ScreeningCompleted)
    assert (done.outcome, len(done.notes)) == ("unreachable", 3)


def test_an_overdue_lead_is_visible_and_told_once(office: Office) -> None:
    lead = queued(office)
    office.room.clock.forward(hours=3)
    office.room.run_due()
    assert office.room.published(ScreeningOverdue) == []

    office.room.clock.forward(hours=2)
    office.room.run_due()
    office.room.clock.forward(hours=2)
    office.room.run_due()

    [told] = office.room.published(ScreeningOverdue)
    assert (told.lead_id, told.claimed_by) == (lead.lead_id, None)
    [queue] = office.queues().queues
    assert (queue.waiting, queue.overdue) == (1, 1)
    office.take()
    office.report(lead.lead_id, "qualified")
    assert office.room.published(ScreeningCompleted)[0].late


def test_the_dearest_lead_is_handed_out_first(office: Office) -> None:
    ordinary = queued(office)
    dear = queued(office, LARGE)

    assert [office.take(by).lead_id for by in ("ann", "bob")] == [dear.lead_id, ordinary.lead_id]  # type: ignore[union-attr]
    assert office.take("cy") is None


def test_a_screener_has_one_lead_in_hand_at_a_time(office: Office) -> None:
    queued(office)
    queued(office)

    first = office.take()

    assert office.take() == first
    assert [entry.claimed_by for entry in office.queues(claimed_by="ann").entries] == ["ann"]


def test_two_who_ask_at_the_same_moment_get_two_leads(office: Office) -> None:
    leads = [lead_registered(person=person(), response=response(answers=WORTH_A_CALL)) for _ in range(12)]
    office.room.hear(*leads)
    together = Barrier(4)

    def work(name: str) -> list[object]:
        got = []
        together.wait(10)
        while (entry := office.take(name)) is not None:
            got.append(entry.lead_id)
            office.report(entry.lead_id, "qualified", by=name)
        return got

    with ThreadPoolExecutor(4) as screeners:
        got = [each.result(60) for each in [screeners.submit(work, f"screener {n}") for n in range(4)]]

    everything = [lead for hand in got for lead in hand]
    assert sorted(map(str, everything)) == sorted(str(lead.lead_id) for lead in leads)
    assert len(office.room.published(ScreeningCompleted)) == 12


def test_a_screener_who_is_killed_while_claiming_keeps_nobody_waiting(office: Office) -> None:
    lead = queued(office)
    engine = office.room.engine
    session = Session(engine)
    killed = session.scalar(select(func.pg_backend_pid()))
    assert store_screenings.take_next(session, office.room.clock.now()) == lead.lead_id
    # While the claim is under way nobody else is given the lead, nor made to wait for it.
    assert office.take("bob") is None

    with engine.connect() as other:
        other.execute(select(func.pg_terminate_backend(killed)))
    with pytest.raises(OperationalError):
        session.execute(text("SELECT 1"))
    session.close()

    assert taken(office, "bob", lead)


def taken(office: Office, by: str, lead: LeadRegistered) -> bool:
    """Whether this screener gets the lead, once the server has noticed that the other one is gone."""
    until = time.monotonic() + 10
    while (entry := office.take(by)) is None and time.monotonic() < until:
        time.sleep(0.02)
    return entry is not None and entry.lead_id == lead.lead_id


def test_a_claim_runs_out_and_its_late_report_is_refused(office: Office) -> None:
    lead = queued(office)
    office.take("ann")
    old = office.claim_of(lead.lead_id, "ann")
    assert office.take("bob") is None

    office.room.clock.forward(minutes=31)
    assert office.take("bob").lead_id == lead.lead_id  # type: ignore[union-attr]

    with pytest.raises(NotAllowed):
        office.report(lead.lead_id, "unqualified", claim=old)
    assert office.room.published(LeadDisqualified) == []


def test_a_claim_that_ran_out_may_still_report_while_nobody_else_has_the_lead(office: Office) -> None:
    lead = queued(office)
    office.take("ann")
    claim = office.claim_of(lead.lead_id, "ann")
    office.room.clock.forward(minutes=45)

    _, changed = office.report(lead.lead_id, "qualified", claim=claim)

    assert changed


def test_a_report_that_is_sent_twice_counts_once(office: Office) -> None:
    lead = queued(office)
    office.take()
    claim = office.claim_of(lead.lead_id)

    first = office.report(lead.lead_id, "qualified", claim=claim, budget="50000")
    again = office.report(lead.lead_id, "unqualified", claim=claim)

    assert (first[1], again[1]) == (True, False)
    assert again[0].outcome == "qualified"
    assert len(office.room.published(ScreeningCompleted)) == 1


def test_a_lead_that_was_put_back_goes_to_the_next(office: Office) -> None:
    lead = queued(office)
    office.take("ann")
    claim = office.claim_of(lead.lead_id, "ann")
    with pytest.raises(NotAllowed):
        office.release(lead.lead_id, uuid4())
    office.release(lead.lead_id, claim)

    assert office.take("bob").lead_id == lead.lead_id  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        office.take("ann", lead_id=lead.lead_id)
    office.release(lead.lead_id)
    assert office.take("ann", lead_id=lead.lead_id) is not None


def test_answers_that_cannot_be_read_are_refused_by_field(office: Office) -> None:
    lead = queued(office)
    office.take()

    with pytest.raises(ContractViolation) as refused:
        office.report(lead.lead_id, "qualified", budget="a lot", shoe_size="44")

    assert set(refused.value.fields) == {"answers.budget", "answers.shoe_size"}
    assert office.room.published(ScreeningCompleted) == []


def test_the_script_shows_what_is_known_and_from_where(office: Office) -> None:
    lead = queued(office)

    seen = office.described(lead.lead_id)

    questions = {question.answer: question for step in seen.script for question in step.questions}
    assert (questions["acres"].known, questions["acres"].origin) == ("900", "inquiry")
    assert questions["budget"].known is None
    assert questions["timing"].choices == ["now", "3m", "6m", "12m", "later", "none"]
    assert any(step.objections for step in seen.script)
    assert seen.claim is None


def test_a_screening_that_is_not_wanted_any_more_is_withdrawn_but_hears_its_screener(office: Office) -> None:
    lead = queued(office)
    office.take()
    claim = office.claim_of(lead.lead_id)
    office.room.hear(responded(lead, received_at=NOON + timedelta(hours=1), answers={"timing": "none"}))

    assert [done.outcome for done in office.room.published(ScreeningCompleted)] == ["withdrawn"]
    assert office.queues().entries == []
    office.room.clock.forward(hours=2)
    office.report(lead.lead_id, "qualified", claim=claim, timing="3m")
    assert [event.lead_id for event in office.room.published(LeadQualified)] == [lead.lead_id]


def test_a_closed_lead_is_called_by_nobody(office: Office) -> None:
    lead = queued(office)
    office.room.hear(won(lead, NOON + timedelta(hours=1)))

    assert office.queues().entries == []


def test_whom_sales_has_is_not_called_by_somebody_else(office: Office) -> None:
    lead = lead_registered(person=person(), response=response(answers=READY))
    office.room.hear(lead)
    office.room.clock.forward(days=1)

    office.room.hear(responded(lead, received_at=office.room.clock.now(), answers={"budget": "500000"}))

    assert office.room.published(ScreeningRequested) == []
    assert office.room.rows(Profile)[0]["decision"] == "qualified"
    office.room.clock.forward(days=1)
    office.room.hear(recycled(lead, office.room.clock.now()))
    assert office.room.published(ScreeningRequested) == [], "it is not called unasked after sales gave it back"
    office.room.clock.forward(days=1)
    office.room.hear(responded(lead, 3, received_at=office.room.clock.now(), answers={"interest": "demo"}))
    assert [asked.rule for asked in office.room.published(ScreeningRequested)] == ["whole-farm-budget"]


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_and_however_often_a_lead_ends_in_the_same_queue(qualification: PlayedRoom, seed: int) -> None:
    hours = [NOON + timedelta(hours=hour) for hour in range(10)]
    waits = lead_registered(person=person(), response=response(received_at=hours[0], answers=WORTH_A_CALL))
    held = lead_registered(person=person(), response=response(received_at=hours[1], answers=LARGE))
    leaves = lead_registered(person=person(), response=response(received_at=hours[2], answers=WORTH_A_CALL))
    ended = lead_registered(person=person(), response=response(received_at=hours[3], answers=LARGE))
    told = [
        enveloped(event, time=moment)
        for event, moment in (
            (waits, hours[0]), (held, hours[1]), (leaves, hours[2]), (ended, hours[3]),
            (responded(waits, received_at=hours[4], answers={"acres": "1500"}), hours[4]),
            (responded(leaves, received_at=hours[5], answers={"budget": "60000", "timing": "3m"}), hours[5]),
            (won(ended, hours[6]), hours[6]),
        )
    ]  # fmt: skip
    shuffled = [*told, *told]
    random.Random(seed).shuffle(shuffled)
    for each in shuffled:
        qualification.hear_all([each])

    rows = {row["lead_id"]: row for row in qualification.rows(Screening)}
    open_rules = {lead: row["rule"] for lead, row in rows.items() if row["state"] != "done"}
    assert open_rules == {waits.lead_id: "farm-without-answers", held.lead_id: "whole-farm-budget"}
    decisions = {row["lead_id"]: row["decision"] for row in qualification.rows(Profile)}
    assert decisions[held.lead_id] == "not_ready"
    assert decisions[leaves.lead_id] == "qualified"
