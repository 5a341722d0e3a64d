"""Points: which rules count and how much, for the moment that is asked for. `explaining.py` puts it in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from services.qualify.domain.activities import Activity
from services.qualify.domain.facts import Known, known_of
from services.qualify.domain.fading import faded, whole
from services.qualify.domain.history import History
from services.qualify.domain.rules import GROUPS, Group, Limit, PointRule, Rules


class Counted(NamedTuple):
    """A rule that counts, and how much of it is left."""

    rule: PointRule
    points: int
    #: Before they were rounded and limited; the same as `points` where nothing fades.
    exact: float
    #: When what it counts was said or done; None where nothing ages.
    since: datetime | None = None
    #: The activities that it counts.
    done: tuple[Activity, ...] = ()


@dataclass(frozen=True)
class Points:
    """What a lead scores: per group the sum of its rules, within the group's limits, without what was halved."""

    counted: tuple[Counted, ...]
    #: Before limits.
    gained: Mapping[Group, int]
    fit: int
    engagement: int
    #: What sales' giving the lead back took of engagement.
    lost: int

    @property
    def score(self) -> int:
        """All points together."""
        return self.fit + self.engagement


def known_to(rules: Rules, history: History, as_of: datetime) -> Known:
    """What is known at `as_of`, with the segments that the rules see in it."""
    known = known_of(history, rules.answers, rules.readiness, as_of)
    if rules.segments:
        held = rules.segment_holding(known.values)
        known.values["segments"] = tuple(rules.segments[place].segment for place in held)
    return known


def points_of(history: History, known: Known, rules: Rules, as_of: datetime) -> Points:
    """What the lead scores at `as_of`."""
    counted = counted_rules(history, known, rules, as_of)
    gained = {group: total(counted, group) for group in GROUPS}
    fit, engagement = (within_limit(gained[group], rules.limits.get(group)) for group in GROUPS)
    lost = _lost(history, engagement, rules) if history.recyclings else 0
    return Points(tuple(counted), gained, fit, engagement - lost, lost)


def counted_rules(history: History, known: Known, rules: Rules, as_of: datetime) -> list[Counted]:
    """The rules that count, in the order of their groups."""
    counted = []
    for place in rules.holding(known.values):
        rule = rules.counting[place]
        if rule.activity is None and not rule.ages:
            counted.append(Counted(rule, rule.points, rule.points))
        elif (found := _aged(rule, history, known, as_of)) is not None:
            counted.append(found)
    return counted


def total(counted: Iterable[Counted], group: Group) -> int:
    """What the rules of a group count together."""
    return sum(each.points for each in counted if each.rule.group == group)


def within_limit(points: int, limit: Limit | None) -> int:
    """The points as the group's limit leaves them."""
    if limit is None:
        return points
    if limit.at_most is not None and points > limit.at_most:
        return limit.at_most
    if limit.at_least is not None and points < limit.at_least:
        return limit.at_least
    return points


def values_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The bare values of facts, as conditions read them."""
    return {name: fact.value for name, fact in facts.items()}


def _aged(rule: PointRule, history: History, known: Known, as_of: datetime) -> Counted | None:
    if rule.activity is not None:
        return _done(rule, history, as_of)
    since = _said_at(rule, history, known)
    if rule.within is not None and as_of - since >= rule.within:
        return None
    exact = faded(rule.points, (since,), as_of, rule.half_life)
    return Counted(rule, whole(exact), exact, since)


def _said_at(rule: PointRule, history: History, known: Known) -> datetime:
    """When the newest of what the rule reads was said; of what is merely known, when the lead last responded."""
    times = [known.origins[name][1] for name in rule.when.names if name in known.origins]
    return max(times) if times else history.newest.received_at


def _done(rule: PointRule, history: History, as_of: datetime) -> Counted | None:
    assert rule.activity is not None
    done = rule.activity.found(history.activities, as_of, rule.within)
    if not done:
        return None
    newest = max(activity.at for activity in done)
    earned = [activity.at for activity in done] if rule.activity.each else [newest]
    exact = faded(rule.points, earned, as_of, rule.half_life)
    return Counted(rule, whole(exact, rule.activity.at_most), exact, newest, tuple(done))


def _lost(history: History, engagement: int, rules: Rules) -> int:
    """What a lead had gained by the time sales gave it back counts half from then on."""
    lost = 0
    for recycling in sorted(history.recyclings, key=lambda each: each.at):
        before = history.until(recycling.at)
        if before.responses:
            known = known_to(rules, before, recycling.at)
            counted = counted_rules(before, known, rules, recycling.at)
            gained = within_limit(total(counted, "engagement"), rules.limits.get("engagement")) - lost
            lost += max(0, gained - gained // 2)
    return min(lost, max(0, engagement))
