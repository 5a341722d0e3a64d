"""What the chance of a sale is, as learnt from the company's own outcomes. Beside the points, never instead."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from services.qualify.domain.history import History
from services.qualify.domain.rules import Rules


@dataclass(frozen=True)
class Reason:
    """One fact that moved the chance. `weight` is in log-odds against the average lead; above 0 it raises."""

    fact: str
    #: As a manager reads it.
    value: str
    weight: float

    @property
    def raises(self) -> bool:
        return self.weight > 0

    @property
    def words(self) -> str:
        """For example "budget 60000: raises the chance clearly"."""
        size = abs(self.weight)
        how = "much" if size >= 1 else "clearly" if size >= 0.4 else "a little"
        return f"{self.fact} {self.value}: {'raises' if self.raises else 'lowers'} the chance {how}"


@dataclass(frozen=True)
class Prediction:
    """How likely a lead is to become a sale, by which model, and why: the strongest reasons first."""

    probability: float
    version: str
    reasons: tuple[Reason, ...]

    @property
    def percent(self) -> Decimal:
        """What rules read as `predicted`."""
        return Decimal(str(round(100 * self.probability, 1)))


class Predictor(Protocol):
    """A model at work."""

    @property
    def version(self) -> str:
        """Identifies the model."""

    def predict(self, history: History, rules: Rules, as_of: datetime) -> Prediction | None:
        """The chance as it could be told at `as_of`; None while no response is known."""
