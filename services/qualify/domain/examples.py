"""Examples that a company writes beside its rules: a lead's answers, and what the rules must make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from services.qualify.domain.decision import Assessment, assess
from services.qualify.domain.history import History
from services.qualify.domain.rules import Rules

#: What an example may expect.
EXPECTED = ("score", "fit", "engagement", "rank", "decision")


@dataclass(frozen=True)
class Example:
    """One lead, and what is expected of it."""

    name: str
    history: History
    as_of: datetime
    expect: Mapping[str, int | str]


@dataclass(frozen=True)
class Verdict:
    """What became of an example. `problems` says what differs, one sentence each; none: it holds."""

    example: Example
    assessment: Assessment | None
    problems: tuple[str, ...]


def tried(example: Example, rules: Rules) -> Verdict:
    """Holds an example against the rules."""
    assessment = assess(example.history, rules, example.as_of)
    if assessment is None:
        return Verdict(example, None, ("the rules see no response here",))
    problems = tuple(
        f"{name} is {getattr(assessment, name)}, expected {expected}"
        for name, expected in example.expect.items()
        if getattr(assessment, name) != expected
    )
    return Verdict(example, assessment, problems)
