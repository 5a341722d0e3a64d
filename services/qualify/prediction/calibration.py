"""From a model's own score to a chance that holds: of a hundred leads at 20 %, about twenty are won."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp
from typing import Any, Literal

Method = Literal["platt", "isotonic"]


@dataclass(frozen=True)
class Calibration:
    """platt: a sigmoid of `slope`·score + `offset`. isotonic: straight lines between the points, flat outside."""

    method: Method
    slope: float = 1.0
    offset: float = 0.0
    scores: tuple[float, ...] = ()
    chances: tuple[float, ...] = ()

    def chance(self, score: float) -> float:
        """The chance, 0 to 1, at a score in log-odds."""
        if self.method == "platt":
            return sigmoid(self.slope * score + self.offset)
        place = bisect_right(self.scores, score)
        if place == 0:
            return self.chances[0]
        if place == len(self.scores):
            return self.chances[-1]
        left, right = self.scores[place - 1], self.scores[place]
        low, high = self.chances[place - 1], self.chances[place]
        return low + (high - low) / (right - left) * (score - left)

    def document(self) -> dict[str, Any]:
        """As plain data."""
        if self.method == "platt":
            return {"method": "platt", "slope": self.slope, "offset": self.offset}
        return {"method": "isotonic", "scores": list(self.scores), "chances": list(self.chances)}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Calibration":
        """The calibration that `document` describes."""
        if document["method"] == "platt":
            return cls("platt", float(document["slope"]), float(document["offset"]))
        scores, chances = (tuple(map(float, document[name])) for name in ("scores", "chances"))
        return cls("isotonic", scores=scores, chances=chances)


def sigmoid(score: float) -> float:
    """1 / (1 + e^-score), for any score."""
    if score >= 0:
        return 1.0 / (1.0 + exp(-score))
    small = exp(score)
    return small / (1.0 + small)
