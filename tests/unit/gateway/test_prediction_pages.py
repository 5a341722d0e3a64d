"""Prediction as the gateway shows it: what a model is worth, what to doubt, and the buttons."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.prediction_plots import fact_bars, model_plots, reliability, week_plot
from shared.contracts import calls
from shared.contracts.errors import NotAllowed, NotFound
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_campaign_pages import Strict
from tests.unit.gateway.test_rules_pages import form

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD, DOUBTED = "0123456789ab", "ba9876543210"
STEPS = [
    {"predicted": 0.05, "actual": 0.04, "leads": 100},
    {"predicted": 0.2, "actual": 0.25, "leads": 100},
    {"predicted": 0.5, "actual": 0.4, "leads": 50},
]


def interval(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.02, "high": value + 0.02}


def measured(auc: float) -> dict[str, Any]:
    return {
        "leads": 250, "won": 60, "auc": interval(auc), "brier": interval(0.12), "log_loss": 0.4, "skill": 0.21,
        "top_tenth": 0.34, "gap": 0.03, "steps": STEPS,
    }  # fmt: skip


def fact(name: str, alone: float, because: str = "") -> dict[str, Any]:
    return {
        "fact": name, "alone": alone, "share": 0.5, "known_alone": 0.5, "alone_later": alone, "in_time": 1.0,
        "signs": ["too_good"] if because else [], "because": because, "leaks": bool(because),
    }  # fmt: skip


CARD: dict[str, Any] = {
    "version": GOOD, "kind": "logistic", "name": "logistic regression, C=0.5", "because": "it is <clearly> better",
    "examples": {"leads": 250, "won": 60, "lost": 190, "first": "2025-01-01", "last": "2025-12-31", "days": 2.0},
    "trials": [
        {"name": "naive Bayes", "kind": "naive_bayes", "chosen": False, "shuffled": measured(0.7),
         "by_time": measured(0.69)},
        {"name": "logistic regression, C=0.5", "kind": "logistic", "chosen": True, "shuffled": measured(0.78),
         "by_time": measured(0.75)},
    ],
    "calibration": "platt",
    "facts": [fact("timing", 0.71), fact("<role>", 0.66)],
    "left_out": ["language"], "known_only_later": ["contract"], "known_in_time": [], "doubts": [],
    "limits": ["It says what was."], "inputs": {},
}  # fmt: skip
MODEL = calls.ModelSummary(
    version=GOOD, state="at_work", kind="logistic", trained_at=NOON, trained_by="Tess <ops>", leads=250, won=60,
    auc=0.78, auc_by_time=0.75, brier=0.12, doubts=[],
)  # fmt: skip
IN_DOUBT = replace(
    MODEL, version=DOUBTED, state="doubted", doubts=["duration looks as if it were known only afterwards"]
)
WEEK = calls.PredictionWeekReply(
    week=date(2026, 2, 23), version=GOOD, leads=210, moved_most="role", stability=0.41, closed=90, predicted=20.4,
    won=9,
    alarms=["role is not what it was: stability index 0.41"],
)  # fmt: skip
STATE = calls.PredictionReply(
    at_work=GOOD, models=[IN_DOUBT, MODEL],
    activations=[calls.Activation(number=2, version=GOOD, by="Tess", at=NOON),
                 calls.Activation(number=1, version=None, by="Tess", at=NOON)],
    weeks=[WEEK], won=60, lost=190, missing="", due="the model does not hold as it did",
)  # fmt: skip
NOTHING = calls.PredictionReply(
    at_work=None, models=[], activations=[], weeks=[], won=12, lost=80, due="",
    missing="38 more won leads are missing: there are 12 won and 80 lost",
)  # fmt: skip


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.rooms.replies |= {
        calls.PREDICTION: STATE,
        calls.ACTIVATE_PREDICTION: STATE,
        calls.PREDICTION_CARD: calls.PredictionCardReply(
            version=GOOD, state="at_work", trained_at=NOON, trained_by="Tess <ops>", card=CARD
        ),
    }
    return desk


def test_the_page_says_what_the_model_is_worth_and_what_it_reads(full: Desk) -> None:
    page = full.client.get("/prediction", headers=full.key("read"))
    text = " ".join(page.text.split())
    Strict().feed(page.text)

    assert page.status_code == 200
    assert "78.0 % of the time" in text
    assert "76.0 % to 80.0 %" in text
    assert "<dt>On newer leads</dt><dd>75.0 %" in text
    assert "holds 34 % of all sales" in text
    assert "&lt;role&gt;" in text
    assert "Not read, as was asked: language." in text
    assert "Not read, as mostly known only later: contract." in text
    assert "Tess &lt;ops&gt;" in text
    assert "it is &lt;clearly&gt; better" in text
    assert full.rooms.calls[-1] == ("qualify.prediction_card", {"version": GOOD})


def test_it_says_when_to_train_and_which_week_raised_an_alarm(full: Desk) -> None:
    text = " ".join(full.client.get("/prediction", headers=full.key("prediction")).text.split())

    assert "Time to train: the model does not hold as it did" in text
    assert "Week of 2026-02-23: role is not what it was: stability index 0.41." in text


def test_without_enough_outcomes_the_page_says_how_many_are_missing(full: Desk) -> None:
    full.rooms.replies |= {calls.PREDICTION: NOTHING, calls.PREDICTION_CARD: NotFound("none")}
    text = " ".join(full.client.get("/prediction", headers=full.key("read")).text.split())

    assert "Nothing is learnt yet: 38 more won leads are missing" in text
    assert "Put to work" not in text


def test_a_model_is_put_to_work_from_the_page_and_one_in_doubt_asks_to_be_looked_at(full: Desk) -> None:
    key = full.key("prediction")
    page = full.client.get("/prediction", headers=key).text
    fields = form(page, "/prediction/activate", version=DOUBTED)
    answer = full.client.post("/prediction/activate", headers=key, data=fields)

    assert 'name="despite_doubts" value="yes" required' in page
    assert answer.status_code == 303
    assert full.rooms.calls[-1] == (
        "qualify.activate_prediction",
        {"version": DOUBTED, "by": "a test", "previous": False, "despite_doubts": True},
    )


def test_a_refusal_stands_on_the_page(full: Desk) -> None:
    key = full.key("prediction")
    fields = form(full.client.get("/prediction", headers=key).text, "/prediction/activate", version=DOUBTED)
    full.rooms.replies[calls.ACTIVATE_PREDICTION] = NotAllowed("it is in <doubt>")
    answer = full.client.post("/prediction/activate", headers=key, data=fields)

    assert answer.status_code == 409
    assert "it is in &lt;doubt&gt;" in answer.text


def test_who_may_only_read_puts_nothing_to_work(full: Desk) -> None:
    key = full.key("read")
    fields = form(full.client.get("/prediction", headers=key).text, "/prediction/activate", previous="yes")

    assert full.client.post("/prediction/activate", headers=key, data=fields).status_code == 403
    assert full.client.post("/v1/prediction/activate", headers=key, json={"previous": True}).status_code == 403
    assert full.client.post("/prediction/activate", headers=full.key("prediction"), data={}).status_code == 403


def test_programs_get_the_same_as_json(full: Desk) -> None:
    key = full.key("prediction")
    shown = full.client.get("/v1/prediction", headers=key).json
    card = full.client.get(f"/v1/prediction/card?version={GOOD}", headers=key).json
    put = full.client.post("/v1/prediction/activate", headers=key, json={"version": GOOD, "by": "Ann"})
    strange = full.client.post("/v1/prediction/activate", headers=key, json={"version": ["x"]})

    assert shown["at_work"] == GOOD
    assert card["card"]["trials"][1]["shuffled"]["auc"]["value"] == 0.78
    assert put.status_code == 200
    assert full.rooms.calls[-1][1]["by"] == "Ann (a test)"
    assert strange.status_code == 422


def test_dots_on_the_diagonal_are_chances_that_hold() -> None:
    drawn = reliability([{"predicted": 0.2, "actual": 0.2, "leads": 10}, {"predicted": 0.4, "actual": 0.3, "leads": 5}])

    assert drawn.most == 0.4
    assert [(dot.x, dot.y) for dot in drawn.dots] == [(50.0, 50.0), (100.0, 25.0)]
    assert drawn.dots[0].radius > drawn.dots[1].radius
    assert "at most 10.0% apart" in drawn.text


def test_a_coin_has_no_bar_and_weeks_go_from_the_oldest_to_the_newest() -> None:
    bars = fact_bars([fact("timing", 0.75), fact("noise", 0.48)])
    newer, older = WEEK, replace(WEEK, week=date(2026, 2, 16), predicted=10.0, won=20, alarms=[])
    drawn = week_plot([newer, older, replace(WEEK, closed=0)])

    assert [bar.width for bar in bars] == [50.0, 0.0]
    assert drawn is not None
    assert [(bar.x, bar.alarm) for bar in drawn.bars] == [(0, False), (1, True)]
    assert week_plot([]) is None
    assert model_plots(CARD).facts[0].fact == "timing"
