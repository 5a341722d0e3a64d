"""When the mere passing of time may change what is said of a lead next.

Points fade and windows close without anybody doing anything; the lead is looked at again at the first moment at which
rank, decision, stage or segment can be another, and at no other.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from heapq import merge
from typing import TYPE_CHECKING, Any

from services.qualify.domain.fading import left, next_fall, whole
from services.qualify.domain.rules import GROUPS, Group, Rules
from services.qualify.domain.scoring import Counted, within_limit

if TYPE_CHECKING:
    from services.qualify.domain.decision import Assessment

#: A moment after the change: so that it has happened, whatever was rounded.
_AFTER = timedelta(seconds=1)
#: What nobody waits for any more.
_HORIZON = timedelta(days=5 * 365)
_DAY = timedelta(days=1)


def next_change(found: "Assessment") -> datetime | None:
    """The first moment after that of the assessment at which time alone may change the standing; None: never."""
    if found.history.closed_at is not None:
        return None
    moments = [*_by_days(found), *_by_windows(found), *_by_fading(found)]
    later = [moment for moment in moments if found.as_of < moment + _AFTER < found.as_of + _HORIZON]
    return min(later, default=None) and min(later) + _AFTER


def _by_days(found: "Assessment") -> Iterator[datetime]:
    """When a number of days, or the day itself, passes a value that some rule asks for."""
    asked, history = found.rules.asked, found.history
    newest = history.newest.received_at
    yield from (newest + days * _DAY for days in _around(asked.get("days_since_response", ())))
    if history.activities:
        last = max(activity.at for activity in history.activities)
        yield from (last + days * _DAY for days in _around(asked.get("days_since_activity", ())))
    ready = found.judged.known.ready_on
    if ready is not None:
        yield from (_midnight(ready) - days * _DAY for days in _around(asked.get("days_until_ready", ())))
    for day in asked.get("today", ()):
        yield from (day, day + _DAY)
    yield from (_midnight(note.until) for note in history.notes if note.until)


def _around(values: tuple[Any, ...]) -> set[int]:
    """Whole numbers at which a comparison with one of the values may change."""
    return {int(value) + more for value in values if isinstance(value, int | Decimal) for more in (-1, 0, 1)}


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _by_windows(found: "Assessment") -> Iterator[datetime]:
    """When something is too old to count."""
    for counted in found.judged.points.counted:
        if counted.rule.within is None or counted.since is None:
            continue
        times = [activity.at for activity in counted.done] or [counted.since]
        yield from (at + counted.rule.within for at in times)


def _by_fading(found: "Assessment") -> Iterator[datetime]:
    """When enough has faded for the score to pass a bar. At most one moment."""
    points = found.judged.points
    fading = [each for each in points.counted if each.rule.half_life is not None and each.points]
    steady: dict[Group, int] = {
        group: points.gained[group] - sum(each.points for each in fading if each.rule.group == group)
        for group in GROUPS
    }
    bars = _bars(found)
    now = bars(points.fit, points.engagement)
    for moment in merge(*(_falls(each, found.as_of) for each in fading)):
        total = dict(steady)
        for each in fading:
            total[each.rule.group] += _left_at(each, moment + _AFTER, found.as_of)
        fit = within_limit(total["fit"], found.rules.limits.get("fit"))
        engagement = within_limit(total["engagement"], found.rules.limits.get("engagement"))
        if bars(fit, engagement - min(points.lost, max(0, engagement))) != now:
            yield moment
            return


def _falls(counted: Counted, as_of: datetime) -> Iterator[datetime]:
    """The moments at which it counts one point less, until it counts nothing."""
    assert counted.rule.half_life is not None
    at_most = counted.rule.activity.at_most if counted.rule.activity else None
    exact, moment = counted.exact, as_of
    while (wait := next_fall(exact, at_most, counted.rule.half_life)) is not None:
        # A little further, so that the next one is not the same again.
        moment += wait + timedelta(milliseconds=1)
        exact = counted.exact * left(as_of, moment, counted.rule.half_life)
        yield moment


def _left_at(counted: Counted, moment: datetime, as_of: datetime) -> int:
    assert counted.rule.half_life is not None
    at_most = counted.rule.activity.at_most if counted.rule.activity else None
    return whole(counted.exact * left(as_of, moment, counted.rule.half_life), at_most)


def _bars(found: "Assessment") -> Any:
    """What of the points matters: on which side of each bar they are."""
    rules: Rules = found.rules
    of_score = {rules.hot, rules.warm, found.judged.qualification.score, *_numbers(rules, "score")}
    of_fit, of_engagement = _numbers(rules, "fit"), _numbers(rules, "engagement")

    def sides(fit: int, engagement: int) -> tuple[tuple[bool, bool], ...]:
        sides = [(fit + engagement > bar, fit + engagement < bar) for bar in sorted(of_score)]
        sides += [(fit > bar, fit < bar) for bar in sorted(of_fit)]
        return (*sides, *((engagement > bar, engagement < bar) for bar in sorted(of_engagement)))

    return sides


def _numbers(rules: Rules, name: str) -> set[int]:
    return {int(value) for value in rules.asked.get(name, ()) if isinstance(value, int | Decimal)}
