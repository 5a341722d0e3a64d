"""Tries all candidates on the same leads, shuffled and by time, and takes the simplest that is not clearly beaten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from sklearn.model_selection import StratifiedKFold

from services.qualify.prediction.calibration import Calibration
from services.qualify.prediction.learning.calibrating import Scores, calibrate, chances, cross_calibrated
from services.qualify.prediction.learning.candidates import SIMPLEST_FIRST, Candidate, Fitted, fit, worth_trying
from services.qualify.prediction.learning.measuring import Measured, losses, measure
from services.qualify.prediction.learning.table import Rows, Table

FOLDS = 5
#: Of the leads, oldest first: what is learnt from when the rest is the future.
PAST = 0.7
#: Log-loss that a less simple kind must save at least, as a part of what the simpler one has.
WORTH = 0.005
#: Told of every fit that is done.
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """One candidate's chances for leads that it had not learnt from."""

    candidate: Candidate
    #: Log-odds of all rows, each from a model that had not seen it.
    scores: Scores
    chances: Scores
    measured: Measured


@dataclass(frozen=True)
class TimeTrial:
    """Learnt from the past, tried on what came after it."""

    chances: Scores
    measured: Measured


@dataclass(frozen=True)
class Trials:
    """The best candidate of each kind, shuffled and by time, and the one that is taken."""

    shuffled: tuple[Trial, ...]
    by_time: tuple[TimeTrial, ...]
    chosen: int
    because: str

    @property
    def trial(self) -> Trial:
        return self.shuffled[self.chosen]


def try_all(table: Table, left_out: Sequence[str] = (), progress: Progress = lambda _: None) -> Trials:
    """Tries every candidate: five-fold, then the best of each kind by time."""
    folds = _folds(table)
    rows = np.arange(len(table))
    trials = [shuffled_trial(candidate, table, rows, folds, left_out, progress) for candidate in worth_trying(table)]
    by_kind = {kind: [trial for trial in trials if trial.candidate.kind == kind] for kind in SIMPLEST_FIRST}
    of_each_kind = tuple(min(tried, key=lambda each: each.measured.log_loss) for tried in by_kind.values() if tried)
    by_time = tuple(time_trial(trial.candidate, table, left_out, progress) for trial in of_each_kind)
    chosen, because = _choice(of_each_kind, by_time, table)
    return Trials(of_each_kind, by_time, chosen, because)


def fits_of_all(table: Table) -> int:
    """How often `try_all` tells of progress."""
    candidates = worth_trying(table)
    return len(candidates) * FOLDS + len({candidate.kind for candidate in candidates}) * (FOLDS + 1)


def shuffled_trial(
    candidate: Candidate,
    table: Table,
    rows: Rows,
    folds: list[Rows],
    left_out: Sequence[str] = (),
    progress: Progress = lambda _: None,
) -> Trial:
    """Each fold of `rows` (given as places in `rows`) is scored by a model of the others."""
    scores = np.empty(len(rows))
    for fold in folds:
        others = np.ones(len(rows), dtype=bool)
        others[fold] = False
        scores[fold] = fit(candidate, table, rows[others], left_out).scores(table, rows[fold])
        progress(candidate.name)
    outcomes = table.outcomes[rows]
    held = cross_calibrated(scores, outcomes, folds)
    return Trial(candidate, scores, held, measure(held, outcomes))


def time_trial(
    candidate: Candidate, table: Table, left_out: Sequence[str] = (), progress: Progress = lambda _: None
) -> TimeTrial:
    """Learns from the older leads, with calibration, and is tried on the newer ones."""
    past, future = split_by_time(table)
    before = shuffled_trial(candidate, table, past, _folds(table, past), left_out, progress)
    curve = calibrate(before.scores, table.outcomes[past])
    scores = fit(candidate, table, past, left_out).scores(table, future)
    progress(f"{candidate.name}, by time")
    chance = chances(curve, scores)
    return TimeTrial(chance, measure(chance, table.outcomes[future]))


def split_by_time(table: Table) -> tuple[Rows, Rows]:
    """The older leads and the newer ones."""
    rows = table.oldest_first
    edge = int(len(rows) * PAST)
    return rows[:edge], rows[edge:]


def learn(trials: Trials, table: Table, left_out: Sequence[str] = ()) -> tuple[Fitted, Calibration]:
    """What was chosen learns from all leads; its curve from what it said of leads it had not seen."""
    trial = trials.trial
    fitted = fit(trial.candidate, table, np.arange(len(table)), left_out)
    return fitted, calibrate(trial.scores, table.outcomes)


def _folds(table: Table, rows: Rows | None = None) -> list[Rows]:
    outcomes = table.outcomes if rows is None else table.outcomes[rows]
    parts = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(outcomes, outcomes)
    return [held for _, held in parts]


def _choice(shuffled: Sequence[Trial], by_time: Sequence[TimeTrial], table: Table) -> tuple[int, str]:
    _, future = split_by_time(table)
    chosen, said = 0, [f"{shuffled[0].candidate.name} is the simplest"]
    for rival in range(1, len(shuffled)):
        name, mine = shuffled[rival].candidate.name, shuffled[chosen].candidate.name
        saved = losses(shuffled[chosen].chances, table.outcomes) - losses(shuffled[rival].chances, table.outcomes)
        later = losses(by_time[chosen].chances, table.outcomes[future])
        later_saved = later - losses(by_time[rival].chances, table.outcomes[future])
        worth = max(_error(saved), WORTH * shuffled[chosen].measured.log_loss)
        if saved.mean() <= worth:
            said.append(f"{name} saves too little over {mine} to be worth it")
        elif later_saved.mean() < -_error(later_saved):
            said.append(f"{name} is better on shuffled leads and worse on newer ones than {mine}")
        else:
            chosen = rival
            said.append(f"{name} is clearly better than {mine}, and no worse on newer leads")
    return chosen, "; ".join(said)


def _error(values: Scores) -> float:
    return float(values.std(ddof=1)) / sqrt(len(values))
