"""Clocks: what an owner must do by when, and what follows when they do not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from services.router.domain.calendar import Calendar
from services.router.domain.owner import Owner

#: accept: take the lead on; contact: reach the prospect; update: say how it stands; review: marketing looks again.
ClockName = Literal["accept", "contact", "update", "review"]
#: remind the owner; tell their manager; tell the manager's manager; give the lead to the next candidate.
Measure = Literal["remind", "escalate", "escalate_further", "reassign"]

#: Occasions on which a lead is with marketing because it is not ready for sales.
UNREADY = frozenset({"initial", "kept", "disqualified", "recycled", "screening", "screened", "unusable"})


@dataclass(frozen=True)
class Step:
    """After so long, counted from the start of the clock, this is done."""

    after: timedelta
    measure: Measure


@dataclass(frozen=True)
class ClockPlan:
    """One clock with its steps in the order of time.

    The owner sees `within` as their due time. When the last step is over and the lead still is where it was, the clock
    starts again, so that a lead is never without a next due time.
    """

    name: str
    clock: ClockName
    within: timedelta
    steps: tuple[Step, ...] = ()
    #: Counts the owner's working time alone; otherwise all time.
    working_time: bool = False

    def at(self, calendar: Calendar, started_at: datetime, after: timedelta) -> datetime:
        """The moment so long after the start, as this clock counts."""
        return calendar.after(started_at, after) if self.working_time else started_at + after

    def due_at(self, calendar: Calendar, started_at: datetime) -> datetime:
        """The owner's due time."""
        return self.at(calendar, started_at, self.within)

    def round_length(self) -> timedelta:
        """When the clock starts again."""
        return max([self.within, *(step.after for step in self.steps)])

    def next_at(self, calendar: Calendar, started_at: datetime, done: int) -> datetime:
        """When something is to happen next, with `done` steps behind."""
        return self.at(calendar, started_at, self.steps[done].after if done < len(self.steps) else self.round_length())


@dataclass(frozen=True)
class Tick:
    """What is due now: the measures to take, the steps that are then behind, and whether the round is over."""

    measures: tuple[Measure, ...]
    done: int
    round_over: bool


def tick(plan: ClockPlan, calendar: Calendar, started_at: datetime, done: int, now: datetime) -> Tick:
    """What a clock demands at `now`.

    After a pause (of the system, say) several steps may be due at once: the manager is told before the lead moves on,
    but a reminder that is overtaken by a later step is left out.
    """
    due = [step for step in plan.steps[done:] if plan.at(calendar, started_at, step.after) <= now]
    measures = tuple(
        step.measure for place, step in enumerate(due) if step.measure != "remind" or place == len(due) - 1
    )
    behind = done + len(due)
    over = behind == len(plan.steps) and plan.at(calendar, started_at, plan.round_length()) <= now
    return Tick(measures, behind, over)


def ranked(plans: Mapping[str, ClockPlan], clock: ClockName, rank: str | None) -> ClockPlan:
    """The company's clock for leads of this rank ("accept_hot"), or for all."""
    return plans.get(f"{clock}_{rank}", plans[clock])


def plan_for(plans: Mapping[str, ClockPlan], owner: Owner, occasion: str, rank: str | None = None) -> ClockPlan:
    """The clock that begins with an assignment: marketing reviews, everybody else accepts.

    A sales-ready lead that fell back to marketing has a clock of its own ("review_no_taker"): somebody must act on it.
    """
    if owner.kind != "marketing" and occasion != "screening":
        return ranked(plans, "accept", rank)
    if occasion not in UNREADY:
        return plans["review_no_taker"]
    return plans.get(f"review_{occasion}", plans["review"])


def is_handed_over(owner: Owner, occasion: str) -> bool:
    """Whether the assignment is delivered to the owner: all but the not-ready leads that marketing keeps.

    Screeners take theirs out of their queue.
    """
    return occasion not in UNREADY or (owner.kind != "marketing" and occasion != "screening")
