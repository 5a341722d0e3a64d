"""Prediction on PostgreSQL: learnt from what the room has heard, at work in the room, put back, watched."""

import shutil
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event

from deploy.stack import Database
from services.qualify import service
from services.qualify.models import PredictionActivation, PredictionModel, PredictionWeek, Profile, Score
from services.qualify.prediction.learning.training import TooFewOutcomes
from services.qualify.prediction.live import Models
from services.qualify.prediction.settings import Settings
from services.qualify.rulebooks import books_of
from services.qualify.usecases import prediction, reassessing, recalling
from shared.contracts import calls, schema
from shared.contracts.capture import LeadRegistered
from shared.contracts.errors import NotAllowed, NotFound
from shared.contracts.qualify import LeadScored, PredictionActivated, PredictionDrifted
from tests.builders import NOON, lead_registered, person, response
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.sales import chance_of, inquiries, sell, train
from tests.integration.qualify.told import lost, responded, won
from tests.played_room import PlayedRoom


@pytest.fixture(scope="module")
def taught(database: Database, room_template: Callable[[str], str]) -> Iterator[str]:
    """A database in which 600 leads have come and ended, from which others are copied."""
    name = f"{database.prefix}taught_qualify"
    database.drop(name)
    room = PlayedRoom.on(database.create(name, "qualify", room_template("qualify")), service.room(COMPANY))
    sell(room)
    room.engine.dispose()
    yield name
    database.drop(name)


@pytest.fixture
def selling(database: Database, taught: str) -> Iterator[PlayedRoom]:
    """The room with 600 leads behind it."""
    name = f"{database.prefix}selling_{uuid.uuid4().hex[:10]}"
    played = PlayedRoom.on(database.create(name, "qualify", taught), service.room(COMPANY))
    played.clock.forward(days=36)
    yield played
    played.engine.dispose()
    database.drop(name)


BEST = {"role": "owner", "timing": "now"}
WORST = {"role": "employee", "timing": "none"}


def inquiry(room: PlayedRoom, answers: dict[str, str]) -> LeadScored:
    """A new lead with these answers, as it is told."""
    lead = lead_registered(person=person(), response=response(answers=answers, received_at=room.clock.now()))
    room.hear(lead)
    [scored] = [each for each in room.published(LeadScored) if each.lead_id == lead.lead_id]
    return scored


def activate(room: PlayedRoom, **wanted: object) -> calls.PredictionReply:
    """As somebody asks for it."""
    with room.uow.begin() as tx:
        prediction.activate(tx, calls.ActivatePredictionRequest(by="Tess (test)", **wanted))  # type: ignore[arg-type]
        return prediction.shown(tx, Settings())


def test_what_was_learnt_from_the_rooms_own_leads_predicts_new_ones(selling: PlayedRoom) -> None:
    before = inquiry(selling, BEST)
    done = train(selling)
    best, worst = inquiry(selling, BEST), inquiry(selling, WORST)

    assert done.at_work
    assert done.trained is not None
    assert before.prediction is None
    assert best.prediction is not None
    assert worst.prediction is not None
    assert best.prediction.probability == pytest.approx(chance_of("owner", "now"), abs=0.12)
    assert worst.prediction.probability == pytest.approx(chance_of("employee", "none"), abs=0.12)
    assert {reason.fact for reason in best.prediction.reasons[:2]} == {"role", "timing"}
    assert "timing now: raises the chance" in " ".join(reason.words for reason in best.prediction.reasons)
    assert best.prediction.model == done.trained.model.version
    [activated] = selling.published(PredictionActivated)
    assert (activated.version, activated.previous_version) == (done.trained.model.version, None)


def test_prediction_changes_neither_points_nor_rank_nor_decision(selling: PlayedRoom) -> None:
    before = inquiry(selling, BEST)
    train(selling)
    after = inquiry(selling, BEST)

    assert after.prediction is not None
    assert (after.score, after.rank, after.decision, after.lines) == (
        before.score, before.rank, before.decision, before.lines,
    )  # fmt: skip


def test_a_model_is_the_same_after_the_database_and_loads_once(selling: PlayedRoom) -> None:
    done = train(selling)
    assert done.trained is not None
    asked: list[str] = []

    @event.listens_for(selling.engine, "before_cursor_execute")
    def note(_: object, __: object, statement: str, *rest: object) -> None:
        asked.append(statement)

    models = Models()
    for _ in range(3):
        with selling.uow.begin() as tx:
            first, again = models.at_work(tx.session), models.at_work(tx.session)
            assert first is again
            assert first is not None
            assert first.model == done.trained.model
    assert len([statement for statement in asked if "prediction_activation" in statement]) == 3
    assert len([statement for statement in asked if "prediction_model" in statement]) == 1


def test_below_the_minimum_there_is_no_prediction_and_it_is_told_what_is_missing(qualification: PlayedRoom) -> None:
    sell(qualification, 60)

    with pytest.raises(TooFewOutcomes, match="more won"):
        train(qualification)
    with qualification.uow.begin() as tx:
        shown = prediction.shown(tx, Settings())
    assert (shown.at_work, shown.due) == (None, "")
    assert "leads are missing" in shown.missing
    assert inquiry(qualification, BEST).prediction is None


def test_what_is_said_after_the_window_is_not_learnt_from_and_changes_nothing(qualification: PlayedRoom) -> None:
    """Every winner tells their budget after ten days, when the sale is as good as made."""
    for _ in range(3):
        lot = list(inquiries(qualification, 80, seed=len(qualification.rows(Profile))))
        qualification.hear(*(lead for lead, _ in lot))
        qualification.clock.forward(days=10)
        late = [
            responded(lead, answers={"budget": "50000"}, received_at=qualification.clock.now())
            for lead, sold in lot
            if sold
        ]
        qualification.hear(*late)
        qualification.clock.forward(days=5)
        qualification.hear(*((won if sold else lost)(lead, qualification.clock.now()) for lead, sold in lot))
    done = train(qualification)
    assert done.trained is not None

    assert "budget" not in {field.fact for field in done.trained.model.fields}
    new = lead_registered(person=person(), response=response(answers=BEST, received_at=qualification.clock.now()))
    qualification.hear(new)
    qualification.clock.forward(days=9)
    qualification.hear(responded(new, answers=WORST | {"role": "owner"}, received_at=qualification.clock.now()))
    told = [each.prediction for each in qualification.published(LeadScored) if each.lead_id == new.lead_id]
    assert len(told) > 1
    assert {each.probability for each in told if each} == {told[0].probability}


def test_old_leads_that_are_brought_in_with_their_outcome_can_be_learnt_from(qualification: PlayedRoom) -> None:
    """Everything is heard today; what was known when goes by when it happened."""
    lot = []
    for week in range(40):
        at = NOON - timedelta(weeks=60 - week)
        for lead, sold in inquiries(qualification, 10, seed=week):
            answers = {**lead.response.answers}
            old = lead_registered(person=lead.person, response=response(answers=answers, received_at=at))
            lot.append((old, (won if sold else lost)(old, at + timedelta(days=12))))
    for start in range(0, len(lot), 100):
        qualification.hear(*(lead for lead, _ in lot[start : start + 100]))
        qualification.hear(*(end for _, end in lot[start : start + 100]))
    done = train(qualification)

    assert done.trained is not None
    assert done.trained.card["examples"]["leads"] == 400
    assert done.trained.card["examples"]["first"] < "2025-06-01"


def test_a_model_in_doubt_waits_for_somebody(qualification: PlayedRoom) -> None:
    """Whoever bought is entered again under another source, with the old date."""
    for _ in range(3):
        lot = list(inquiries(qualification, 80, seed=len(qualification.rows(Profile))))
        told = [
            lead_registered(
                person=lead.person,
                response=response(answers=lead.response.answers, source="orders" if sold else "website-contact",
                                  received_at=qualification.clock.now()),
            )
            for lead, sold in lot
        ]  # fmt: skip
        qualification.hear(*told)
        qualification.clock.forward(days=15)
        ends = [
            (won if sold else lost)(lead, qualification.clock.now()) for lead, (_, sold) in zip(told, lot, strict=True)
        ]
        qualification.hear(*ends)
    done = train(qualification)
    assert done.trained is not None
    version = done.trained.model.version

    assert not done.at_work
    assert [doubt.split()[0] for doubt in done.trained.doubts] == ["source"]
    with pytest.raises(NotAllowed, match="source looks as if it were known only afterwards"):
        activate(qualification, version=version)
    assert activate(qualification, version=version, despite_doubts=True).at_work == version
    answered = train(qualification, Settings(leave_out=("source",)))
    assert answered.at_work


def test_to_stop_what_does_not_work_changes_nothing(qualification: PlayedRoom) -> None:
    assert activate(qualification).activations == []
    assert qualification.published(PredictionActivated) == []


def test_a_model_is_put_to_work_put_back_and_stopped(selling: PlayedRoom) -> None:
    first = train(selling).trained
    sell(selling, 60, seed=7)
    second = train(selling).trained
    assert first is not None
    assert second is not None
    assert first.model.version != second.model.version

    assert activate(selling, previous=True).at_work == first.model.version
    assert inquiry(selling, BEST).prediction.model == first.model.version  # type: ignore[union-attr]
    assert activate(selling).at_work is None
    assert inquiry(selling, BEST).prediction is None
    with pytest.raises(NotFound):
        activate(selling, version="no-such-model")
    assert [row["version"] for row in selling.rows(PredictionActivation)] == [
        first.model.version, second.model.version, first.model.version, None,
    ]  # fmt: skip
    with selling.uow.begin() as tx:
        card = prediction.card(tx, second.model.version)
        assert schema.load(calls.PredictionCardReply, schema.dump(card)) == card
        with pytest.raises(NotFound, match="no model is at work"):
            prediction.card(tx, None)


def test_what_was_told_at_an_earlier_moment_can_be_worked_out_again(selling: PlayedRoom) -> None:
    train(selling)
    told = inquiry(selling, BEST)
    then = selling.clock.now()
    sell(selling, 60, seed=9)
    train(selling)

    with selling.uow.begin() as tx:
        rules = books_of(COMPANY).live(tx.session).rules_at(told.lead_id, then)
        predictor = Models().at(tx.session, then)
        assert predictor is not None
        history = recalling.read(tx.session, told.lead_id)
        assert history is not None
        again = predictor.predict(history, rules, then)
    assert told.prediction is not None
    assert again is not None
    assert (again.version, round(again.probability, 6)) == (told.prediction.model, told.prediction.probability)


def test_training_only_reads_and_a_job_that_is_not_due_does_nothing(selling: PlayedRoom) -> None:
    before = selling.rows(Profile), selling.rows(Score)
    checked = train(selling, keep=False)
    assert checked.trained is not None
    assert selling.rows(PredictionModel) == []
    assert train(selling, only_when_due=True).at_work
    again = train(selling, only_when_due=True)

    assert again.trained is None
    assert (selling.rows(Profile), selling.rows(Score)) == before
    sell(selling, 100, seed=5)
    selling.clock.forward(days=30)
    assert train(selling, only_when_due=True).trained is not None


def test_learning_from_a_sample_takes_always_the_same_leads(selling: PlayedRoom) -> None:
    one, other = (train(selling, Settings(sample=400), keep=False).trained for _ in range(2))

    assert one is not None
    assert other is not None
    assert 320 < one.card["examples"]["leads"] < 480
    assert one.card["examples"]["of_a_sample"]
    assert one.model.version == other.model.version


def test_a_quiet_week_raises_no_alarm_and_is_written_down(selling: PlayedRoom) -> None:
    train(selling)
    watched(selling, lambda room: inquiries(room, 200, seed=77))

    weeks = selling.rows(PredictionWeek)
    assert [week["alarms"] for week in weeks] == [[] for _ in weeks]
    assert max(week["report"]["leads"] for week in weeks) == 200
    assert selling.published(PredictionDrifted) == []
    with selling.uow.begin() as tx:
        shown = prediction.shown(tx, Settings())
    assert shown.weeks[-1].leads + shown.weeks[0].leads >= 200


def test_other_leads_than_those_that_were_learnt_from_raise_an_alarm(selling: PlayedRoom) -> None:
    done = train(selling)
    watched(selling, employees)

    [drifted] = selling.published(PredictionDrifted)
    assert done.trained is not None
    assert drifted.version == done.trained.model.version
    assert list(drifted.inputs) == ["role"]
    assert "employee: 3" in drifted.alarms[0]
    assert "100% now" in drifted.alarms[0]
    with selling.uow.begin() as tx:
        assert prediction.shown(tx, Settings()).due == "the model does not hold as it did"


def test_sales_that_fail_to_come_raise_an_alarm(selling: PlayedRoom) -> None:
    train(selling)
    watched(selling, lambda room: ((lead, False) for lead, _ in inquiries(room, 200, seed=77)))

    drifted = selling.published(PredictionDrifted)
    assert any("0 of 200 leads that closed were won" in alarm for each in drifted for alarm in each.alarms)
    assert all(each.won == 0 for each in drifted if each.won is not None)


def employees(room: PlayedRoom) -> Iterator[tuple[LeadRegistered, bool]]:
    """Leads of one role alone."""
    came = inquiries(room, 600, seed=77)
    return ((lead, sold) for lead, sold in came if lead.response.answers["role"] == "employee")


def watched(room: PlayedRoom, leads: Callable[[PlayedRoom], Iterable[tuple[LeadRegistered, bool]]]) -> None:
    """A week's leads come on a Tuesday and close in the week after; every Monday is looked at."""
    while room.clock.now().weekday() != 1:
        room.clock.forward(days=1)
    lot = list(leads(room))
    room.hear(*(lead for lead, _ in lot))
    room.pass_days(8)
    room.hear(*((won if sold else lost)(lead, room.clock.now()) for lead, sold in lot))
    room.pass_days(8)
    assert room.rows(PredictionWeek)


def test_a_rule_may_read_the_chance_and_open_leads_follow_the_model(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    company = tmp_path / "company"
    shutil.copytree(COMPANY, company)
    rules = (company / "rules.yml").read_text()
    likely = "  - {rule: likely, group: fit, points: 5, when: predicted >= 50, because: leads like this often buy}"
    (company / "rules.yml").write_text(rules.replace("\npoints:\n", f"\npoints:\n{likely}\n"))
    room = PlayedRoom.on(room_database("qualify"), service.room(company)).start()
    sell(room, 200)
    before = inquiry(room, BEST)
    assert train(room, company=company).at_work
    room.clock.forward(seconds=reassessing.IN_FLIGHT.total_seconds())
    room.run_due()
    after = [each for each in room.published(LeadScored) if each.lead_id == before.lead_id][-1]
    room.engine.dispose()

    assert "likely" not in {line.rule for line in before.lines}
    [line] = [line for line in after.lines if line.rule == "likely"]
    assert after.prediction is not None
    assert line.points == 5
    assert float(line.evidence["predicted"]) == pytest.approx(100 * after.prediction.probability, abs=0.06)
    assert after.revision > before.revision
