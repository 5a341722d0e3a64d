"""How a company wants prediction: `prediction.yml` in its folder. Without the file, the defaults hold."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from shared.company_file import Entry, read_file

FILE = "prediction.yml"


@dataclass(frozen=True)
class Settings:
    """When leads are looked at, how many outcomes it takes, and when a model is due or doubtful."""

    #: Days after it began at which a lead is looked at.
    days: float = 2.0
    #: Outcomes of each kind without which nothing is learnt.
    least_won: int = 50
    least_lost: int = 50
    #: Closed leads that are learnt from at most.
    sample: int = 200_000
    #: Facts that are never read: known only afterwards, or not to be judged by.
    leave_out: tuple[str, ...] = ()
    #: Facts that look as if they were known only afterwards, and are not.
    known_in_time: tuple[str, ...] = ()
    retrain_days: int = 30
    #: Population stability index from which leads are others than those that were learnt from.
    alarm_inputs: float = 0.25
    #: Standard errors by which sales may differ from what was predicted.
    alarm_outcomes: float = 3.0

    @property
    def window(self) -> timedelta:
        return timedelta(days=self.days)

    def with_answers(self, leave_out: tuple[str, ...] = (), known_in_time: tuple[str, ...] = ()) -> "Settings":
        """These, and what somebody answered to a warning."""
        return replace(
            self,
            leave_out=tuple(dict.fromkeys((*self.leave_out, *leave_out))),
            known_in_time=tuple(dict.fromkeys((*self.known_in_time, *known_in_time))),
        )


def load_settings(company: Path) -> Settings:
    """The settings in the company's folder. Raises CompanyError."""
    file = company / FILE
    return read_settings(read_file(file)) if file.exists() else Settings()


def read_settings(root: Entry) -> Settings:
    """The settings in the file. Raises CompanyError, naming the field."""
    root.only("days", "minimum", "sample", "leave_out", "known_in_time", "retrain_days", "alarm")
    usual = Settings()
    minimum = root.child("minimum") if "minimum" in root.values else Entry(f"{root.name}: minimum", {})
    minimum.only("won", "lost")
    alarm = root.child("alarm") if "alarm" in root.values else Entry(f"{root.name}: alarm", {})
    alarm.only("inputs", "outcomes")
    return Settings(
        days=_number(root, "days", usual.days, 0, 365),
        least_won=int(_number(minimum, "won", usual.least_won, 20, 1_000_000)),
        least_lost=int(_number(minimum, "lost", usual.least_lost, 20, 1_000_000)),
        sample=int(_number(root, "sample", usual.sample, 1_000, 2_000_000)),
        leave_out=tuple(root.texts("leave_out")),
        known_in_time=tuple(root.texts("known_in_time")),
        retrain_days=int(_number(root, "retrain_days", usual.retrain_days, 1, 3650)),
        alarm_inputs=_number(alarm, "inputs", usual.alarm_inputs, 0.01, 100),
        alarm_outcomes=_number(alarm, "outcomes", usual.alarm_outcomes, 0.5, 100),
    )


def missing_outcomes(won: int, lost: int, settings: Settings) -> str:
    """What is missing to learn, in words; empty when there is enough."""
    short = [(settings.least_won - won, "won"), (settings.least_lost - lost, "lost")]
    missing = " and ".join(f"{number} more {kind}" for number, kind in short if number > 0)
    return f"{missing} leads are missing: there are {won} won and {lost} lost" if missing else ""


def _number(entry: Entry, field: str, usual: float, low: float, high: float) -> float:
    value = entry.values.get(field, usual)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise entry.wrong(field, f"a number from {low:g} to {high:g} is expected, not {value!r}")
    return float(value)
