"""Learns what levels of agreement are worth, from people without labels: expectation and maximisation.

`u` is counted among pairs drawn at random, nearly all of them strangers. `m` is found by taking turns: how likely each
candidate pair is one person, given the weights; and the weights, given how likely.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.capture.domain.matching.comparing import FIELDS, LEVELS, Comparison
from services.capture.domain.matching.model import Model

ROUNDS = 30
#: Added to every count, so that a level never seen is not taken for impossible.
SMOOTHING = 0.5


@dataclass(frozen=True)
class Estimate:
    """The probabilities found; fields of which too little was seen keep those of the model they started from."""

    m: dict[str, tuple[float, ...]]
    u: dict[str, tuple[float, ...]]
    rounds: int


def strangers(
    comparisons: Iterable[Comparison], start: Mapping[str, tuple[float, ...]]
) -> dict[str, tuple[float, ...]]:
    """`u`: how often each level is seen between people drawn at random."""
    return _shares(Counter(comparisons), start)


def estimate(
    candidates: Sequence[Comparison], u: dict[str, tuple[float, ...]], start: Model, rounds: int = ROUNDS
) -> Estimate:
    """`m` and the rounds it took, from the comparisons of candidate pairs. Rarity of names is left out of account."""
    seen = Counter(candidates)
    model = Model(m=start.m, u=u, population=start.population)
    done = 0
    for done in range(1, rounds + 1):  # noqa: B007
        likely = {found: count * model.likelihood(found) for found, count in seen.items()}
        m = _shares(likely, start.m)
        change = max(abs(a - b) for name in FIELDS for a, b in zip(m[name], model.m[name], strict=True))
        model = Model(m=m, u=u, population=start.population)
        if change < 1e-4:
            break
    return Estimate(dict(model.m), u, done)


def _shares(
    weighted: Mapping[Comparison, float], start: Mapping[str, tuple[float, ...]]
) -> dict[str, tuple[float, ...]]:
    found = {}
    for place, name in enumerate(FIELDS):
        counts = [0.0] * (len(LEVELS[name]) + 1)
        for comparison, weight in weighted.items():
            counts[comparison[place]] += weight
        told = sum(counts[1:])
        if told < _ENOUGH:
            found[name] = tuple(start[name])
            continue
        # Levels are smoothed towards what was believed before, not towards each other.
        found[name] = tuple(
            (count + SMOOTHING * before) / (told + SMOOTHING)
            for count, before in zip(counts[1:], start[name], strict=True)
        )
    return found


_ENOUGH = 200
