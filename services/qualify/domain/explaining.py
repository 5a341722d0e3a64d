"""Puts an assessment in words: every point with its rule, what it read and when; every reason as a sentence."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from services.qualify.domain.facts import Known, shown
from services.qualify.domain.history import History
from services.qualify.domain.rules import BANT, GROUPS, ClassRule, Group, Limit, Qualification, Rules
from services.qualify.domain.scoring import Counted, Points
from shared.conditions import Condition
from shared.contracts.people import Bant, ScoreLine

if TYPE_CHECKING:
    from services.qualify.domain.decision import Judged

#: So many activities are named in a line; of the rest the number.
_NAMED = 3


def score_lines(points: Points, known: Known, history: History, rules: Rules, as_of: datetime) -> list[ScoreLine]:
    """A line for every rule that counts, for every limit that was reached, and for what was halved."""
    lines: list[ScoreLine] = []
    for group in GROUPS:
        lines += [_line(each, known, as_of) for each in points.counted if each.rule.group == group]
        lines += _limited(group, points.gained[group], rules.limits.get(group, Limit()))
    return lines + _halved(points, history)


def evidence(condition: Condition, values: Mapping[str, Any]) -> dict[str, str]:
    """What the condition read: the stored value of every fact that it names."""
    return {name: shown(values.get(name)) for name in sorted(condition.names)}


def reasons(judged: "Judged", history: History, rules: Rules) -> list[str]:
    """Why this rank and this decision, before screening."""
    values = judged.known.values
    if judged.by_class is not None:
        ranked = _classed(judged.rank, judged.by_class, values)
    else:
        bar, of = ("hot", rules.hot) if judged.rank == "hot" else ("warm", rules.warm)
        ranked = f"{judged.rank}: {judged.points.score} points, {bar} from {of}"
    if judged.rank in ("junk", "unqualified", "future"):
        return [ranked]
    because = [ranked]
    if judged.process is not None:
        because.append(f"{judged.process.process}: {judged.process.because}")
    because += bars(judged.qualification, values, judged.points.score)
    if judged.decision == "not_ready" and _met(judged) and waits_for_response(history):
        because.append("sales gave the lead back; it waits for a new response")
    return because


def bars(agreed: Qualification, values: Mapping[str, Any], score: int) -> list[str]:
    """Whether score and each of BANT reach what marketing and sales agreed."""
    said = [f"score: {'met' if score >= agreed.score else 'not met'} ({score}, agreed {agreed.score})"]
    met = set(agreed.met(values))
    for place, bar in enumerate(BANT):
        criterion = agreed.criteria[bar]
        known = any(name in values for name in criterion.when.names)
        verdict = "met" if place in met else "not met" if known else "not known"
        said.append(f"{bar}: {verdict} ({criterion.because}; {_listed(evidence(criterion.when, values))})")
    return said


def waits_for_response(history: History) -> bool:
    """Whether nothing was heard of the prospect since sales gave the lead back."""
    if not history.recyclings:
        return False
    return history.newest.received_at <= max(recycling.at for recycling in history.recyclings)


def bant_of(known: Known, agreed: Qualification) -> Bant:
    """Budget, authority, need and timing as the prospect answered them."""
    answers = {bar: known.values.get(agreed.criteria[bar].answer) for bar in BANT}
    texts = {bar: shown(value) for bar, value in answers.items() if value is not None}
    budget = answers["budget"]
    return Bant(
        budget=budget if isinstance(budget, Decimal) else None,
        authority=texts.get("authority"),
        need=texts.get("need"),
        timing=texts.get("timing"),
        ready_on=known.ready_on,
    )


def _met(judged: "Judged") -> bool:
    agreed = judged.qualification
    return judged.points.score >= agreed.score and len(judged.bars_met) >= agreed.criteria_met


def _classed(rank: str, rule: ClassRule, values: Mapping[str, Any]) -> str:
    return f"{rank}: {rule.because} ({_listed(evidence(rule.when, values))})"


def _line(counted: Counted, known: Known, as_of: datetime) -> ScoreLine:
    rule = counted.rule
    read = evidence(rule.when, known.values)
    if rule.activity is not None:
        read |= _done(counted)
    if counted.since is not None and str(counted.points) != _points(counted):
        read |= {"at_first": _points(counted), "days_since": str(max(0, (as_of - counted.since).days))}
    return ScoreLine(
        rule=rule.rule,
        group=rule.group,
        points=counted.points,
        because=rule.because,
        evidence=read,
        at=counted.since or _told_at(rule.when, known),
    )


def _told_at(condition: Condition, known: Known) -> datetime | None:
    """When the newest of what the condition read was told; None where all of it is merely known."""
    return max((known.origins[name][1] for name in condition.names if name in known.origins), default=None)


def _points(counted: Counted) -> str:
    rule = counted.rule
    times = len(counted.done) if rule.activity is not None and rule.activity.each else 1
    return str(rule.points * times)


def _done(counted: Counted) -> dict[str, str]:
    newest = sorted(counted.done, key=lambda each: each.at, reverse=True)
    names = list(dict.fromkeys(each.title or each.what for each in newest))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return {
        "done": f"{len(newest)} times" if len(newest) > 1 else "once",
        "what": ", ".join(names[:_NAMED]) + more,
    }


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


def _halved(points: Points, history: History) -> list[ScoreLine]:
    if not points.lost:
        return []
    newest = max(recycling.at for recycling in history.recyclings)
    return [
        ScoreLine(
            rule="recycled",
            group="engagement",
            points=-points.lost,
            because="engagement from before sales gave the lead back counts half",
            evidence={
                "engagement": str(points.engagement + points.lost),
                "recycled_on": newest.date().isoformat(),
            },
            at=newest,
        )
    ]


def _listed(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
