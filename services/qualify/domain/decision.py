"""Rank and decision: junk, unqualified and future by explicit rules, all others by their score and BANT.

`assess` decides; the words for it are found when somebody asks for them (`Assessment.lines`, `.because`, …), so that
a million leads can be judged without a sentence being written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from services.qualify.domain import explaining, lifecycle
from services.qualify.domain.facts import Fact, Known
from services.qualify.domain.history import History
from services.qualify.domain.predicting import Prediction, Predictor
from services.qualify.domain.rules import USUAL, ClassRule, Process, Qualification, Rules
from services.qualify.domain.scoring import Points, known_to, points_of
from services.qualify.domain.screening import Standing, Trigger, earlier_moments, settle
from services.qualify.domain.trend import Trend, trend_of
from services.qualify.domain.value import overlays, potential_value
from shared.contracts.people import Bant, Decision, Party, Rank, ScoreLine, Stage

#: The rules that counted at an earlier moment.
RulesThen = Callable[[datetime], Rules]


@dataclass(frozen=True)
class Judged:
    """Rank and decision as points, classes and BANT give them, before screening."""

    known: Known
    points: Points
    rank: Rank
    decision: Decision
    by_class: ClassRule | None
    #: The definition of its own that the lead falls under; None: the usual one.
    process: Process | None
    qualification: Qualification
    #: Which of the four criteria are met, by their places in BANT.
    bars_met: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Assessment:
    """What the rules say of a lead, and why, at the moment `as_of`."""

    history: History
    rules: Rules
    as_of: datetime
    judged: Judged
    rank: Rank
    decision: Decision
    #: Why screening changed rank or decision.
    screened: tuple[str, ...] = ()
    #: The screening that is wanted now.
    screening: Trigger | None = None
    prediction: Prediction | None = None

    @property
    def fit(self) -> int:
        """Who they are."""
        return self.judged.points.fit

    @property
    def engagement(self) -> int:
        """What they do and say about buying."""
        return self.judged.points.engagement

    @property
    def score(self) -> int:
        """Fit and engagement together."""
        return self.judged.points.score

    @property
    def segments(self) -> tuple[str, ...]:
        """The named parts of the market that the lead belongs to."""
        return tuple(self.judged.known.values.get("segments", ()))

    @property
    def process(self) -> str:
        """The definition of sales-ready that counts for this lead."""
        return self.judged.process.process if self.judged.process else USUAL

    @property
    def owner(self) -> Party:
        """Who works the lead: sales or call centre when it is ready, and as the company says when it is not."""
        if self.decision == "qualified":
            return self.judged.process.owner if self.judged.process else "sales"
        return self.rules.owners.get(self.rank, "marketing")

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Everything known, with its origin."""
        return self.judged.known.facts

    @cached_property
    def lines(self) -> list[ScoreLine]:
        """All lines of the score; they sum to it."""
        return explaining.score_lines(self.judged.points, self.judged.known, self.history, self.rules, self.as_of)

    @cached_property
    def because(self) -> list[str]:
        """Why this rank and this decision, one sentence each."""
        return [*explaining.reasons(self.judged, self.history, self.rules), *self.screened]

    @cached_property
    def bant(self) -> Bant:
        """Budget, authority, need and timing as answered."""
        return explaining.bant_of(self.judged.known, self.judged.qualification)

    @cached_property
    def potential_value(self) -> Decimal | None:
        """What a sale to this lead may bring."""
        return potential_value(self.judged.known.values, self.rules)

    @cached_property
    def overlays(self) -> tuple[str, ...]:
        """The parts of the company's strategy that concern this lead."""
        return tuple(each.overlay for each in overlays(self.judged.known.values, self.rules))

    @property
    def industry(self) -> str | None:
        """The industry, in the company's own word."""
        said = self.judged.known.values.get("industry")
        return said if isinstance(said, str) else None

    @cached_property
    def moves(self) -> list[lifecycle.Move]:
        """The lead's way through the stages, oldest first."""
        return lifecycle.moves(self.history, self.rules, self.as_of, moment_values)

    @cached_property
    def trend(self) -> Trend:
        """Whether the lead moves into the buying cycle or out of it."""
        return trend_of(self)

    @cached_property
    def score_alone(self) -> int:
        """What the lead scores by itself, without the others of its company: what it brings into their group."""
        if not self.history.colleagues:
            return self.score
        alone = replace(self.history, colleagues=())
        return points_of(alone, known_to(self.rules, alone, self.as_of), self.rules, self.as_of).score

    @property
    def stage(self) -> Stage:
        """Where the lead stands on its way to becoming a customer."""
        return self.moves[-1].stage


def assess(
    history: History,
    rules: Rules,
    as_of: datetime,
    rules_then: RulesThen | None = None,
    predictor: Predictor | None = None,
) -> Assessment | None:
    """Applies the rules to what was known at `as_of`; None while no response is known.

    A lead that was won or lost stays as it was at that moment. `rules_then` tells by which rules sales may have been
    given the lead before; left out, they were always the same.
    """
    history = history.known_by(as_of)
    closed_at = history.closed_at
    if closed_at is not None:
        as_of = min(as_of, closed_at)
        history = history.until(closed_at)
    if not history.responses:
        return None
    known = known_to(rules, history, as_of)
    prediction = predictor.predict(history, rules, as_of) if predictor else None
    if prediction is not None:
        known.values["predicted"] = prediction.percent
    judged = judge(history, known, rules, as_of)
    standing = _standing(judged, history, rules, as_of, lambda: sales_had_it(history, rules, rules_then))
    return Assessment(
        history=history,
        rules=rules,
        as_of=as_of,
        judged=judged,
        rank=standing.rank,
        decision=standing.decision,
        screened=tuple(standing.because),
        screening=standing.wanted,
        prediction=prediction,
    )


def judge(history: History, known: Known, rules: Rules, as_of: datetime) -> Judged:
    """Points, rank and decision at `as_of`, whatever screening says."""
    points = points_of(history, known, rules, as_of)
    rank, by_class = rank_of(known.values, points.score, rules)
    process = process_of(known.values, rules)
    agreed = process.qualification if process else rules.qualification
    bars_met = tuple(agreed.met(known.values))
    decision = decide(history, points.score, rank, agreed, len(bars_met))
    return Judged(known, points, rank, decision, by_class, process, agreed, bars_met)


def rank_of(values: Mapping[str, Any], score: int, rules: Rules) -> tuple[Rank, ClassRule | None]:
    """The rank, and the explicit rule that gave it."""
    for place in rules.class_holding(values):
        return rules.classes[place]
    return band(score, rules), None


def band(score: int, rules: Rules) -> Rank:
    """The rank by points alone."""
    if score >= rules.hot:
        return "hot"
    return "warm" if score >= rules.warm else "cold"


def process_of(values: Mapping[str, Any], rules: Rules) -> Process | None:
    """The first definition of its own that the lead falls under."""
    for place in rules.process_holding(values):
        return rules.processes[place]
    return None


def decide(history: History, score: int, rank: Rank, agreed: Qualification, bars_met: int) -> Decision:
    """Whether the lead goes to sales."""
    if rank == "junk" or rank == "unqualified":
        return rank
    if rank == "future" or score < agreed.score or bars_met < agreed.criteria_met:
        return "not_ready"
    return "not_ready" if waits_for_response(history) else "qualified"


def waits_for_response(history: History) -> bool:
    """Whether nothing was heard of the prospect since sales gave the lead back."""
    return explaining.waits_for_response(history)


def sales_had_it(history: History, rules: Rules, rules_then: RulesThen | None = None) -> bool:
    """Whether the lead was sales-ready, and waited for nobody, at an earlier response or by earlier rules."""
    for moment in earlier_moments(history):
        then = rules_then(moment) if rules_then else rules
        before = history.until(moment)
        if not before.responses or (moment >= history.newest.received_at and then.version == rules.version):
            continue
        if standing_at(before, then, moment).decision == "qualified":
            return True
    return False


def standing_at(history: History, rules: Rules, moment: datetime) -> Standing:
    """Rank and decision at an earlier moment; nobody had the lead before."""
    judged = judge(history, known_to(rules, history, moment), rules, moment)
    return _standing(judged, history, rules, moment, lambda: False)


def moment_values(history: History, rules: Rules, moment: datetime) -> dict[str, Any]:
    """All that lifecycle rules may read at a moment: the facts, and what the rules made of them."""
    judged = judge(history, known_to(rules, history, moment), rules, moment)
    standing = _standing(judged, history, rules, moment, lambda: False)
    return judged.known.values | {
        "score": judged.points.score,
        "rank": standing.rank,
        "decision": standing.decision,
        "bant_met": len(judged.bars_met),
        "bant_needed": judged.qualification.criteria_met,
    }


def _standing(judged: Judged, history: History, rules: Rules, as_of: datetime, had: Callable[[], bool]) -> Standing:
    """Rank and decision after screening; its `because` holds what screening adds, and nothing else."""
    by_points = Standing(judged.rank, judged.decision, [])
    if not rules.screening.triggers and not history.notes:
        return by_points
    scored = judged.known.values | {
        "score": judged.points.score,
        "fit": judged.points.fit,
        "engagement": judged.points.engagement,
        "rank": judged.rank,
        "decision": judged.decision,
        "bant_met": len(judged.bars_met),
        "potential_value": potential_value(judged.known.values, rules),
    }
    return settle(history, rules.screening, scored, by_points, band(judged.points.score, rules), as_of, had)
