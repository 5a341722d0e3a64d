"""Rank and decision: junk, unqualified and future by explicit rules, all others by their score and BANT."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.qualify.domain.facts import Fact, Facts, facts_of, ready_on, shown
from services.qualify.domain.history import History
from services.qualify.domain.rules import BANT, ClassRule, Qualification, Rules
from services.qualify.domain.scoring import evidence, score_lines, total, values_of
from shared.contracts.people import Bant, Decision, Rank, ScoreLine


@dataclass(frozen=True)
class Assessment:
    """What the rules say of a lead, and why, at the moment `as_of`."""

    facts: dict[str, Fact]
    lines: list[ScoreLine]
    fit: int
    engagement: int
    score: int
    rank: Rank
    decision: Decision
    because: list[str]
    bant: Bant
    potential_value: Decimal | None
    as_of: datetime


def assess(history: History, rules: Rules, as_of: datetime) -> Assessment | None:
    """Applies the rules to what was known at `as_of`; None while no response is known.

    A lead that was won or lost stays as it was at that moment.
    """
    history = history.known_by(as_of)
    if history.closed_at is not None:
        as_of = min(as_of, history.closed_at)
        history = history.until(history.closed_at)
    if not history.responses:
        return None
    facts = facts_of(history, rules.answers, rules.readiness, as_of)
    lines = score_lines(history, facts, rules, as_of)
    score = total(lines)
    rank, ranked = rank_of(facts, score, rules)
    decision, decided = decide(history, facts, score, rank, rules)
    return Assessment(
        facts=facts,
        lines=lines,
        fit=total(line for line in lines if line.group == "fit"),
        engagement=total(line for line in lines if line.group == "engagement"),
        score=score,
        rank=rank,
        decision=decision,
        because=[ranked, *decided],
        bant=bant_of(history, facts, rules),
        potential_value=potential_value(facts, rules),
        as_of=as_of,
    )


def rank_of(facts: Facts, score: int, rules: Rules) -> tuple[Rank, str]:
    """The rank, and why."""
    explicit: tuple[tuple[Rank, tuple[ClassRule, ...]], ...] = (
        ("junk", rules.junk),
        ("unqualified", rules.unqualified),
        ("future", rules.future),
    )
    values = values_of(facts)
    for rank, class_rules in explicit:
        for rule in class_rules:
            if rule.when.holds(values):
                return rank, f"{rank}: {rule.because} ({_listed(evidence(rule.when, facts))})"
    if score >= rules.hot:
        return "hot", f"hot: {score} points, hot from {rules.hot}"
    if score >= rules.warm:
        return "warm", f"warm: {score} points, warm from {rules.warm}"
    return "cold", f"cold: {score} points, warm from {rules.warm}"


def decide(history: History, facts: Facts, score: int, rank: Rank, rules: Rules) -> tuple[Decision, list[str]]:
    """Whether the lead goes to sales, and why or why not."""
    if rank == "junk" or rank == "unqualified":
        return rank, []
    if rank == "future":
        return "not_ready", []
    qualified, because = meets(rules.qualification, facts, score)
    if qualified and waits_for_response(history):
        return "not_ready", [*because, "sales gave the lead back; it waits for a new response"]
    return ("qualified" if qualified else "not_ready"), because


def meets(agreed: Qualification, facts: Facts, score: int) -> tuple[bool, list[str]]:
    """Whether score and BANT reach what marketing and sales agreed, with one sentence for each."""
    values = values_of(facts)
    because = [f"score: {'met' if score >= agreed.score else 'not met'} ({score}, agreed {agreed.score})"]
    met = 0
    for bar in BANT:
        criterion = agreed.criteria[bar]
        holds = criterion.when.holds(values)
        met += holds
        known = any(name in facts for name in criterion.when.names)
        verdict = "met" if holds else "not met" if known else "not known"
        because.append(f"{bar}: {verdict} ({criterion.because}; {_listed(evidence(criterion.when, facts))})")
    return score >= agreed.score and met >= agreed.criteria_met, because


def waits_for_response(history: History) -> bool:
    """Whether nothing was heard of the prospect since sales gave the lead back."""
    if not history.recyclings:
        return False
    return history.newest.received_at <= max(recycling.at for recycling in history.recyclings)


def bant_of(history: History, facts: Facts, rules: Rules) -> Bant:
    """Budget, authority, need and timing as the prospect answered them."""
    answers = {bar: facts.get(rules.qualification.criteria[bar].answer) for bar in BANT}
    texts = {bar: shown(fact.value) for bar, fact in answers.items() if fact is not None}
    budget = answers["budget"]
    return Bant(
        budget=budget.value if budget is not None and isinstance(budget.value, Decimal) else None,
        authority=texts.get("authority"),
        need=texts.get("need"),
        timing=texts.get("timing"),
        ready_on=ready_on(history, facts, rules.readiness),
    )


def potential_value(facts: Facts, rules: Rules) -> Decimal | None:
    """What a sale to this lead may bring: the typical sale of the dearest product it asks for."""
    wanted = facts["products"].value if "products" in facts else ()
    return max((rules.typical_sale[each] for each in wanted if each in rules.typical_sale), default=None)


def _listed(values: dict[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
