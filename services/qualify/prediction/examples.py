"""What can be learnt from one lead: what was known of it in time, and how it ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from services.qualify.domain.history import History
from services.qualify.domain.rules import Rules
from services.qualify.domain.scoring import known_to
from services.qualify.prediction.fields import plain

#: Never read: free text; what only counts elapsed time; what tells of a decision, a rule or the prediction itself.
NEVER_READ = frozenset(
    {
        "message",
        "today",
        "days_since_response",
        "days_since_activity",
        "days_until_ready",
        "segments",
        "group_score",
        "recycled",
        "screening_outcome",
        "predicted",
    }
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
    only_later: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Past:
    """A lead as it could be known at earlier moments.

    That goes by when each fact was heard here. A lead that had ended before anybody here heard of it (an old one that
    was brought in) goes by when things happened: nothing else can be known of it.
    """

    history: History

    @property
    def begun_at(self) -> datetime | None:
        """When the lead was first known; None while no response is."""
        if self._brought_in:
            return min(response.received_at for response in self.history.responses)
        return self._heard_at

    @property
    def _heard_at(self) -> datetime | None:
        return min((each.heard_at or each.told_at for each in self.history.responses), default=None)

    @property
    def _brought_in(self) -> bool:
        closed, heard = self.history.closed_at, self._heard_at
        return closed is not None and heard is not None and closed <= heard

    def moment(self, window: timedelta, as_of: datetime) -> datetime | None:
        """When the lead is looked at: `window` after it began, but before it closed, and not after `as_of`."""
        if (begun := self.begun_at) is None:
            return None
        moment = min(begun + window, as_of)
        closed = self.history.closed_at
        return moment if closed is None else min(moment, closed - _BEFORE)

    def facts_by(self, rules: Rules, moment: datetime) -> dict[str, Any]:
        """What was known at `moment`, as plain values; empty when no response was."""
        known = self.history.until(moment) if self._brought_in else self.history.known_by(moment)
        if not known.responses:
            return {}
        values = known_to(rules, known, moment).values
        return {name: plain(value, moment.date()) for name, value in values.items() if name not in NEVER_READ}


def example_of(history: History, rules: Rules, window: timedelta) -> Example | None:
    """What a closed lead teaches; None when it is open, how it ended is not known, or nothing was known in time."""
    past = Past(history)
    closing = min(history.endings, key=lambda each: each.at, default=None)
    begun = past.begun_at
    if closing is None or closing.outcome is None or begun is None:
        return None
    moment = past.moment(window, closing.at)
    facts = past.facts_by(rules, moment) if moment else {}
    if not facts:
        return None
    at_last = past.facts_by(rules, closing.at)
    only_later = frozenset(name for name, value in at_last.items() if value is not None and facts.get(name) is None)
    return Example(begun, closing.at, closing.outcome == "won", facts, only_later)
