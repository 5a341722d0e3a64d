"""A model as plain data: which facts it reads, what it makes of them, and how its score becomes a chance."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from services.qualify.domain.predicting import Reason
from services.qualify.prediction.calibration import Calibration
from services.qualify.prediction.fields import Field
from services.qualify.prediction.scorecard import Scorecard
from services.qualify.prediction.trees import Forest

#: From the simplest on.
Kind = Literal["naive_bayes", "logistic", "boosting"]
#: How many reasons are told, and from which weight on one is worth telling.
MOST_REASONS = 5
LEAST_WEIGHT = 0.05


@dataclass(frozen=True)
class Model:
    """What was learnt. `days` after its first response is when a lead was looked at, and is looked at."""

    kind: Kind
    days: float
    fields: tuple[Field, ...]
    core: Scorecard | Forest
    calibration: Calibration

    @cached_property
    def version(self) -> str:
        """The first 12 hex digits of the SHA-256 of all that decides."""
        text = json.dumps(self.document(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @cached_property
    def _shift(self) -> float:
        """What the average lead scores above the core's `base`."""
        return sum(tree[0].value for tree in self.core.trees) if isinstance(self.core, Forest) else 0.0

    def score(self, values: Sequence[Any]) -> float:
        """The log-odds, before calibration, of a lead with these values, in the order of the fields."""
        return self.core.base + self._shift + sum(self.core.contributions(self.fields, values))

    def chance(self, values: Sequence[Any]) -> float:
        """The chance of a sale, 0 to 1."""
        return self.calibration.chance(self.score(values))

    def explained(self, values: Sequence[Any]) -> tuple[float, tuple[Reason, ...]]:
        """The chance, and what moved it most."""
        added = self.core.contributions(self.fields, values)
        chance = self.calibration.chance(self.core.base + self._shift + sum(added))
        strongest = sorted(range(len(added)), key=lambda place: -abs(added[place]))[:MOST_REASONS]
        reasons = tuple(
            Reason(self.fields[place].name, self.fields[place].told(values[place]), added[place])
            for place in strongest
            if abs(added[place]) >= LEAST_WEIGHT
        )
        return chance, reasons

    def read(self, facts: Mapping[str, Any]) -> list[Any]:
        """The values of a lead's plain facts, in the order of the fields."""
        return [facts.get(field.fact) for field in self.fields]

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "kind": self.kind,
            "days": self.days,
            "fields": [field.document() for field in self.fields],
            "core": self.core.document(),
            "calibration": self.calibration.document(),
        }

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Model":
        """The model that `document` describes."""
        core: type[Scorecard] | type[Forest] = Forest if document["kind"] == "boosting" else Scorecard
        return cls(
            kind=document["kind"],
            days=float(document["days"]),
            fields=tuple(Field.of(each) for each in document["fields"]),
            core=core.of(document["core"]),
            calibration=Calibration.of(document["calibration"]),
        )
