"""Screening: when somebody looks at a lead, or calls it, before sales gets it, and what their word changes."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from services.qualify.domain.history import History, Note
from shared.conditions import Condition, FactType
from shared.contracts.people import Decision, Rank
from shared.contracts.screening import Queue

#: How a note says that it is a screener's.
VIA = "screening"
#: What triggers may read beside the facts of every lead.
SCORED: Mapping[str, FactType] = {
    "score": "number",
    "fit": "number",
    "engagement": "number",
    "rank": "text",
    "potential_value": "number",
}
Outcome = Literal["qualified", "not_now", "unqualified", "unreachable", "wrong_number"]
OUTCOMES: tuple[Outcome, ...] = ("qualified", "not_now", "unqualified", "unreachable", "wrong_number")


@dataclass(frozen=True)
class Trigger:
    """Which leads are screened: in which queue, how soon, before which others, and whether sales waits for it."""

    rule: str
    queue: Queue
    when: Condition
    #: Higher comes first.
    priority: int
    within: timedelta
    because: str
    #: Name of the script; None: that of the queue.
    script: str | None = None
    #: Whether sales waits for it; if not, it is about leads that are not ready anyway.
    hold: bool = True


@dataclass(frozen=True)
class Screening:
    """How the company screens."""

    #: Of those that hold, the one of the highest priority counts.
    triggers: tuple[Trigger, ...] = ()
    #: Whether "qualified" from a screener makes a lead sales-ready whatever it scores.
    decides: bool = True
    #: So long a screener has a lead in hand; then it goes back to the queue.
    claim: timedelta = timedelta(minutes=30)
    #: Who was not reached is called again after these times; after the last try the call is given up.
    retry_after: tuple[timedelta, ...] = (timedelta(hours=4), timedelta(days=1))

    @property
    def attempts(self) -> int:
        """How often somebody is called at most."""
        return len(self.retry_after) + 1


@dataclass(frozen=True)
class Standing:
    """Rank and decision with what screening has to say about them, and the screening that is wanted now."""

    rank: Rank
    decision: Decision
    because: list[str]
    wanted: Trigger | None = None


def last_word(history: History) -> Note | None:
    """What a screener found last. It is spent once the prospect inquired again, or sales gave the lead back."""
    words = [note for note in history.notes if note.via == VIA and note.outcome]
    word = max(words, key=lambda note: (note.at, note.key), default=None)
    if word is None or history.newest.received_at > word.at:
        return None
    return None if any(recycling.at > word.at for recycling in history.recyclings) else word


def asked_for(triggers: tuple[Trigger, ...], values: Mapping[str, Any]) -> Trigger | None:
    """The first of the triggers that hold: by priority, then as the company listed them."""
    held = (trigger for trigger in triggers if trigger.when.holds(values))
    return max(held, key=lambda trigger: trigger.priority, default=None)


def settle(
    history: History,
    screening: Screening,
    values: Mapping[str, Any],
    by_points: Standing,
    band: Rank,
    as_of: datetime,
    with_sales: Callable[[], bool],
) -> Standing:
    """Rank and decision after screening.

    `by_points` is what the rules say without it, `band` the rank by points alone; `with_sales` tells whether the lead
    was sales-ready at an earlier response already: whom sales has is not called by somebody else. Reads nothing beside
    its arguments, so that a standing at any past moment is what it was then.
    """
    if history.closed_at is not None:
        return by_points
    word = last_word(history)
    if word is not None and not _has_come(word, as_of):
        return _after(word, screening, by_points, band)
    if by_points.rank in _LEFT_ALONE or _given_back(history):
        return by_points
    ready = by_points.decision == "qualified"
    # A ready lead is either kept from sales, or sales calls it and nobody else does.
    wanted = asked_for(tuple(each for each in screening.triggers if each.hold or not ready), values)
    if wanted is None or with_sales():
        return by_points
    if not ready:
        return Standing(by_points.rank, by_points.decision, by_points.because, wanted)
    waits = f"waits for {_WORDS[wanted.queue]} ({wanted.rule}: {wanted.because})"
    return Standing(by_points.rank, "not_ready", [*by_points.because, waits], wanted)


def _has_come(word: Note, as_of: datetime) -> bool:
    """Whether the day has come from which on the prospect wants to hear from us."""
    return word.outcome == "not_now" and (word.until is None or word.until <= as_of.date())


def _given_back(history: History) -> bool:
    """Whether sales gave the lead back and nothing was heard of the prospect since: it is not called unasked."""
    return any(recycling.at >= history.newest.received_at for recycling in history.recyclings)


def _after(word: Note, screening: Screening, by_points: Standing, band: Rank) -> Standing:
    said = f"{word.by or 'a screener'} on {word.at.date().isoformat()}"
    rank = by_points.rank
    if word.outcome == "unqualified":
        return Standing("unqualified", "unqualified", [*by_points.because, f"unqualified: screened by {said}"])
    if word.outcome == "not_now" and word.until is not None:
        because = f"future: not before {word.until.isoformat()}, told {said}"
        return Standing("future", "not_ready", [*by_points.because, because])
    if word.outcome == "qualified" and screening.decides:
        ranked = band if rank in ("unqualified", "future", "junk") else rank
        return Standing(ranked, "qualified", [*by_points.because, f"qualified: screened by {said}"])
    return by_points


def earlier_moments(history: History) -> Iterator[datetime]:
    """Moments up to the newest response at which the lead may have been found sales-ready, oldest first.

    Those from before sales gave the lead back do not count.
    """
    since = max((recycling.at for recycling in history.recyclings), default=None)
    newest = history.newest.received_at
    moments = {response.received_at for response in history.responses} | {note.at for note in history.notes}
    return (at for at in sorted(moments) if at <= newest and (since is None or at > since))


#: Who is no prospect, or wants to hear from us later, is not called.
_LEFT_ALONE = ("junk", "unqualified", "future")
_WORDS = {"manual": "a look by somebody", "telephone": "a call"}
