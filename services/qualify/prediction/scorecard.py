"""A scorecard: every bucket of every field has a weight; a lead's score is the sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.qualify.prediction.fields import Field


@dataclass(frozen=True)
class Scorecard:
    """`weights[field][bucket]` in log-odds against the average lead, whose own log-odds are `base`."""

    base: float
    weights: tuple[tuple[float, ...], ...]

    def contributions(self, fields: Sequence[Field], values: Sequence[Any]) -> list[float]:
        """What each field adds to, or takes from, `base`."""
        weighed = zip(fields, values, self.weights, strict=True)
        return [weights[field.bucket(value)] for field, value, weights in weighed]

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {"base": self.base, "weights": [list(weights) for weights in self.weights]}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Scorecard":
        """The scorecard that `document` describes."""
        return cls(float(document["base"]), tuple(tuple(map(float, weights)) for weights in document["weights"]))
