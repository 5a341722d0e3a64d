"""How good chances are: do they part those who buy from those who do not, and do they hold?"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

#: Steps of the reliability plot, with as many leads in each.
STEPS = 10
#: Of the normal distribution, for 95 %.
_WIDTH = 1.96


@dataclass(frozen=True)
class Interval:
    """A figure, and between what it lies with 95 % confidence."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Step:
    """Leads of about the same chance: what was predicted on average, and what came."""

    predicted: float
    actual: float
    leads: int


@dataclass(frozen=True)
class Measured:
    """`auc`: 0.5 is a coin, 1 perfect. `brier` and `log_loss`: less is better; `skill`: the part of the Brier score of
    always saying the average that is saved. `top_tenth`: the part of all sales among the tenth with the best chances.
    `gap`: how far predicted and actual are apart, on average over the steps.
    """

    leads: int
    won: int
    auc: Interval
    brier: Interval
    log_loss: float
    skill: float
    top_tenth: float
    gap: float
    steps: tuple[Step, ...]


def measure(chance: NDArray[np.float64], outcomes: NDArray[np.int8]) -> Measured:
    """Measures chances of leads that the model did not learn from."""
    won = outcomes.astype(np.float64)
    squares = (chance - won) ** 2
    average = float(won.mean())
    always = average * (1 - average)
    steps = reliability(chance, won)
    best = np.argsort(-chance, kind="stable")[: max(1, len(chance) // 10)]
    return Measured(
        leads=len(won),
        won=int(won.sum()),
        auc=auc(chance, outcomes),
        brier=_mean(squares),
        log_loss=float(losses(chance, outcomes).mean()),
        skill=1 - float(squares.mean()) / always if always else 0.0,
        top_tenth=float(won[best].sum() / won.sum()) if won.any() else 0.0,
        gap=sum(abs(step.predicted - step.actual) * step.leads for step in steps) / len(won),
        steps=steps,
    )


def auc(scores: NDArray[np.float64], outcomes: NDArray[np.int8]) -> Interval:
    """How often a won lead ranks above a lost one, with DeLong's interval."""
    mine, theirs = scores[outcomes == 1], scores[outcomes == 0]
    if not len(mine) or not len(theirs):
        return Interval(0.5, 0.0, 1.0)
    ranks = rankdata(np.concatenate([mine, theirs]))
    above = (ranks[: len(mine)] - rankdata(mine)) / len(theirs)
    below = 1 - (ranks[len(mine) :] - rankdata(theirs)) / len(mine)
    value = float(above.mean())
    variance = _variance(above) / len(mine) + _variance(below) / len(theirs)
    return _interval(value, sqrt(variance))


def losses(chance: NDArray[np.float64], outcomes: NDArray[np.int8]) -> NDArray[np.float64]:
    """The log-loss of each lead."""
    safe = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.asarray(-np.where(outcomes == 1, np.log(safe), np.log(1 - safe)))


def reliability(chance: NDArray[np.float64], won: NDArray[np.float64]) -> tuple[Step, ...]:
    """Predicted against actual, from the lowest chances to the highest."""
    parts = np.array_split(np.argsort(chance, kind="stable"), min(STEPS, len(chance)))
    return tuple(Step(float(chance[part].mean()), float(won[part].mean()), len(part)) for part in parts)


def _mean(values: NDArray[np.float64]) -> Interval:
    return _interval(float(values.mean()), sqrt(_variance(values) / len(values)))


def _interval(value: float, error: float) -> Interval:
    return Interval(value, max(0.0, value - _WIDTH * error), min(1.0, value + _WIDTH * error))


def _variance(values: NDArray[np.float64]) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
