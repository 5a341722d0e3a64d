"""Every week: are leads still those that the model learnt from, and do they end as it says? A few leads at a time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter, Gauge
from sqlalchemy import Select

from services.qualify.domain.history import History
from services.qualify.domain.rules import Rules
from services.qualify.models import PredictionModel, PredictionWeek, Profile
from services.qualify.prediction import store
from services.qualify.prediction.drift import Drift, Tally, drift
from services.qualify.prediction.examples import Past
from services.qualify.prediction.live import Measuring
from services.qualify.prediction.predictor import ModelPredictor
from services.qualify.prediction.settings import Settings
from services.qualify.prediction.store import Outcomes
from shared.contracts import calls
from shared.contracts.qualify import PredictionDrifted
from shared.database.unit_of_work import Transaction
from shared.room import DueItem

log = structlog.get_logger()

KIND = "watch_prediction"
WEEK = timedelta(days=7)
#: Sales take their time: those of so many weeks are compared with what was predicted.
OUTCOME_WEEKS = 8
#: On Mondays, when little comes in.
HOUR = time(3, 0, tzinfo=UTC)
PAUSE = timedelta(milliseconds=100)
#: Leads of a week that are looked at, at most.
MOST_LEADS = 20_000
#: More outcomes than were learnt from, as a part of those, from which training anew pays.
MORE_OUTCOMES = 0.1

STABILITY = Gauge("leadbus_prediction_stability", "Stability index of the fact that has moved most, last week.")
PREDICTED = Gauge("leadbus_prediction_predicted_sales", "Sales that were predicted, of the leads that closed lately.")
WON = Gauge("leadbus_prediction_won", "Sales among the same leads, as they came.")
ALARMS = Counter("leadbus_prediction_alarms_total", "Weeks in which a model was found not to hold.")


def begin(tx: Transaction) -> None:
    """Looks for the first time after the present week has ended, and then every week."""
    tx.schedule(KIND, "weekly", _after(_monday(tx.now.date())), {})


def go_on(tx: Transaction, item: DueItem, *, measuring: Measuring, settings: Settings) -> None:
    """The next few leads of the week that ended last; the report when there are no more."""
    yardstick = measuring(tx)
    predictor = yardstick.predictor
    if not isinstance(predictor, ModelPredictor):
        return  # none is at work; the next activation begins anew
    started = date.fromisoformat(item.data["week"]) if item.data.get("week") else _monday(tx.now.date()) - WEEK
    if item.data.get("version") not in (None, predictor.version):
        begin(tx)  # another model was put to work in between: half a week of each says nothing
        return
    tally = Tally.of(item.data.get("tally") or {})
    phase, after = item.data.get("phase", "begun"), item.data.get("after")
    model = tx.session.get(PredictionModel, predictor.version)
    assert model is not None
    query = _begun(started) if phase == "begun" else _closed(started, model.trained_at)
    found = store.page(tx.session, query, UUID(after) if after else None)
    for lead_id, history in found:
        _count(tally, phase, history, predictor, tx.now, yardstick.book.rules_for(lead_id))
    if len(found) == store.AT_ONCE and (phase == "closed" or tally.leads < MOST_LEADS):
        after = str(found[-1][0])
    elif phase == "begun":
        phase, after = "closed", None
    else:
        _report(tx, started, tally, model, predictor, settings)
        tx.schedule(KIND, item.key, _after(_monday(tx.now.date())), {})
        return
    kept = {"week": started.isoformat(), "version": predictor.version, "phase": phase, "after": after}
    tx.schedule(KIND, item.key, tx.now + PAUSE, kept | {"tally": tally.document()})


def told(week: PredictionWeek) -> calls.PredictionWeekReply:
    """A stored week as it is shown."""
    return calls.PredictionWeekReply(week=week.week, version=week.version, alarms=week.alarms, **week.report)


def due(
    now: datetime,
    models: Sequence[PredictionModel],
    found: Outcomes,
    weeks: Sequence[calls.PredictionWeekReply],
    settings: Settings,
) -> str:
    """Why it is time to train, in words; empty when it is not."""
    if not models:
        return "there are enough outcomes, and nothing was learnt yet"
    newest = models[0]
    if any(week.alarms and week.version == newest.version for week in weeks[:2]):
        return "the model does not hold as it did"
    age, learnt = (now - newest.trained_at).days, newest.card["examples"]["leads"]
    if age >= settings.retrain_days and min(found.leads, settings.sample) >= (1 + MORE_OUTCOMES) * learnt:
        return f"the newest model is {age} days old, and {found.leads - learnt} more leads have closed"
    return ""


def _count(tally: Tally, phase: str, history: History, predictor: ModelPredictor, now: datetime, rules: Rules) -> None:
    past = Past(history)
    moment = past.moment(timedelta(days=predictor.model.days), now)
    facts = past.facts_by(rules, moment) if moment else {}
    if not facts:
        return
    values = predictor.model.read(facts)
    if phase == "begun":
        tally.came(predictor.model, values)
        return
    closing = min(past.history.endings, key=lambda each: each.at)
    if closing.outcome is not None:
        tally.ended(predictor.model.chance(values), closing.outcome == "won")


def _report(
    tx: Transaction, week: date, tally: Tally, model: PredictionModel, predictor: ModelPredictor, settings: Settings
) -> None:
    seen = drift(tally, predictor.model, model.card["inputs"], settings)
    moved_most = next(iter(seen.inputs), None)
    report: dict[str, Any] = {
        "leads": tally.leads,
        "moved_most": moved_most,
        "stability": round(seen.inputs[moved_most], 4) if moved_most else 0.0,
        "closed": tally.closed,
        "predicted": round(tally.predicted, 2),
        "won": tally.won,
    }
    kept = PredictionWeek(week=week, version=model.version, report=report, alarms=list(seen.alarms), looked_at=tx.now)
    tx.session.merge(kept)
    _measure(report)
    if seen.alarms:
        _alarm(tx, week, tally, model.version, seen)


def _measure(report: dict[str, Any]) -> None:
    STABILITY.set(report["stability"])
    PREDICTED.set(report["predicted"])
    WON.set(report["won"])


def _alarm(tx: Transaction, week: date, tally: Tally, version: str, seen: Drift) -> None:
    ALARMS.inc()
    event = PredictionDrifted(
        version=version,
        week=week,
        alarms=list(seen.alarms),
        inputs=seen.moved,
        predicted=tally.predicted if seen.outcome_errors is not None else None,
        won=tally.won if seen.outcome_errors is not None else None,
        noticed_at=tx.now,
    )
    tx.emit(event, key=f"{version}/{week}")
    log.warning("prediction_drifted", version=version, week=week.isoformat(), alarms=len(seen.alarms))


def _begun(week: date) -> Select[Profile]:
    start = datetime.combine(week, time(0, tzinfo=UTC))
    return store.begun_between(start, start + WEEK)


def _closed(week: date, trained_at: datetime) -> Select[Profile]:
    """What closed before the model was trained taught it: only newer sales put it to the test."""
    end = datetime.combine(week, time(0, tzinfo=UTC)) + WEEK
    return store.closed_between(max(trained_at, end - OUTCOME_WEEKS * WEEK), end)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _after(week: date) -> datetime:
    return datetime.combine(week + WEEK, HOUR)
