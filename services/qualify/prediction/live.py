"""The model that is at work, as the database has it: read anew when another was put to work, parsed once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.qualify.domain.rulebook import Yardstick
from services.qualify.models import PredictionActivation, PredictionModel
from services.qualify.prediction.model import Model
from services.qualify.prediction.predictor import ModelPredictor
from shared.database.unit_of_work import Transaction

_INFO = "prediction"
#: Models that are kept: the one at work, and some of those that explanations of earlier moments ask for.
KEPT = 5
Measuring = Callable[[Transaction], Yardstick]


@dataclass
class Models:
    """One per process."""

    _parsed: dict[str, ModelPredictor] = field(default_factory=dict)

    def at_work(self, session: Session) -> ModelPredictor | None:
        """The model that predicts now; one small query, once in a transaction."""
        if _INFO not in session.info:
            session.info[_INFO] = self._of(session, _newest(session))
        predictor: ModelPredictor | None = session.info[_INFO]
        return predictor

    def at(self, session: Session, moment: datetime) -> ModelPredictor | None:
        """The model that was at work at `moment`."""
        return self._of(session, _newest(session, moment))

    def _of(self, session: Session, version: str | None) -> ModelPredictor | None:
        if version is None:
            return None
        if version not in self._parsed:
            document = session.scalar(select(PredictionModel.document).where(PredictionModel.version == version))
            assert document is not None
            while len(self._parsed) >= KEPT:
                self._parsed.pop(next(iter(self._parsed)))
            self._parsed[version] = ModelPredictor(Model.of(document))
        return self._parsed[version]


def with_prediction(measuring: Measuring, models: Models) -> Measuring:
    """Measures as `measuring` does, and predicts."""

    def both(tx: Transaction) -> Yardstick:
        yardstick = measuring(tx)
        return replace(
            yardstick,
            predictor=models.at_work(tx.session),
            predictor_then=partial(models.at, tx.session),
        )

    return both


def forget(session: Session) -> None:
    """The present transaction put another model to work."""
    session.info.pop(_INFO, None)


def _newest(session: Session, moment: datetime | None = None) -> str | None:
    query = select(PredictionActivation.version).order_by(PredictionActivation.number.desc()).limit(1)
    if moment is not None:
        query = query.where(PredictionActivation.activated_at <= moment)
    return session.scalar(query)
