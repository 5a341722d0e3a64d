"""One lead in its programme, on a real database, with the clock moved."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest

from services.nurture import service, store
from services.nurture.models import Base, Enrolment
from shared.contracts import nurture as published
from shared.contracts.capture import ConsentChanged, PersonUpdated
from shared.contracts.fulfillment import Unsubscribed
from shared.contracts.people import Bant, Consent
from shared.contracts.router import LeadAccepted, LeadLost, LeadWon
from shared.database.plumbing import DUE
from tests.builders import NOON, address, enveloped, lead_registered, person, response
from tests.integration.nurture.told import consent, qualified, recycled, scored
from tests.played_room import PlayedRoom


def steps(nurture: PlayedRoom) -> list[str]:
    return [step.piece for step in nurture.published(published.StepDue)]


def reasons(nurture: PlayedRoom) -> list[str]:
    return [left.reason for left in nurture.published(published.ProgrammeLeft)]


def states(nurture: PlayedRoom) -> list[str]:
    return [row["state"] for row in nurture.rows(Enrolment)]


COMPANY = Path(__file__).parents[3] / "deploy" / "company"
ALL_STEPS = ["nurture-1-guide", "nurture-2-story", "nurture-3-invite"]


def test_in_twenty_four_months_each_step_comes_once_and_on_its_day(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))

    nurture.pass_days(731)

    taken = nurture.published(published.StepDue)
    assert [(step.piece, (step.due_at - NOON).days) for step in taken] == list(zip(ALL_STEPS, (3, 21, 60), strict=True))
    assert len({step.occasion for step in taken}) == 3
    assert taken[0].person == lead.person
    assert reasons(nurture) == ["completed"]
    assert nurture.rows(DUE) == []


def test_entering_says_why_and_by_which_version(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))

    (entered,) = nurture.published(published.ProgrammeEntered)
    assert (entered.programme, entered.because) == ("not-ready-yet", "not ready: cold, 20 points")
    assert len(entered.version) == 12


def test_a_score_before_its_lead_waits_for_it(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(scored(lead))
    assert nurture.published() == []

    nurture.hear(lead)
    assert states(nurture) == ["active"]


@pytest.mark.parametrize("decision", ["qualified", "unqualified", "junk"])
def test_only_who_is_not_ready_enters(nurture: PlayedRoom, decision: str) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead, decision))

    assert nurture.rows(Enrolment) == []


def test_an_unqualified_lead_that_is_scored_anew_as_not_ready_enters(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead, "unqualified", 1), scored(lead, "not_ready", 2))

    assert states(nurture) == ["active"]


def test_a_stale_score_does_not_enrol_a_qualified_lead(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead, "qualified", 2))
    nurture.hear(scored(lead, "not_ready", 1))

    assert nurture.rows(Enrolment) == []


def test_a_lead_that_becomes_ready_leaves_and_gets_nothing_more(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.pass_days(4)
    nurture.hear(scored(lead, "qualified", 2), qualified(lead, 2))
    nurture.pass_days(100)

    assert steps(nurture) == ALL_STEPS[:1]
    assert reasons(nurture) == ["qualified"]


def test_a_lead_that_cools_down_again_takes_up_where_it_left(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.pass_days(4)
    nurture.hear(scored(lead, "qualified", 2))
    nurture.pass_days(30)
    nurture.hear(scored(lead, "not_ready", 3))
    nurture.pass_days(60)

    assert steps(nurture) == ALL_STEPS
    assert len(nurture.rows(Enrolment)) == 1


@pytest.mark.parametrize("reason", ["won", "lost", "accepted"])
def test_sale_loss_and_acceptance_end_the_programme(nurture: PlayedRoom, reason: str) -> None:
    lead = lead_registered()
    later = NOON + timedelta(days=1)
    end = {
        "won": LeadWon(lead_id=lead.lead_id, owner_id="d", won_at=later),
        "lost": LeadLost(lead_id=lead.lead_id, owner_id="d", reason="price", lost_at=later),
        "accepted": LeadAccepted(lead_id=lead.lead_id, assignment_id=UUID(int=1), owner_id="d", accepted_at=later),
    }[reason]
    nurture.hear(lead, scored(lead), end)
    nurture.pass_days(100)

    assert (steps(nurture), reasons(nurture)) == ([], [reason])


def test_an_unsubscription_between_two_steps_stops_the_rest_for_good(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.pass_days(5)
    nurture.hear(Unsubscribed(person_id=lead.person_id, channel="email", unsubscribed_at=nurture.clock.now()))
    nurture.pass_days(5)
    another = lead_registered(person=lead.person)
    nurture.hear(another, scored(another))
    nurture.pass_days(100)

    assert (steps(nurture), reasons(nurture)) == (ALL_STEPS[:1], ["unsubscribed"])


def test_a_refusal_stops_and_a_later_yes_goes_on(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.pass_days(5)
    nurture.hear(consent(lead, False, nurture.clock.now()))
    nurture.pass_days(100)
    assert steps(nurture) == ALL_STEPS[:1]

    nurture.hear(consent(lead, True, nurture.clock.now()))
    nurture.pass_days(30)
    assert steps(nurture) == ALL_STEPS


def test_an_older_yes_does_not_win_over_a_newer_no(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    no, yes = (
        ConsentChanged(
            person_id=lead.person_id,
            channel="email",
            allowed=allowed,
            changed_at=NOON + timedelta(hours=hour),
            origin="form",
        )
        for hour, allowed in ((5, False), (2, True))
    )
    nurture.hear(lead, scored(lead), no, yes)

    assert states(nurture) == ["left"]


def test_where_the_law_demands_a_yes_to_email_the_lead_enters_with_it(nurture: PlayedRoom) -> None:
    german = person(address=address(country="DE", state=None))
    lead = lead_registered(person=german, response=response(consent=Consent()))
    nurture.hear(lead, scored(lead))
    assert nurture.rows(Enrolment) == []

    nurture.hear(
        ConsentChanged(person_id=german.person_id, channel="email", allowed=True, changed_at=NOON, origin="form")
    )
    assert states(nurture) == ["active"]


def test_a_person_without_an_email_address_enters_when_one_is_known(nurture: PlayedRoom) -> None:
    caller = person(email=None)
    lead = lead_registered(person=caller)
    nurture.hear(lead, scored(lead))
    assert nurture.rows(Enrolment) == []

    known = person(person_id=caller.person_id, email="ann@leefarms.example")
    nurture.hear(PersonUpdated(person_id=caller.person_id, person=known, revision=2))
    nurture.pass_days(4)
    assert [step.person.email for step in nurture.published(published.StepDue)] == ["ann@leefarms.example"]


def test_the_step_goes_to_the_newest_address_whatever_came_last(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    third, second = (
        PersonUpdated(
            person_id=lead.person_id,
            person=person(person_id=lead.person_id, email=f"ann{revision}@x.example"),
            revision=revision,
        )
        for revision in (3, 2)
    )
    nurture.hear(third, second, lead, scored(lead))
    nurture.pass_days(4)

    assert [step.person.email for step in nurture.published(published.StepDue)] == ["ann3@x.example"]


def test_who_plans_for_a_day_hears_nothing_until_fourteen_days_before_it(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead, rank="future", bant=Bant(ready_on=date(2027, 12, 15))))
    nurture.pass_days(800)

    days = [step.due_at.date() for step in nurture.published(published.StepDue)]
    assert days == [date(2027, 12, 1), date(2027, 12, 19), date(2028, 1, 27)]


def test_a_day_named_after_the_first_step_moves_the_others(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.pass_days(5)
    nurture.hear(scored(lead, revision=2, rank="future", bant=Bant(ready_on=date(2026, 12, 15))))
    nurture.pass_days(276)
    nurture.hear(scored(lead, revision=3, rank="future", bant=Bant(ready_on=date(2026, 12, 15))))
    nurture.pass_days(100)

    days = [step.due_at.date() for step in nurture.published(published.StepDue)]
    assert days == [date(2026, 3, 5), date(2026, 12, 1), date(2027, 1, 9)]


def test_a_lead_returned_by_sales_enters_anew_from_the_day_that_the_owner_named(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead, "qualified"), qualified(lead, 1))
    nurture.pass_days(10)
    nurture.hear(recycled(lead, nurture.clock.now(), until=date(2026, 9, 1)))
    nurture.pass_days(300)

    days = [step.due_at.date() for step in nurture.published(published.StepDue)]
    assert days == [date(2026, 9, 1), date(2026, 9, 19), date(2026, 10, 28)]


def test_each_return_is_an_enrolment_of_its_own(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.pass_days(100)
    for revision in (2, 4):
        nurture.hear(scored(lead, "qualified", revision), qualified(lead, revision, nurture.clock.now()))
        nurture.pass_days(1)
        nurture.hear(recycled(lead, nurture.clock.now()))
        nurture.pass_days(100)

    assert steps(nurture) == ALL_STEPS * 3
    assert len({step.occasion for step in nurture.published(published.StepDue)}) == 9
    assert states(nurture) == ["completed"] * 3


def test_one_person_with_two_leads_is_in_one_programme_and_gets_no_piece_twice(nurture: PlayedRoom) -> None:
    first = lead_registered()
    second = lead_registered(person=first.person)
    nurture.hear(first, scored(first), second, scored(second, revision=2))
    assert states(nurture) == ["active"]

    nurture.pass_days(120)

    assert steps(nurture) == ALL_STEPS
    assert {step.lead_id for step in nurture.published(published.StepDue)} == {first.lead_id}


def test_the_second_lead_has_its_turn_when_the_first_leaves(nurture: PlayedRoom) -> None:
    first = lead_registered()
    second = lead_registered(person=first.person)
    nurture.hear(first, scored(first), second, scored(second, revision=2))
    nurture.pass_days(30)
    nurture.hear(scored(first, "qualified", 2), qualified(first, 2))
    nurture.pass_days(60)

    assert steps(nurture) == ALL_STEPS
    assert [step.lead_id for step in nurture.published(published.StepDue)] == [first.lead_id] * 2 + [second.lead_id]


def test_one_person_gets_five_days_of_rest_between_steps_of_any_programmes(nurture: PlayedRoom, tmp_path: Path) -> None:
    programmes, pieces = ((COMPANY / name).read_text() for name in ("programmes.yml", "pieces.yml"))
    begin = programmes.index("  - id: not-ready-yet")
    planners = programmes[begin:].replace('when: "true"', "when: rank == 'future'").replace("not-ready-yet", "planners")
    (tmp_path / "programmes.yml").write_text(
        programmes[:begin] + planners.replace("nurture-", "p-") + programmes[begin:]
    )
    (tmp_path / "pieces.yml").write_text(
        pieces + "".join(f"\n  - {{id: {piece.replace('nurture-', 'p-')}, channel: email}}" for piece in ALL_STEPS)
    )
    played = PlayedRoom(service.room(tmp_path), nurture.engine, nurture.clock)
    first = lead_registered()
    second = lead_registered(person=first.person)
    day = Bant(ready_on=(NOON + timedelta(days=14 + 4)).date())
    played.hear(first, scored(first), second, scored(second, rank="future", bant=day))
    sent_at: list[datetime] = []

    def note() -> None:
        sent_at.extend([played.clock.now()] * (len(steps(played)) - len(sent_at)))

    played.pass_days(120, then=note)

    assert len(sent_at) == 6
    assert min(later - earlier for earlier, later in pairwise(sent_at)) >= timedelta(days=5)


def test_a_lead_keeps_the_programme_as_it_was_when_it_entered(nurture: PlayedRoom, tmp_path: Path) -> None:
    lead, newcomer = lead_registered(), lead_registered()
    nurture.hear(lead, scored(lead))
    for file in ("programmes.yml", "pieces.yml"):
        (tmp_path / file).write_text((COMPANY / file).read_text().replace("nurture-1-guide", "nurture-1-film"))

    changed = PlayedRoom(service.room(tmp_path), nurture.engine, nurture.clock)
    changed.hear(newcomer, scored(newcomer))
    changed.pass_days(4)

    pieces = {step.lead_id: step.piece for step in changed.published(published.StepDue)}
    assert pieces == {lead.lead_id: "nurture-1-guide", newcomer.lead_id: "nurture-1-film"}


def test_a_step_that_a_poller_already_holds_is_not_taken_when_the_lead_has_just_left(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    nurture.hear(lead, scored(lead))
    nurture.clock.forward(days=4)
    (held,) = nurture.rows(DUE)
    nurture.hear(scored(lead, "qualified", 2))
    with nurture.uow.begin() as tx:
        tx.schedule(held["kind"], held["key"], held["due_at"], held["data"])

    assert nurture.run_due() == 1
    assert steps(nurture) == []


def test_nothing_happens_twice_when_everything_is_told_twice(nurture: PlayedRoom) -> None:
    lead = lead_registered()
    told = [enveloped(lead), enveloped(scored(lead))]
    nurture.hear_all(told)
    before = nurture.tables(Base.metadata)
    nurture.hear_all(told)
    nurture.hear(lead, scored(lead))

    assert nurture.tables(Base.metadata) == before
    assert len(nurture.published(published.ProgrammeEntered)) == 1


def test_a_lead_without_any_step_that_could_reach_it_is_counted(nurture: PlayedRoom) -> None:
    reached, unreached = lead_registered(), lead_registered(person=person(email=None))
    nurture.hear(reached, scored(reached), unreached, scored(unreached))
    nurture.pass_days(4)

    with nurture.uow.begin() as tx:
        counted = store.counts(tx.session)
    assert counted == {
        "leads": 2, "decision.not_ready": 2, "enrolments.active": 1, "steps_taken": 1, "steps_waiting": 1,
        "not_ready_without_programme": 1,
    }  # fmt: skip
