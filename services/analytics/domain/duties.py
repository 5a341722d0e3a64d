"""How owners keep their leads up to date, and which of the company's goals they reached by it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

#: Numbers of what was done, and shares: answers in time among all duties, answers that left nothing out among answers.
Measure = Literal["accepted", "contacted", "appointments", "quotes", "sales", "in_time", "complete"]
COUNTED: Mapping[Measure, str] = {
    "accepted": "accept",
    "contacted": "contacted",
    "appointments": "appointment",
    "quotes": "quoted",
    "sales": "won",
}
SHARES: tuple[Measure, ...] = ("in_time", "complete")


@dataclass(frozen=True)
class Tally:
    """A number of duties of one owner that ended alike."""

    owner_id: str
    name: str
    outcome: str
    did: str | None
    complete: bool
    number: int


@dataclass(frozen=True)
class Record:
    """One owner's duties in a period."""

    owner_id: str
    name: str
    in_time: int
    late: int
    missed: int
    #: Answers, and those that left nothing out.
    answers: int
    complete: int
    #: By what was done.
    did: Mapping[str, int]

    @property
    def duties(self) -> int:
        """All of them."""
        return self.in_time + self.late + self.missed

    def share_in_time(self) -> Decimal | None:
        """Duties that were done in time, of all; None when there were none."""
        return Decimal(self.in_time) / self.duties if self.duties else None

    def share_complete(self) -> Decimal | None:
        """Answers that left out nothing that was asked, of all answers; None when there were none."""
        return Decimal(self.complete) / self.answers if self.answers else None


@dataclass(frozen=True)
class Goal:
    """What an owner is to reach in a month, and what they get for it."""

    goal: str
    measure: Measure
    #: A number, or for shares a part of 1.
    at_least: Decimal
    #: Shares count only from so many duties on: one duty done in time is no record.
    of_at_least: int
    #: In the company's currency; None: the honour.
    reward: Decimal | None
    because: str


@dataclass(frozen=True)
class Progress:
    """How far an owner came with a goal."""

    goal: Goal
    #: None where too little was to be done.
    reached: Decimal | None

    @property
    def met(self) -> bool:
        """Whether the reward is theirs."""
        return self.reached is not None and self.reached >= self.goal.at_least


def records(tallies: Iterable[Tally]) -> list[Record]:
    """One record per owner, in the order of their ids."""
    by_owner: dict[str, list[Tally]] = {}
    for tally in tallies:
        by_owner.setdefault(tally.owner_id, []).append(tally)
    return [_record(owner_id, by_owner[owner_id]) for owner_id in sorted(by_owner)]


def progress(record: Record, goal: Goal) -> Progress:
    """How far the owner came with the goal."""
    if goal.measure in SHARES:
        in_time = goal.measure == "in_time"
        enough = (record.duties if in_time else record.answers) >= goal.of_at_least
        return Progress(goal, (record.share_in_time() if in_time else record.share_complete()) if enough else None)
    return Progress(goal, Decimal(record.did.get(COUNTED[goal.measure], 0)))


def _record(owner_id: str, tallies: list[Tally]) -> Record:
    did: dict[str, int] = {}
    for tally in tallies:
        if tally.did is not None:
            did[tally.did] = did.get(tally.did, 0) + tally.number
    ended = {
        outcome: sum(tally.number for tally in tallies if tally.outcome == outcome)
        for outcome in ("in_time", "late", "missed")
    }
    return Record(
        owner_id=owner_id,
        name=max(tally.name for tally in tallies),
        **ended,
        answers=sum(did.values()),
        complete=sum(tally.number for tally in tallies if tally.did is not None and tally.complete),
        did=did,
    )
