"""A company's definitions of a good lead, as read and checked from its `rules.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from services.qualify.domain.answers import Answer
from services.qualify.domain.facts import Readiness
from shared.conditions import Condition

Group = Literal["fit", "engagement"]
GROUPS: tuple[Group, ...] = ("fit", "engagement")
Bar = Literal["budget", "authority", "need", "timing"]
BANT: tuple[Bar, ...] = ("budget", "authority", "need", "timing")


@dataclass(frozen=True)
class PointRule:
    """So many points, for or against, when the condition holds."""

    rule: str
    group: Group
    when: Condition
    points: int
    because: str


@dataclass(frozen=True)
class Limit:
    """What a group may count at most and at least; None: no limit."""

    at_most: int | None = None
    at_least: int | None = None


@dataclass(frozen=True)
class ClassRule:
    """Puts a lead into a class of its own (junk, unqualified, future) whatever it scores."""

    rule: str
    when: Condition
    because: str


@dataclass(frozen=True)
class Criterion:
    """When one of budget, authority, need and timing is met, and the answer that tells it."""

    answer: str
    when: Condition
    because: str


@dataclass(frozen=True)
class Qualification:
    """When a lead is ready for sales, as marketing and sales agreed."""

    agreed_by: tuple[str, ...]
    agreed_on: date
    score: int
    criteria: Mapping[Bar, Criterion]
    #: How many of the four must be met.
    criteria_met: int


@dataclass(frozen=True)
class Rules:
    """Everything that decides. `version` identifies the text that it was read from."""

    version: str
    answers: Mapping[str, Answer]
    points: tuple[PointRule, ...]
    limits: Mapping[Group, Limit]
    hot: int
    warm: int
    junk: tuple[ClassRule, ...]
    unqualified: tuple[ClassRule, ...]
    future: tuple[ClassRule, ...]
    readiness: Readiness | None
    qualification: Qualification
    #: What a sale of each product typically brings.
    typical_sale: Mapping[str, Decimal]
