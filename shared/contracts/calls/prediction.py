"""What qualification answers about prediction: models, their cards, which is at work, how it holds."""

from datetime import date, datetime
from typing import Any, Literal

from shared.contracts.calls.registry import declare
from shared.contracts.event import contract

#: at_work: it predicts. ready: it may. doubted: somebody has to answer its doubts first.
ModelState = Literal["at_work", "ready", "doubted"]


@contract
class ModelSummary:
    version: str
    state: ModelState
    #: naive_bayes, logistic or boosting
    kind: str
    trained_at: datetime
    trained_by: str
    leads: int
    won: int
    #: Of the chosen kind, on leads that it had not learnt from: shuffled, and newer than what it learnt from.
    auc: float
    auc_by_time: float
    brier: float
    doubts: list[str]


@contract
class Activation:
    """From then on this model predicted; none did where `version` is None."""

    number: int
    version: str | None
    by: str
    at: datetime


@contract
class PredictionWeekReply:
    """One week (by its Monday) under one model."""

    week: date
    version: str
    #: Leads that began in it, and the fact that has moved most (population stability index).
    leads: int
    moved_most: str | None = None
    stability: float = 0.0
    #: Of leads that closed in it and began after the model was trained.
    closed: int = 0
    predicted: float = 0.0
    won: int = 0
    alarms: list[str]


@contract
class PredictionRequest:
    pass


@contract
class PredictionReply:
    at_work: str | None
    models: list[ModelSummary]
    activations: list[Activation]
    weeks: list[PredictionWeekReply]
    won: int
    lost: int
    #: What is missing to learn, in words; empty when there is enough.
    missing: str
    #: Why it is time to train, in words; empty when it is not.
    due: str


PREDICTION = declare("qualify", "prediction", PredictionRequest, PredictionReply)


@contract
class PredictionCardRequest:
    """The card of a model; of the one at work when no version is named."""

    version: str | None = None


@contract
class PredictionCardReply:
    version: str
    state: ModelState
    trained_at: datetime
    trained_by: str
    #: Data, trials, facts, calibration, doubts and limits, as the training wrote them down.
    card: dict[str, Any]


PREDICTION_CARD = declare("qualify", "prediction_card", PredictionCardRequest, PredictionCardReply)


@contract
class ActivatePredictionRequest:
    """Puts a model to work, or none. `previous` goes back to what was at work before."""

    version: str | None = None
    by: str
    previous: bool = False
    #: The doubts of the model were looked at and do not hold.
    despite_doubts: bool = False


ACTIVATE_PREDICTION = declare("qualify", "activate_prediction", ActivatePredictionRequest, PredictionReply)
