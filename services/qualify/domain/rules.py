"""A company's definitions of a good lead, as read and checked from its `rules.yml`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from services.qualify.domain.activities import ActivityCount
from services.qualify.domain.answers import Answer
from services.qualify.domain.facts import Readiness
from services.qualify.domain.screening import Screening
from shared.condition_source import Holding, asked_values, compiled
from shared.conditions import Condition
from shared.contracts.people import Party, Stage

Group = Literal["fit", "engagement"]
GROUPS: tuple[Group, ...] = ("fit", "engagement")
Bar = Literal["budget", "authority", "need", "timing"]
BANT: tuple[Bar, ...] = ("budget", "authority", "need", "timing")
STAGES: tuple[Stage, ...] = ("suspect", "inquiry", "mql", "sal", "sql", "customer")
#: The definition that counts where no other is meant.
USUAL = "sales"


@dataclass(frozen=True)
class PointRule:
    """So many points, for or against, when the condition holds, and what was done that `activity` asks for."""

    rule: str
    group: Group
    when: Condition
    points: int
    because: str
    activity: ActivityCount | None = None
    #: So long after what it counts, half of the points are left.
    half_life: timedelta | None = None
    #: So long after what it counts, nothing is left.
    within: timedelta | None = None

    @property
    def ages(self) -> bool:
        """Whether the passing of time changes what it counts."""
        return self.half_life is not None or self.within is not None


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
    """When a lead is ready for those who work it next, as marketing and sales agreed."""

    agreed_by: tuple[str, ...]
    agreed_on: date
    score: int
    criteria: Mapping[Bar, Criterion]
    #: How many of the four must be met.
    criteria_met: int

    @cached_property
    def met(self) -> Holding:
        """Which of the four criteria hold, by their places in BANT."""
        return compiled([self.criteria[bar].when for bar in BANT])


@dataclass(frozen=True)
class Process:
    """A definition of its own for some leads: telemarketing, inside sales, …"""

    process: str
    when: Condition
    because: str
    owner: Party
    qualification: Qualification


@dataclass(frozen=True)
class Segment:
    """A named part of the market."""

    segment: str
    when: Condition
    because: str


@dataclass(frozen=True)
class Overlay:
    """What the company wants to sell more of: points, or a potential value that counts for more."""

    overlay: str
    when: Condition
    because: str
    group: Group = "fit"
    points: int = 0
    times_value: Decimal = Decimal(1)


@dataclass(frozen=True)
class StageRule:
    """When a lead reaches a stage."""

    stage: Stage
    when: Condition
    because: str


@dataclass(frozen=True)
class WayBack:
    """When a lead falls back: never by itself, only by such a rule."""

    from_: frozenset[Stage]
    to: Stage
    when: Condition
    because: str


@dataclass(frozen=True)
class Lifecycle:
    """The stages, and what moves a lead between them."""

    stages: tuple[StageRule, ...]
    backward: tuple[WayBack, ...]

    @cached_property
    def reached(self) -> Holding:
        """Which stages' conditions hold, by their places."""
        return compiled([rule.when for rule in self.stages])

    @cached_property
    def asks_points(self) -> bool:
        """Whether some stage hangs on points, or on an activity itself."""
        conditions = [*(rule.when for rule in self.stages), *(rule.when for rule in self.backward)]
        asked = {name for condition in conditions for name in condition.names}
        by_name = any("activity" in condition.text for condition in conditions)
        return by_name or bool(asked & {"score", "rank", "activities", "days_since_activity"})

    @cached_property
    def fallen(self) -> Holding:
        """Which ways back are open, by their places."""
        return compiled([rule.when for rule in self.backward])


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
    #: What printed matter costs for a lead of each rank that gets any; back-tests read it.
    print_cost: Mapping[str, Decimal]
    lifecycle: Lifecycle
    #: Which leads somebody looks at or calls before sales gets them.
    screening: Screening = field(default_factory=Screening)
    segments: tuple[Segment, ...] = ()
    strategy: tuple[Overlay, ...] = ()
    processes: tuple[Process, ...] = ()
    #: By class, who works leads that are not ready: the less qualified are usually marketing's.
    owners: Mapping[str, Party] = field(default_factory=dict)

    @cached_property
    def counting(self) -> tuple[PointRule, ...]:
        """All rules that may count points: the plain ones by group, then those of the strategy."""
        overlays = tuple(
            PointRule(each.overlay, each.group, each.when, each.points, each.because)
            for each in self.strategy
            if each.points
        )
        return tuple(sorted((*self.points, *overlays), key=lambda rule: GROUPS.index(rule.group)))

    @cached_property
    def holding(self) -> Holding:
        """Which of `counting` hold, by their places."""
        return compiled([rule.when for rule in self.counting])

    @cached_property
    def classes(self) -> tuple[tuple[Literal["junk", "unqualified", "future"], ClassRule], ...]:
        """The explicit classes in the order in which they are asked."""
        return (
            *(("junk", rule) for rule in self.junk),
            *(("unqualified", rule) for rule in self.unqualified),
            *(("future", rule) for rule in self.future),
        )  # type: ignore[return-value]

    @cached_property
    def class_holding(self) -> Holding:
        """Which of `classes` hold, by their places."""
        return compiled([rule.when for _, rule in self.classes])

    @cached_property
    def segment_holding(self) -> Holding:
        """Which segments hold, by their places."""
        return compiled([segment.when for segment in self.segments])

    @cached_property
    def process_holding(self) -> Holding:
        """Which processes are meant, by their places."""
        return compiled([process.when for process in self.processes])

    @cached_property
    def counts_activities(self) -> tuple[ActivityCount, ...]:
        """What rules count of activities."""
        return tuple(rule.activity for rule in self.points if rule.activity)

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition that a lead's points, class or process hang on."""
        definitions = (self.qualification, *(process.qualification for process in self.processes))
        return (
            *(rule.when for rule in self.counting),
            *(rule.when for _, rule in self.classes),
            *(segment.when for segment in self.segments),
            *(overlay.when for overlay in self.strategy),
            *(process.when for process in self.processes),
            *(trigger.when for trigger in self.screening.triggers),
            *(rule.when for rule in self.lifecycle.stages),
            *(rule.when for rule in self.lifecycle.backward),
            *(criterion.when for agreed in definitions for criterion in agreed.criteria.values()),
        )

    @cached_property
    def asked(self) -> Mapping[str, tuple[Any, ...]]:
        """By fact, the values at which something changes."""
        return asked_values(self.conditions)
