"""Reads goals.yml: what owners are to reach, and what they get for it. A company without the file has none."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import get_args

from services.analytics.domain.duties import SHARES, Goal, Measure
from shared.company_file import CompanyError, Entry, read_file

FILE = "goals.yml"


@dataclass(frozen=True)
class Goals:
    """The company's goals for owners, per calendar month."""

    currency: str = ""
    goals: tuple[Goal, ...] = ()


def load(company: Path) -> Goals:
    """The goals in the company's folder. Raises CompanyError that names file, entry and field."""
    if not (company / FILE).exists():
        return Goals()
    file = read_file(company / FILE)
    file.only("currency", "goals")
    goals = tuple(_goal(entry) for entry in file.children("goals"))
    if len({goal.goal for goal in goals}) != len(goals):
        raise CompanyError(f"{file.name}: goals: one of them is there twice")
    return Goals(file.text("currency").upper(), goals)


def _goal(entry: Entry) -> Goal:
    entry.only("id", "measure", "at_least", "of_at_least", "reward", "because")
    measure: Measure = entry.one_of("measure", get_args(Measure))  # type: ignore[assignment]
    reward = entry.optional("reward")
    return Goal(
        goal=entry.text("id"),
        measure=measure,
        at_least=_target(entry, measure),
        of_at_least=int(_number(entry, "of_at_least", entry.optional("of_at_least") or "1")),
        reward=_number(entry, "reward", reward) if reward else None,
        because=entry.text("because"),
    )


def _target(entry: Entry, measure: Measure) -> Decimal:
    text = entry.text("at_least")
    if measure not in SHARES:
        return _number(entry, "at_least", text)
    share = _number(entry, "at_least", text.removesuffix("%")) / 100
    if not text.endswith("%") or share > 1:
        raise entry.wrong("at_least", f"{measure} is a share: write it like 95%")
    return share


def _number(entry: Entry, field: str, text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal(-1)
    if not number.is_finite() or number <= 0:
        raise entry.wrong(field, f"a number above 0 is expected, not {text!r}")
    return number
