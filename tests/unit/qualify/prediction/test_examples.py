"""What is learnt from a lead is what was known of it in time, and no more."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.qualify.domain.history import Closing, History, Note
from services.qualify.prediction.calibration import Calibration
from services.qualify.prediction.examples import NEVER_READ, Past, example_of
from services.qualify.prediction.fields import Field
from services.qualify.prediction.model import Model
from services.qualify.prediction.predictor import ModelPredictor
from services.qualify.prediction.scorecard import Scorecard
from tests.unit.qualify.heard import NOON, RULES, recycled, response, update

WINDOW = timedelta(days=2)


def closed(days: float, outcome: Any = "won", heard: float | None = None) -> Closing:
    """How a lead ended, so many days after noon of 2 March 2026."""
    heard_at = NOON + timedelta(days=days if heard is None else heard)
    return Closing(NOON + timedelta(days=days), outcome, heard_at=heard_at)


def lead(*answers: tuple[float, dict[str, str]], **over: Any) -> History:
    """A lead that answered on these days, each heard at once, and was won after twenty days."""
    told = tuple(response(day, answers=each) for day, each in answers)
    return replace(History(responses=told, closings=(closed(20),)), **over)


def test_what_came_after_the_window_is_not_read_and_is_told_as_later() -> None:
    example = example_of(lead((0, {"role": "owner"}), (10, {"budget": "50000"})), RULES, WINDOW)

    assert example is not None
    assert example.facts["role"] == "owner"
    assert example.facts["responses"] == 1.0
    assert "budget" not in example.facts
    assert "budget" in example.only_later


def test_what_was_said_in_time_and_heard_late_was_not_known_in_time() -> None:
    late = replace(response(1, answers={"budget": "50000"}), heard_at=NOON + timedelta(days=9))
    example = example_of(
        lead((0, {"role": "owner"}), responses=(response(0, answers={"role": "owner"}), late)), RULES, WINDOW
    )

    assert example is not None
    assert "budget" not in example.facts


def test_a_quick_sale_is_looked_at_before_it_was_made() -> None:
    quick = lead((0, {"role": "owner"}), (1, {"need": "signed the order"}), closings=(closed(1),))
    example = example_of(quick, RULES, WINDOW)

    assert example is not None
    assert "need" not in example.facts


def test_an_old_lead_that_was_brought_in_goes_by_when_things_happened() -> None:
    today = NOON + timedelta(days=400)
    told = tuple(
        replace(response(day, answers=each), told_at=today, heard_at=today)
        for day, each in ((0, {"role": "owner"}), (10, {"budget": "50000"}))
    )
    example = example_of(History(responses=told, closings=(closed(20, heard=400),)), RULES, WINDOW)

    assert example is not None
    assert example.begun_at == NOON
    assert example.facts["role"] == "owner"
    assert "budget" not in example.facts


@pytest.mark.parametrize(
    "over",
    [{"closings": ()}, {"closings": (closed(20, None),)}, {"responses": ()}],
    ids=["open", "nobody knows how it ended", "nobody ever responded"],
)
def test_some_leads_teach_nothing(over: dict[str, Any]) -> None:
    assert example_of(lead((0, {"role": "owner"}), **over), RULES, WINDOW) is None


def test_the_closing_that_came_first_counts() -> None:
    example = example_of(lead((0, {}), closings=(closed(30, "won"), closed(20, "lost"))), RULES, WINDOW)

    assert example is not None
    assert not example.won


def test_what_tells_of_time_or_of_decisions_is_never_read() -> None:
    word = Note(
        "n1", NOON + timedelta(days=1), {"need": "a dryer"}, outcome="qualified", heard_at=NOON + timedelta(days=1)
    )
    told = lead((0, {"role": "owner"}), notes=(word,), recyclings=(recycled(1),), person_updates=(update(1),))
    example = example_of(told, RULES, WINDOW)

    assert example is not None
    assert not NEVER_READ & example.facts.keys()
    assert example.facts["need"] == "a dryer"


def model() -> ModelPredictor:
    """Owners buy; whoever has a budget does not."""
    fields = (Field("role", "text", values=("owner",)), Field("budget", "number", edges=(1000.0,)))
    weights = ((-1.0, -1.0, 2.0), (0.0, -3.0, -3.0))
    return ModelPredictor(Model("logistic", 2.0, fields, Scorecard(0.0, weights), Calibration("platt")))


def test_a_chance_stays_as_it_was_when_the_window_ended() -> None:
    open_lead = lead((0, {"role": "owner"}), (10, {"budget": "50000"}), closings=())
    at_first, later, at_last = (model().predict(open_lead, RULES, NOON + timedelta(days=days)) for days in (0, 2, 30))

    assert at_first is not None
    assert at_first == later == at_last
    assert float(at_first.percent) == pytest.approx(88.1)
    assert [reason.words for reason in at_first.reasons] == ["role owner: raises the chance much"]


def test_within_the_window_a_chance_follows_what_is_heard() -> None:
    told = lead((0, {"role": "owner"}), (1, {"budget": "50000"}), closings=())
    before = model().predict(told, RULES, NOON + timedelta(hours=1))
    after = model().predict(told, RULES, NOON + timedelta(days=1))

    assert before is not None
    assert after is not None
    assert before.probability > 0.8 > 0.3 > after.probability
    assert after.reasons[0].words == "budget 50000: lowers the chance much"


def test_before_anything_was_heard_there_is_no_chance() -> None:
    assert model().predict(lead((0, {}), closings=()), RULES, NOON - timedelta(days=1)) is None
    assert Past(History()).begun_at is None
