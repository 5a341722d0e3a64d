"""Learns how scores become chances, from scores of leads that the model had not seen."""

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from services.qualify.prediction.calibration import Calibration
from services.qualify.prediction.learning.table import Rows

#: Outcomes of the rarer kind from which on the form of the curve is learnt; below, a sigmoid is assumed.
ENOUGH_FOR_STEPS = 1_000
#: Points of the curve nearer than this would be a cliff.
LEAST_STEP = 1e-3
Scores = NDArray[np.float64]


def calibrate(scores: Scores, outcomes: NDArray[np.int8]) -> Calibration:
    """The curve through these scores and what became of them."""
    rarer = min(int(outcomes.sum()), len(outcomes) - int(outcomes.sum()))
    return _isotonic(scores, outcomes) if rarer >= ENOUGH_FOR_STEPS else _platt(scores, outcomes)


def _platt(scores: Scores, outcomes: NDArray[np.int8]) -> Calibration:
    regression = LogisticRegression(C=1e6, max_iter=500).fit(scores.reshape(-1, 1), outcomes)
    slope, offset = float(regression.coef_[0, 0]), float(regression.intercept_[0])
    if slope > 0:
        return Calibration("platt", slope, offset)
    # The scores say nothing: everybody has the same chance.
    rate = float(np.clip(outcomes.mean(), 1e-6, 1 - 1e-6))
    return Calibration("platt", 0.0, float(np.log(rate / (1 - rate))))


def _isotonic(scores: Scores, outcomes: NDArray[np.int8]) -> Calibration:
    """Through the middle of each step, so that two different scores never get the same chance for no reason."""
    fitted = IsotonicRegression().fit_transform(scores, outcomes)
    levels, place, counts = np.unique(fitted, return_inverse=True, return_counts=True)
    middles = np.bincount(place, weights=scores) / counts
    # Nobody is certain: what was never or always won in so many leads may still be otherwise in the next.
    levels = np.clip(levels, 1 / (counts + 2), 1 - 1 / (counts + 2))
    levels = np.maximum.accumulate(levels)
    kept = [0]
    for step in range(1, len(middles)):
        if middles[step] - middles[kept[-1]] >= LEAST_STEP:
            kept.append(step)
    return Calibration(
        "isotonic",
        scores=tuple(float(middles[step]) for step in kept),
        chances=tuple(float(levels[step]) for step in kept),
    )


def chances(calibration: Calibration, scores: Scores) -> Scores:
    """The chance of each score, as `Calibration.chance` has it."""
    if calibration.method == "isotonic":
        return np.asarray(np.interp(scores, calibration.scores, calibration.chances))
    return np.asarray(1 / (1 + np.exp(-(calibration.slope * scores + calibration.offset))))


def cross_calibrated(scores: Scores, outcomes: NDArray[np.int8], folds: list[Rows]) -> Scores:
    """Chances of all rows, each by a curve that was learnt without its fold."""
    result = np.empty_like(scores)
    for fold in folds:
        others = np.ones(len(scores), dtype=bool)
        others[fold] = False
        result[fold] = chances(calibrate(scores[others], outcomes[others]), scores[fold])
    return result
