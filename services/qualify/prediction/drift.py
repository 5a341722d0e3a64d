"""Whether leads are still those that a model learnt from, and end as it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log, sqrt
from typing import Any

from services.qualify.prediction.fields import Field
from services.qualify.prediction.model import Model
from services.qualify.prediction.settings import Settings

#: Fewer leads in a week, or fewer that closed, say nothing.
LEAST_LEADS = 100
LEAST_CLOSED = 30
#: Share that an empty bucket counts as.
_NOTHING = 1e-4
#: An index that pure chance makes, so many times over.
_CHANCE = 3.0


@dataclass
class Tally:
    """What a week's leads came with, by field and bucket; and those that closed: as predicted, and as it came."""

    leads: int = 0
    buckets: dict[str, list[int]] = field(default_factory=dict)
    closed: int = 0
    predicted: float = 0.0
    variance: float = 0.0
    won: int = 0

    def came(self, model: Model, values: Sequence[Any]) -> None:
        """One more lead that began."""
        self.leads += 1
        for each, value in zip(model.fields, values, strict=True):
            counts = self.buckets.setdefault(each.name, [0] * each.buckets)
            counts[each.bucket(value)] += 1

    def ended(self, chance: float, won: bool) -> None:
        """One more lead that closed."""
        self.closed += 1
        self.predicted += chance
        self.variance += chance * (1 - chance)
        self.won += won

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return dict(vars(self))

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "Tally":
        """The tally that `document` describes."""
        return cls(**document) if document else cls()


@dataclass(frozen=True)
class Drift:
    """What a week's tally says. `inputs`: the index of every field, the furthest first."""

    inputs: dict[str, float]
    alarms: tuple[str, ...]
    moved: dict[str, float]
    #: Standard errors between sales and what was predicted; None where too few closed.
    outcome_errors: float | None


def drift(tally: Tally, model: Model, learnt: Mapping[str, Sequence[float]], settings: Settings) -> Drift:
    """Compares a week with what was learnt from (`inputs` of the card)."""
    fields = {each.name: each for each in model.fields}
    found = {name: stability(learnt[name], counts) for name, counts in tally.buckets.items() if name in learnt}
    inputs = dict(sorted(found.items(), key=lambda each: -each[1]))
    moved: dict[str, float] = {}
    alarms: list[str] = []
    if tally.leads >= LEAST_LEADS:
        for name, index in inputs.items():
            by_chance = (len(learnt[name]) - 1) / tally.leads
            if index > settings.alarm_inputs and index > _CHANCE * by_chance:
                moved[name] = round(index, 4)
                how = _most_moved(fields[name], tally.buckets[name], learnt[name])
                alarms.append(f"{name} is not what it was: stability index {index:.2f} ({how})")
    errors = None
    if tally.closed >= LEAST_CLOSED and tally.variance > 0:
        errors = (tally.won - tally.predicted) / sqrt(tally.variance)
        if abs(errors) > settings.alarm_outcomes:
            alarms.append(
                f"{tally.won} of {tally.closed} leads that closed were won, {tally.predicted:.0f} were predicted"
            )
    return Drift(inputs, tuple(alarms), moved, errors)


def stability(learnt: Sequence[float], counts: Sequence[int]) -> float:
    """The population stability index: 0 is the same, below 0.1 little, above 0.25 another population."""
    total = sum(counts)
    if not total:
        return 0.0
    pairs = ((max(then, _NOTHING), max(now / total, _NOTHING)) for then, now in zip(learnt, counts, strict=True))
    return sum((now - then) * log(now / then) for then, now in pairs)


def _most_moved(moved: Field, counts: Sequence[int], learnt: Sequence[float]) -> str:
    shares = [count / sum(counts) for count in counts]
    place = max(range(len(shares)), key=lambda each: abs(shares[each] - learnt[each]))
    return f"{moved.label(place)}: {learnt[place]:.0%} then, {shares[place]:.0%} now"
