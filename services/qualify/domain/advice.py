"""What is allowed in rules and yet hardly meant: thresholds that nobody can reach, answers that nothing reads."""

from collections.abc import Iterator
from math import inf

from services.qualify.domain.activities import ActivityCount
from services.qualify.domain.rules import GROUPS, Limit, PointRule, Rules


def advice(rules: Rules) -> list[str]:
    """Sentences for whoever wrote the rules; none when nothing is odd."""
    return [*_thresholds(rules), *_unread(rules), *_twice(rules)]


def most_points(rules: Rules) -> float:
    """What the best lead can score."""
    total = 0.0
    for group in GROUPS:
        gained = sum(max(0, _most_of(rule)) for rule in rules.counting if rule.group == group)
        most = rules.limits.get(group, Limit()).at_most
        total += gained if most is None else min(gained, most)
    return total


def _most_of(rule: PointRule) -> float:
    """What a rule can count: one that counts each of many acts, as much as it is allowed to."""
    if rule.activity is None or not rule.activity.each:
        return rule.points
    if rule.activity.at_most is not None:
        return rule.activity.at_most
    return inf if rule.points > 0 else rule.points


def _thresholds(rules: Rules) -> Iterator[str]:
    most = most_points(rules)
    named = {"ranks: hot": rules.hot, "ranks: warm": rules.warm, "qualified: score": rules.qualification.score}
    for name, needed in named.items():
        if needed > most:
            yield f"{name} is {needed}, and no lead can have more than {most} points"


def _unread(rules: Rules) -> Iterator[str]:
    read = {name for condition in rules.conditions for name in condition.names}
    read |= {criterion.answer for criterion in rules.qualification.criteria.values()}
    if rules.readiness:
        read.add(rules.readiness.answer)
    for name in rules.answers:
        if name not in read:
            yield f"answers: {name} is asked, and no rule reads it"


def _twice(rules: Rules) -> Iterator[str]:
    seen: dict[tuple[str, str, ActivityCount | None], str] = {}
    for rule in rules.points:
        key = rule.group, rule.when.text, rule.activity
        if key in seen:
            yield f'points "{rule.rule}" has the same condition as "{seen[key]}": both count'
        seen.setdefault(key, rule.rule)
