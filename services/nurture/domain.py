"""Who is nurtured and why, by which programme, and when the next step is due."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from shared.conditions import Condition

#: A day that a prospect or an owner named begins for us at noon UTC: daytime from the Midwest to Germany.
DAYTIME = time(12, tzinfo=UTC)
#: A piece that one lead of a person brought is not brought by another one of theirs so soon.
NOT_AGAIN_WITHIN = timedelta(days=90)


@dataclass(frozen=True)
class Step:
    """One piece, so many days after the programme began."""

    id: str
    piece: str
    channel: str
    after_days: int


@dataclass(frozen=True)
class Programme:
    """A timed series of pieces for the leads that `when` is true of."""

    id: str
    version: str
    when: Condition
    steps: tuple[Step, ...]
    horizon_months: int
    resume_days_before_ready: int


@dataclass(frozen=True)
class Rules:
    """All programmes, first match wins; how often one person may be written to, and who must have said yes."""

    programmes: tuple[Programme, ...]
    days_between_steps: int
    #: Where the law wants a yes before marketing writes; elsewhere a no is enough to stop it (ISO 3166-1).
    opt_in_countries: frozenset[str]


@dataclass(frozen=True)
class LeadFacts:
    """What decides whether a lead is nurtured. Everything but the decision may be unknown."""

    decision: str | None = None
    rank: str | None = None
    score: int | None = None
    ready_on: date | None = None
    scored_at: datetime | None = None
    not_ready_since: datetime | None = None
    qualified_at: datetime | None = None
    accepted_at: datetime | None = None
    closed_as: str | None = None
    closed_at: datetime | None = None
    recycled_at: datetime | None = None
    recycled_until: date | None = None
    recycled_because: str | None = None


@dataclass(frozen=True)
class Nurtured:
    """The lead belongs into a programme. A new `occasion` is a new enrolment."""

    occasion: str
    since: datetime
    #: The day that the prospect or the owner named for the next contact, if any.
    ready_on: date | None
    #: Whether the programme begins ahead of that day (a prospect's plan) or on it (an owner's wish).
    ahead: bool
    because: str


@dataclass(frozen=True)
class Apart:
    """The lead does not belong into a programme. Without a reason nothing is known yet."""

    reason: str | None


def verdict(lead: LeadFacts) -> Nurtured | Apart:
    """Whether the lead is to be nurtured, from the newest that each room said, whatever the order it came in."""
    if lead.closed_as and lead.closed_at and not _after(lead.recycled_at, lead.closed_at):
        return Apart(lead.closed_as)
    if lead.recycled_at:
        return _returned(lead, lead.recycled_at)
    if lead.decision == "qualified":
        return Apart("qualified")
    if lead.accepted_at:
        return Apart("accepted")
    if lead.decision in ("unqualified", "junk"):
        return Apart("disqualified")
    if lead.decision != "not_ready" or lead.not_ready_since is None:
        return Apart(None)
    return Nurtured("first", lead.not_ready_since, _planned_day(lead), True, _why_not_ready(lead))


def _returned(lead: LeadFacts, recycled_at: datetime) -> Nurtured | Apart:
    # Only what was decided after the return counts: the score that sent the lead to sales still says "qualified".
    if _after(lead.qualified_at, recycled_at):
        return Apart("qualified")
    if _after(lead.accepted_at, recycled_at):
        return Apart("accepted")
    if lead.decision in ("unqualified", "junk") and _after(lead.scored_at, recycled_at):
        return Apart("disqualified")
    occasion = f"recycled {recycled_at.astimezone(UTC).isoformat()}"
    because = f"back from sales: {lead.recycled_because}"
    if lead.recycled_until:
        return Nurtured(occasion, recycled_at, lead.recycled_until, False, because)
    return Nurtured(occasion, recycled_at, _planned_day(lead), True, because)


def _planned_day(lead: LeadFacts) -> date | None:
    return lead.ready_on if lead.rank == "future" else None


def _why_not_ready(lead: LeadFacts) -> str:
    if day := _planned_day(lead):
        return f"plans for {day.isoformat()}"
    return f"not ready: {lead.rank}, {lead.score} points"


def _after(moment: datetime | None, other: datetime) -> bool:
    return moment is not None and moment > other


def choose(programmes: Sequence[Programme], facts: Mapping[str, Any]) -> Programme | None:
    """The first programme whose condition holds."""
    return next((programme for programme in programmes if programme.when.holds(facts)), None)


# --- channels --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reach:
    """How a person can be reached: the channels that may be used, and those they refused."""

    usable: frozenset[str]
    refused: frozenset[str]

    def is_open(self, channel: str) -> bool:
        """Whether it may be used and was not refused."""
        return channel in self.usable and channel not in self.refused


def reach(addresses: Set[str], said: Mapping[str, bool | None], unsubscribed: Set[str], *, needs_yes: bool) -> Reach:
    """From what addresses there are, what the person `said` to each channel, and whether silence is a no there."""
    return Reach(
        usable=frozenset(channel for channel in addresses if said.get(channel) or not needs_yes),
        refused=frozenset(unsubscribed) | {channel for channel, word in said.items() if word is False},
    )


def had_already(brought: Mapping[str, datetime], since: datetime) -> frozenset[str]:
    """Of the pieces that other leads of the person `brought`, those that a programme from `since` on leaves out."""
    return frozenset(piece for piece, at in brought.items() if at >= since - NOT_AGAIN_WITHIN)


def next_step(steps: Sequence[Step], position: int, reach: Reach, had: frozenset[str] = frozenset()) -> int | None:
    """The place of the first step from `position` on whose channel is open and which was not `had`, if any."""
    places = range(position, len(steps))
    return next((at for at in places if reach.is_open(steps[at].channel) and steps[at].piece not in had), None)


def why_unreachable(steps: Sequence[Step], position: int, reach: Reach, had: frozenset[str] = frozenset()) -> str:
    """Why no step is left that may be sent."""
    left = [step for step in steps[position:] if step.piece not in had]
    if not left:
        return "completed"
    return "unsubscribed" if {step.channel for step in left} & reach.refused else "unreachable"


# --- time ------------------------------------------------------------------------------------------------------------


def resumes_at(nurtured: Nurtured, programme_days: int) -> datetime | None:
    """When contact is to be taken up again: `programme_days` before the prospect's day, or on the owner's day."""
    if nurtured.ready_on is None:
        return None
    day = nurtured.ready_on - timedelta(days=programme_days) if nurtured.ahead else nurtured.ready_on
    return datetime.combine(day, DAYTIME)


def starts_at(since: datetime, resume_at: datetime | None, upcoming: Step) -> datetime:
    """From when the days of the steps count: `since`, or so that the upcoming step falls on `resume_at` if later."""
    if resume_at is None:
        return since
    return max(since, resume_at - timedelta(days=upcoming.after_days))


def planned(step: Step, start: datetime) -> datetime:
    """When a step is due before anything else is looked at."""
    return start + timedelta(days=step.after_days)


def spaced(moment: datetime, last_step_at: datetime | None, days_between: int) -> datetime:
    """`moment`, moved so that the person has had `days_between` days of rest since their last step."""
    return moment if last_step_at is None else max(moment, last_step_at + timedelta(days=days_between))


def ends_at(start: datetime, months: int) -> datetime:
    """The end of a programme's horizon: the same day of the month, or the last one where the month is shorter."""
    years, month = divmod(start.month - 1 + months, 12)
    for day in (start.day, 30, 29, 28):
        try:
            return start.replace(year=start.year + years, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th day")
