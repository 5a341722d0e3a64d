"""Rank and decision: junk, unqualified and future by explicit rules, all others by their score and BANT."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from services.qualify.domain.facts import Fact, Facts, facts_of, ready_on, shown
from services.qualify.domain.history import History
from services.qualify.domain.rules import BANT, ClassRule, Qualification, Rules
from services.qualify.domain.scoring import evidence, score_lines, total, values_of
from services.qualify.domain.screening import Standing, Trigger, earlier_moments, settle
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
    #: The screening that is wanted now.
    screening: Trigger | None = None


#: The rules that counted at an earlier moment.
RulesThen = Callable[[datetime], Rules]


def assess(history: History, rules: Rules, as_of: datetime, rules_then: RulesThen | None = None) -> Assessment | None:
    """Applies the rules to what was known at `as_of`; None while no response is known.

    A lead that was won or lost stays as it was at that moment. `rules_then` tells by which rules sales may have been
    given the lead before; left out, they were always the same.
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
    standing = _standing(history, facts, lines, rules, as_of, lambda: sales_had_it(history, rules, rules_then))
    return Assessment(
        facts=facts,
        lines=lines,
        fit=total(line for line in lines if line.group == "fit"),
        engagement=total(line for line in lines if line.group == "engagement"),
        score=score,
        rank=standing.rank,
        decision=standing.decision,
        because=standing.because,
        bant=bant_of(history, facts, rules),
        potential_value=potential_value(facts, rules),
        as_of=as_of,
        screening=standing.wanted,
    )


def sales_had_it(history: History, rules: Rules, rules_then: RulesThen | None = None) -> bool:
    """Whether the lead was sales-ready, and waited for nobody, at an earlier response or by earlier rules."""
    for moment in earlier_moments(history):
        then = rules_then(moment) if rules_then else rules
        before = history.until(moment)
        if not before.responses or (moment >= history.newest.received_at and then.version == rules.version):
            continue
        facts = facts_of(before, then.answers, then.readiness, moment)
        lines = score_lines(before, facts, then, moment)
        if _standing(before, facts, lines, then, moment, lambda: False).decision == "qualified":
            return True
    return False


def _standing(
    history: History, facts: Facts, lines: list[ScoreLine], rules: Rules, as_of: datetime, had: Callable[[], bool]
) -> Standing:
    score = total(lines)
    rank, ranked = rank_of(facts, score, rules)
    decision, decided = decide(history, facts, score, rank, rules)
    scored = values_of(facts) | {
        "score": score,
        "fit": total(line for line in lines if line.group == "fit"),
        "engagement": total(line for line in lines if line.group == "engagement"),
        "rank": rank,
        "potential_value": potential_value(facts, rules),
    }
    by_points = Standing(rank, decision, [ranked, *decided])
    return settle(history, rules.screening, scored, by_points, band(score, rules), as_of, had)


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
    rank = band(score, rules)
    return rank, f"{rank}: {score} points, {'hot' if rank == 'hot' else 'warm'} from {_bar(rank, rules)}"


def band(score: int, rules: Rules) -> Rank:
    """The rank by points alone."""
    if score >= rules.hot:
        return "hot"
    return "warm" if score >= rules.warm else "cold"


def _bar(rank: Rank, rules: Rules) -> int:
    return rules.hot if rank == "hot" else rules.warm


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
