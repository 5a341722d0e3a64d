"""A model at work on one lead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.qualify.domain.history import History
from services.qualify.domain.predicting import Prediction
from services.qualify.domain.rules import Rules
from services.qualify.prediction.examples import Past
from services.qualify.prediction.model import Model


@dataclass(frozen=True)
class ModelPredictor:
    """Looks at a lead as the model's examples were looked at: what came later than its window changes nothing."""

    model: Model

    @property
    def version(self) -> str:
        """Identifies the model."""
        return self.model.version

    def predict(self, history: History, rules: Rules, as_of: datetime) -> Prediction | None:
        """The chance as it could be told at `as_of`; None while no response was known."""
        past = Past(history)
        moment = past.moment(timedelta(days=self.model.days), as_of)
        facts = past.facts_by(rules, moment) if moment else {}
        if not facts:
            return None
        chance, reasons = self.model.explained(self.model.read(facts))
        return Prediction(chance, self.model.version, reasons)
