"""From examples to a model and the card that says what to think of it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from services.qualify.prediction.learning.candidates import Fitted
from services.qualify.prediction.learning.choosing_fields import buckets
from services.qualify.prediction.learning.leaks import KNOWN_IN_TIME, FactSign, look_for_leaks
from services.qualify.prediction.learning.measuring import Measured
from services.qualify.prediction.learning.table import Table
from services.qualify.prediction.learning.trials import Trials, fits_of_all, learn, try_all
from services.qualify.prediction.model import Model
from services.qualify.prediction.settings import Settings, missing_outcomes

#: AUC that even the low end of the interval has to reach: below, the facts say nothing about the outcome.
SAYS_SOMETHING = 0.5
Progress = Callable[[str], None]


class TooFewOutcomes(Exception):
    """There are not enough won or lost leads to learn from; the message says how many are missing."""


@dataclass(frozen=True)
class Trained:
    """A model, its card, and why it should not be put to work unasked."""

    model: Model
    card: dict[str, Any]

    @property
    def doubts(self) -> list[str]:
        """What somebody has to answer first."""
        return list(self.card["doubts"])


def steps_of_training(table: Table) -> int:
    """How often `train` tells of progress."""
    return fits_of_all(table) + 2


def train(table: Table, settings: Settings, progress: Progress = lambda _: None) -> Trained:
    """Learns from the table. Raises TooFewOutcomes, or NothingToLearn when all leads are alike."""
    check_minimum(int(table.outcomes.sum()), len(table), settings)
    late = tuple(name for name in table.columns if _comes_late(table, name, settings))
    left_out = (*settings.leave_out, *late)
    trials = try_all(table, left_out, progress)
    signs = look_for_leaks(table, trials.trial.candidate, left_out)
    progress("signs of leaks")
    fitted, calibration = learn(trials, table, left_out)
    progress("the whole")
    model = Model(fitted.candidate.kind, settings.days, fitted.fields, fitted.core, calibration)
    return Trained(model, _card(model, table, settings, trials, fitted, signs, late))


def check_minimum(won: int, leads: int, settings: Settings) -> None:
    """Raises TooFewOutcomes."""
    missing = missing_outcomes(won, leads - won, settings)
    if missing:
        raise TooFewOutcomes(missing)


def _comes_late(table: Table, name: str, settings: Settings) -> bool:
    if name in settings.known_in_time:
        return False
    column = table.columns[name]
    known = int((~np.isnan(column.values) if column.kind == "number" else column.values >= 0).sum())
    late = table.only_later[name]
    return late > 0 and known / (known + late) < KNOWN_IN_TIME


def _card(
    model: Model,
    table: Table,
    settings: Settings,
    trials: Trials,
    fitted: Fitted,
    signs: tuple[FactSign, ...],
    late: tuple[str, ...],
) -> dict[str, Any]:
    won = int(table.outcomes.sum())
    leaks = [sign for sign in signs if sign.leaks and sign.fact not in settings.known_in_time]
    doubts = [f"{sign.fact} looks as if it were known only afterwards: {sign.because}" for sign in leaks]
    chosen = trials.by_time[trials.chosen].measured
    if trials.trial.measured.auc.low <= SAYS_SOMETHING:
        doubts.append("what is known of leads says nothing about how they end")
    rows = np.arange(len(table))
    matrix = buckets(table, fitted.fields, rows)
    return {
        "version": model.version,
        "kind": model.kind,
        "name": trials.trial.candidate.name,
        "because": trials.because,
        "examples": {
            "leads": len(table),
            "won": won,
            "lost": len(table) - won,
            "first": _day(min(table.begun)),
            "last": _day(max(table.begun)),
            "days": settings.days,
        },
        "trials": [
            {
                "name": trial.candidate.name,
                "kind": trial.candidate.kind,
                "chosen": place == trials.chosen,
                "shuffled": _rounded(trial.measured),
                "by_time": _rounded(trials.by_time[place].measured),
            }
            for place, trial in enumerate(trials.shuffled)
        ],
        "calibration": model.calibration.method,
        "facts": [_fact(sign) for sign in signs],
        "left_out": sorted(settings.leave_out),
        "known_only_later": sorted(late),
        "known_in_time": sorted(settings.known_in_time),
        "doubts": doubts,
        "limits": _limits(settings, len(table), won, trials.trial.measured, chosen),
        "inputs": {
            field.name: np.round(np.bincount(matrix[:, place], minlength=field.buckets) / len(table), 6).tolist()
            for place, field in enumerate(fitted.fields)
        },
    }


def _limits(settings: Settings, leads: int, won: int, shuffled: Measured, later: Measured) -> list[str]:
    said = [
        "It learnt from leads that were won or lost; open ones teach nothing, and newer leads that closed are the "
        "quick ones.",
        f"It looks at a lead as of {settings.days:g} days after it began: what comes later changes nothing.",
        "It says what was, for leads like these: not why, and not what would happen if you acted otherwise.",
    ]
    if min(won, leads - won) < 200:
        said.append(f"{min(won, leads - won)} outcomes of the rarer kind are few: the intervals are wide.")
    if later.auc.value < shuffled.auc.low:
        said.append(
            f"It does worse on newer leads (AUC {later.auc.value:.3f}) than on shuffled ones "
            f"({shuffled.auc.value:.3f}): the market changes, so train often."
        )
    if later.gap > 0.05:
        said.append(f"On newer leads its chances were {100 * later.gap:.0f} points off on average.")
    return said


def _fact(sign: FactSign) -> dict[str, Any]:
    rounded = {name: round(value, 4) if isinstance(value, float) else value for name, value in asdict(sign).items()}
    return rounded | {"leaks": sign.leaks, "signs": list(sign.signs)}


def _rounded(measured: Measured) -> dict[str, Any]:
    return {name: _round(value) for name, value in asdict(measured).items()}


def _round(value: Any) -> Any:
    match value:
        case float():
            return round(value, 5)
        case dict():
            return {name: _round(each) for name, each in value.items()}
        case tuple() | list():
            return [_round(each) for each in value]
    return value


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
