"""Points: every one has a reason, and the lines of a group always sum to what the group counts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.qualify.domain.facts import Facts, facts_of, shown
from services.qualify.domain.history import History
from services.qualify.domain.rules import Group, Limit, Rules
from shared.conditions import Condition
from shared.contracts.people import ScoreLine


def score_lines(history: History, facts: Facts, rules: Rules, as_of: datetime) -> list[ScoreLine]:
    """All lines of a lead's score: fit first, then engagement, halved where sales gave the lead back."""
    values = values_of(facts)
    engagement = group_lines("engagement", facts, values, rules)
    return [
        *group_lines("fit", facts, values, rules),
        *engagement,
        *_halved(history, total(engagement), rules),
    ]


def group_lines(group: Group, facts: Facts, values: Mapping[str, Any], rules: Rules) -> list[ScoreLine]:
    """The lines of the rules that hold, and of the group's limit where it was reached."""
    lines = [
        ScoreLine(
            rule=rule.rule,
            group=group,
            points=rule.points,
            because=rule.because,
            evidence=evidence(rule.when, facts),
        )
        for rule in rules.points
        if rule.group == group and rule.when.holds(values)
    ]
    return lines + _limited(group, total(lines), rules.limits.get(group, Limit()))


def total(lines: Iterable[ScoreLine]) -> int:
    """The sum of the points."""
    return sum(line.points for line in lines)


def values_of(facts: Facts) -> dict[str, Any]:
    """The bare values, as conditions read them."""
    return {name: fact.value for name, fact in facts.items()}


def evidence(condition: Condition, facts: Facts) -> dict[str, str]:
    """What the condition read: the stored value of every fact that it names."""
    return {name: shown(facts[name].value) if name in facts else "not known" for name in sorted(condition.names)}


def _limited(group: Group, points: int, limit: Limit) -> list[ScoreLine]:
    if limit.at_most is not None and points > limit.at_most:
        return [_limit_line(group, points, limit.at_most, f"{group} counts {limit.at_most} points at most")]
    if limit.at_least is not None and points < limit.at_least:
        return [_limit_line(group, points, limit.at_least, f"{group} counts {limit.at_least} points at least")]
    return []


def _limit_line(group: Group, points: int, limit: int, because: str) -> ScoreLine:
    return ScoreLine(
        rule=f"{group}-limit",
        group=group,
        points=limit - points,
        because=because,
        evidence={"points": str(points), "limit": str(limit)},
    )


def _halved(history: History, engagement: int, rules: Rules) -> list[ScoreLine]:
    """What a lead had gained by the time sales gave it back counts half from then on."""
    lost = 0
    for recycling in sorted(history.recyclings, key=lambda each: each.at):
        before = history.until(recycling.at)
        if before.responses:
            facts = facts_of(before, rules.answers, rules.readiness, recycling.at)
            gained = total(group_lines("engagement", facts, values_of(facts), rules)) - lost
            lost += max(0, gained - gained // 2)
    lost = min(lost, max(0, engagement))
    if not lost:
        return []
    newest = max(recycling.at for recycling in history.recyclings)
    return [
        ScoreLine(
            rule="recycled",
            group="engagement",
            points=-lost,
            because="engagement from before sales gave the lead back counts half",
            evidence={"engagement": str(engagement), "recycled_on": newest.date().isoformat()},
        )
    ]
