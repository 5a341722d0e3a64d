"""What can be learnt from one lead: what was known of it in time, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.qualify.domain.facts import facts_of
from services.qualify.domain.history import History
from services.qualify.domain.rules import Rules
from services.qualify.prediction.fields import plain

#: Never read: free text, what only counts elapsed time, and what tells of a decision or of the prediction itself.
NEVER_READ = frozenset(
    {"message", "days_since_response", "days_until_ready", "predicted", "screening_outcome", "recycled"}
)
_BEFORE = timedelta(microseconds=1)


@dataclass(frozen=True)
class Example:
    """A closed lead. `facts` are those of the moment at which leads are looked at."""

    begun_at: datetime
    closed_at: datetime
    won: bool
    facts: Mapping[str, Any]
    #: Facts that were known when it closed, and not yet when it was looked at.
    only_later: frozenset[str]


def begun_at(history: History) -> datetime | None:
    """When the lead was first told of; None while no response is known."""
    return min((response.told_at for response in history.responses), default=None)


def facts_by(history: History, rules: Rules, moment: datetime) -> dict[str, Any]:
    """What was known at `moment`, as plain values; empty when no response was."""
    known = history.known_by(moment)
    if not known.responses:
        return {}
    facts = facts_of(known, rules.answers, rules.readiness, moment)
    return {name: plain(fact.value, moment.date()) for name, fact in facts.items() if name not in NEVER_READ}


def in_time(history: History, days: float, as_of: datetime) -> datetime | None:
    """The moment at which a lead is looked at: `days` after it began, but before it closed and not after `as_of`."""
    begun = begun_at(history)
    if begun is None:
        return None
    moment = min(begun + timedelta(days=days), as_of)
    closed = history.closed_at
    return moment if closed is None else min(moment, closed - _BEFORE)


def example_of(history: History, rules: Rules, days: float) -> Example | None:
    """What a closed lead teaches; None when it is open, how it ended is not known, or nothing was known in time."""
    closing = min(history.closings, key=lambda each: each.at, default=None)
    begun = begun_at(history)
    if closing is None or closing.outcome is None or begun is None:
        return None
    moment = in_time(history, days, closing.at)
    assert moment is not None
    facts = facts_by(history, rules, moment)
    if not facts:
        return None
    at_last = facts_by(history, rules, closing.at)
    only_later = frozenset(name for name, value in at_last.items() if value is not None and facts.get(name) is None)
    return Example(begun, closing.at, closing.outcome == "won", facts, only_later)
