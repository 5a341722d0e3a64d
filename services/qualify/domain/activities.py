"""What people do without writing: pages, downloads, calculators, opened mail. Programs that do it count nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from typing import Literal
from uuid import UUID

Verdict = Literal["human", "suspect", "bot"]


@dataclass(frozen=True)
class Telling:
    """What the front desk said of an activity: who did it. `its` tells whether it is this person's at all."""

    revision: int
    verdict: Verdict | None
    its: bool
    heard_at: datetime


@dataclass(frozen=True)
class Activity:
    """One footstep of the lead's person, with all that was ever said of it."""

    activity_id: UUID
    kind: str
    what: str
    at: datetime
    told: tuple[Telling, ...]
    title: str | None = None

    def counts_at(self, moment: datetime) -> bool:
        """Whether it was known at `moment` as this person's, and as a human's."""
        if len(self.told) == 1:
            only = self.told[0]
            return only.its and only.verdict == "human" and only.heard_at <= moment
        heard = sorted((each for each in self.told if each.heard_at <= moment), key=lambda each: each.revision)
        verdicts = [each.verdict for each in heard if each.verdict]
        return bool(verdicts) and verdicts[-1] == "human" and heard[-1].its


@dataclass(frozen=True)
class ActivityCount:
    """Which activities a rule counts, and how: `times` of them are needed, within `within` of the present."""

    kinds: frozenset[str]
    #: Patterns of what it was done with, as `spec-sheet-*`; empty: anything.
    what: tuple[str, ...] = ()
    times: int = 1
    each: bool = False
    #: Of a rule that counts each: the most (or, below 0, the least) that all may come to.
    at_most: int | None = None

    def counts(self, activity: Activity) -> bool:
        """Whether this activity is one of those meant."""
        return activity.kind in self.kinds and (not self.what or self._is_meant(activity.what))

    def _is_meant(self, what: str) -> bool:
        return any(fnmatchcase(what, pattern) for pattern in self.what)

    def found(self, activities: Iterable[Activity], as_of: datetime, within: timedelta | None) -> list[Activity]:
        """Those that count at `as_of`, oldest first; none when they are fewer than needed."""
        since = as_of - within if within is not None else None
        found = [each for each in activities if self.counts(each) and (since is None or each.at > since)]
        return found if len(found) >= self.times else []
