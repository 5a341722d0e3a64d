"""Reads the sections `points` and `groups` of rules.yml."""

from datetime import timedelta
from typing import cast

from services.qualify.company_conditions import ALWAYS, Declared, chosen, condition, unlike
from services.qualify.company_entry import Entry
from services.qualify.company_spans import span
from services.qualify.domain.activities import ActivityCount
from services.qualify.domain.rules import GROUPS, Group, Limit, PointRule

#: Fields that only rules about activities have.
_OF_ACTIVITIES = ("what", "times", "per", "at_most")
#: How an activity rule counts: once for all that was done, or for each time.
_PER = ("lead", "occurrence")


def read_points(root: Entry, facts: Declared) -> tuple[PointRule, ...]:
    """The rules that count points; those of a group with a half-life fade by it unless they have one of their own."""
    fading = {group: _half_life(entry) for group, entry in _groups(root).items()}
    rules = tuple(_rule(entry, facts, fading) for entry in root.listed("points"))
    unlike(root, "points", (rule.rule for rule in rules), "rule")
    return rules


def read_limits(root: Entry) -> dict[Group, Limit]:
    """What each group counts at most and at least."""
    return {group: _limit(entry) for group, entry in _groups(root).items()}


def read_group(entry: Entry) -> Group:
    """The group that a rule counts in."""
    return cast(Group, chosen(entry, "group", entry.take("group", str), GROUPS))


def _groups(root: Entry) -> dict[Group, Entry]:
    entry = root.entry("groups")
    return {cast(Group, chosen(entry, "group", name, GROUPS)): entry.entry(name) for name in entry.fields()}


def _half_life(entry: Entry) -> timedelta | None:
    return span(entry, "half_life") if entry.has("half_life") else None


def _limit(entry: Entry) -> Limit:
    limit = Limit(entry.take("at_most", int, None), entry.take("at_least", int, None))
    _half_life(entry)
    entry.done()
    if limit.at_most is not None and limit.at_least is not None and limit.at_most < limit.at_least:
        raise entry.error("at_most is below at_least")
    return limit


def _rule(entry: Entry, facts: Declared, fading: dict[Group, timedelta | None]) -> PointRule:
    about_activities = entry.has("activity")
    group, points = read_group(entry), entry.take("points", int)
    never = entry.says("half_life", "never")
    rule = PointRule(
        rule=entry.take("rule", str),
        group=group,
        when=condition(entry, facts, ALWAYS if about_activities else None),
        points=points,
        because=entry.take("because", str),
        activity=_activity(entry, points) if about_activities else None,
        half_life=None if never else _half_life(entry) or fading.get(group),
        within=span(entry, "within") if entry.has("within") else None,
    )
    if not about_activities:
        for field in _OF_ACTIVITIES:
            if entry.has(field):
                raise entry.error(f"{field} belongs to a rule with `activity`")
    entry.done()
    return rule


def _activity(entry: Entry, points: int) -> ActivityCount:
    times, per = entry.take("times", int, 1), entry.take("per", str, _PER[0])
    at_most = entry.take("at_most", int, None)
    chosen(entry, "per", per, _PER)
    if times < 1:
        raise entry.error(f"times is {times}, not 1 or more")
    if at_most is not None and per != "occurrence":
        raise entry.error("at_most belongs to a rule that counts `per: occurrence`")
    if at_most is not None and (at_most * points < 0 or abs(at_most) < abs(points)):
        raise entry.error(f"at_most is {at_most}, less than the {points} points of one occurrence")
    return ActivityCount(
        kinds=frozenset(entry.texts("activity")),
        what=tuple(entry.texts("what")) if entry.has("what") else (),
        times=times,
        each=per == "occurrence",
        at_most=at_most,
    )
