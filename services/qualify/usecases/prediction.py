"""The life of learnt models: kept, put to work, put back; and what is known of them."""

from typing import Any

import structlog
from sqlalchemy import func, select

from services.qualify.models import PredictionActivation, PredictionModel, RulePublication, RuleSet
from services.qualify.prediction import live, store, watching
from services.qualify.prediction.model import Model
from services.qualify.prediction.settings import Settings, missing_outcomes
from services.qualify.usecases import reassessing
from shared.contracts import calls, qualify
from shared.contracts.errors import NotAllowed, NotFound
from shared.database.erasing import run_alone
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

WEEKS_SHOWN = 26


def keep(tx: Transaction, model: Model, card: dict[str, Any], by: str) -> PredictionModel:
    """Keeps a model. The same examples give the same model: that one stays as it is."""
    known = tx.session.get(PredictionModel, model.version)
    if known is not None:
        return known
    kept = PredictionModel(
        version=model.version, document=model.document(), card=card, trained_at=tx.now, trained_by=by
    )
    tx.session.add(kept)
    tx.session.flush()
    return kept


def activate(tx: Transaction, request: calls.ActivatePredictionRequest) -> None:
    """Puts a model to work, or none. Raises NotFound, or NotAllowed when it has doubts that nobody answered."""
    run_alone(tx.session)
    made = store.activations(tx.session)
    before = made[0].version if made else None
    version = _previous(made) if request.previous else request.version
    if version is not None:
        model = tx.session.get(PredictionModel, version)
        if model is None:
            raise NotFound(f"there is no model {version}")
        if model.card["doubts"] and not request.despite_doubts:
            raise NotAllowed(f"{version} is in doubt: {'; '.join(model.card['doubts'])}")
    if version == before:
        return
    number = (made[0].number if made else 0) + 1
    tx.session.add(PredictionActivation(number=number, version=version, activated_by=request.by, activated_at=tx.now))
    tx.session.flush()
    live.forget(tx.session)
    told = qualify.PredictionActivated(
        number=number, version=version, previous_version=before, by=request.by, activated_at=tx.now
    )
    tx.emit(told, key=str(number))
    watching.begin(tx)
    if _rules_read_it(tx):
        reassessing.again(tx)
    log.info("prediction_activated", version=version, previous=before)


def shown(tx: Transaction, settings: Settings) -> calls.PredictionReply:
    """All models, what is at work, how it holds, and whether it is time to train."""
    models, made = store.models(tx.session), store.activations(tx.session)
    at_work = made[0].version if made else None
    found = store.outcomes(tx.session)
    missing = missing_outcomes(found.won, found.lost, settings)
    weeks = [watching.told(week) for week in store.weeks(tx.session, WEEKS_SHOWN)]
    return calls.PredictionReply(
        at_work=at_work,
        models=[_summary(model, at_work) for model in models],
        activations=[
            calls.Activation(number=each.number, version=each.version, by=each.activated_by, at=each.activated_at)
            for each in made
        ],
        weeks=weeks,
        won=found.won,
        lost=found.lost,
        missing=missing,
        due="" if missing else watching.due(tx.now, models, found, weeks, settings),
    )


def card(tx: Transaction, version: str | None) -> calls.PredictionCardReply:
    """The card of a model. Raises NotFound."""
    at_work = tx.session.scalar(
        select(PredictionActivation.version).order_by(PredictionActivation.number.desc()).limit(1)
    )
    model = tx.session.get(PredictionModel, version or at_work) if version or at_work else None
    if model is None:
        raise NotFound(f"there is no model {version}" if version else "no model is at work")
    return calls.PredictionCardReply(
        version=model.version,
        state=_state(model, at_work),
        trained_at=model.trained_at,
        trained_by=model.trained_by,
        card=model.card,
    )


def _previous(made: list[PredictionActivation]) -> str | None:
    if len(made) < 2:
        raise NotFound("nothing was at work before")
    return made[1].version


def _state(model: PredictionModel, at_work: str | None) -> calls.ModelState:
    if model.version == at_work:
        return "at_work"
    return "doubted" if model.card["doubts"] else "ready"


def _summary(model: PredictionModel, at_work: str | None) -> calls.ModelSummary:
    chosen = next(trial for trial in model.card["trials"] if trial["chosen"])
    return calls.ModelSummary(
        version=model.version,
        state=_state(model, at_work),
        kind=model.card["kind"],
        trained_at=model.trained_at,
        trained_by=model.trained_by,
        leads=model.card["examples"]["leads"],
        won=model.card["examples"]["won"],
        auc=chosen["shuffled"]["auc"]["value"],
        auc_by_time=chosen["by_time"]["auc"]["value"],
        brier=chosen["shuffled"]["brier"]["value"],
        doubts=model.card["doubts"],
    )


def _rules_read_it(tx: Transaction) -> bool:
    """Whether open leads may be ranked otherwise now. A mere word in a remark costs one round of assessing."""
    newest = select(RulePublication.digest).order_by(RulePublication.number.desc()).limit(2)
    query = select(func.count()).select_from(RuleSet)
    reads = query.where(RuleSet.digest.in_(newest.scalar_subquery()), RuleSet.text.contains("predicted"))
    return bool(tx.session.scalar(reads))
