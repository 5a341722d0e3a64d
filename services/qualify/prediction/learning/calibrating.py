"""Learns how scores become chances, from scores of leads that the model had not seen."""

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression

from services.qualify.prediction.calibration import Calibration
from services.qualify.prediction.learning.table import Rows

#: Outcomes of the rarer kind from which on the form of the curve is learnt; below, a sigmoid is assumed.
ENOUGH_FOR_STEPS = 1_000
#: Leads that a step of the curve is made of at least.
LEAST_LEADS = 50
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
    _, place, counts = np.unique(fitted, return_inverse=True, return_counts=True)
    steps = _joined(counts)[place]
    counts = np.bincount(steps)
    # One lead more, of the average chance: nobody is certain, and what never happened so far still may.
    levels = (np.bincount(steps, weights=outcomes) + outcomes.mean()) / (counts + 1)
    return Calibration(
        "isotonic",
        scores=tuple((np.bincount(steps, weights=scores) / counts).tolist()),
        chances=tuple(np.maximum.accumulate(levels).tolist()),
    )


def _joined(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The number of the step for each step of isotonic regression, so that none is made of a few leads."""
    number, leads, numbers = 0, 0, []
    for count in counts:
        if leads >= LEAST_LEADS:
            number, leads = number + 1, 0
        numbers.append(number)
        leads += int(count)
    if leads < LEAST_LEADS and number > 0:
        numbers = [min(each, number - 1) for each in numbers]
    return np.array(numbers, dtype=np.intp)


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
