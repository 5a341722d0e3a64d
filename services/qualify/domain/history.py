"""All that was heard of one lead. The same set of facts is the same history, in whatever order it was heard.

Each fact has two times: when it happened, by which it is ordered and ages, and `heard_at`, when qualification learnt
of it, by which `known_by` tells what could be known at an earlier moment.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeVar
from uuid import UUID

from services.qualify.domain.activities import Activity

T = TypeVar("T")
#: What rules may know of a person: never name, address or phone themselves.
PersonFacts = Mapping[str, str | bool | None]


@dataclass(frozen=True)
class Response:
    """One inquiry of the lead. `told_at` is when the front desk told of it, with what it then knew of the person."""

    inquiry_id: UUID
    received_at: datetime
    told_at: datetime
    source: str
    channel: str
    medium: str | None
    campaign: str | None
    products: tuple[str, ...]
    message: str | None
    answers: Mapping[str, str]
    person: PersonFacts
    heard_at: datetime | None = None


@dataclass(frozen=True)
class PersonUpdate:
    """What the front desk knows of the person since `told_at`."""

    revision: int
    told_at: datetime
    person: PersonFacts
    heard_at: datetime | None = None


@dataclass(frozen=True)
class Note:
    """Answers that somebody wrote down for the prospect; they stand beside those of responses, the newest wins."""

    key: str
    at: datetime
    answers: Mapping[str, str]
    #: How they were learnt: screening, fulfilment, …
    via: str = "screening"
    by: str | None = None
    #: What the screener found, where it is their last word, and until when they found nothing to do.
    outcome: str | None = None
    until: date | None = None
    heard_at: datetime | None = None


@dataclass(frozen=True)
class Finding:
    """Facts that were looked up rather than told. `values` are by fact name, of that fact's type."""

    via: str
    at: datetime
    values: Mapping[str, object]
    heard_at: datetime | None = None


@dataclass(frozen=True)
class Recycling:
    """Sales gave the lead back: not ready, perhaps `until` a date."""

    at: datetime
    until: date | None
    reason: str
    heard_at: datetime | None = None


@dataclass(frozen=True)
class Closing:
    """How the lead ended; or that its owner takes back how it ended, said under a lower revision."""

    at: datetime
    outcome: Literal["won", "lost", "reopened"] | None = None
    amount: Decimal | None = None
    currency: str | None = None
    heard_at: datetime | None = None
    revision: int = 0


def standing(closings: Iterable[Closing]) -> list[Closing]:
    """The endings that nobody has taken back."""
    told = list(closings)
    void = max((each.revision for each in told if each.outcome == "reopened"), default=0)
    return [each for each in told if each.outcome != "reopened" and each.revision >= void]


@dataclass(frozen=True)
class Mark:
    """What became of the lead with its owner: accepted, declined, appointment, quoted."""

    kind: str
    at: datetime
    heard_at: datetime | None = None


@dataclass(frozen=True)
class Colleagues:
    """The buying group as it was seen at `heard_at`: the others of the same company, without this lead's person."""

    heard_at: datetime
    people: int
    #: The sum of what the others score by themselves.
    score: int
    #: What they say they are, each once: owner, manager, …
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """Everything heard of one lead."""

    responses: tuple[Response, ...] = ()
    person_updates: tuple[PersonUpdate, ...] = ()
    notes: tuple[Note, ...] = ()
    findings: tuple[Finding, ...] = ()
    recyclings: tuple[Recycling, ...] = ()
    closings: tuple[Closing, ...] = ()
    marks: tuple[Mark, ...] = ()
    activities: tuple[Activity, ...] = ()
    colleagues: tuple[Colleagues, ...] = ()
    #: How the person's earlier lead was resolved; None when there was none.
    previous_resolution: str | None = None

    @property
    def revision(self) -> int:
        """How many facts are known: it grows with each, and all of them have the same number in every order."""
        return (
            len(self.responses) + len(self.person_updates) + len(self.notes) + len(self.findings)
            + len(self.recyclings) + len(self.closings) + len(self.marks)
            + sum(len(each.told) for each in self.activities)
        )  # fmt: skip

    @cached_property
    def by_age(self) -> list[Response]:
        """The responses, oldest first."""
        return sorted(self.responses, key=lambda response: (response.received_at, response.inquiry_id))

    @property
    def newest(self) -> Response:
        """The response that was received last."""
        return self.by_age[-1]

    @cached_property
    def person(self) -> PersonFacts:
        """What was last known of the person."""
        told = [(response.told_at, 0, response.person) for response in self.responses]
        told += [(update.told_at, update.revision, update.person) for update in self.person_updates]
        return max(told, key=lambda known: known[:2])[2]

    @cached_property
    def heard_until(self) -> datetime | None:
        """When the last fact was heard; None while nothing was."""
        heard = [each.heard_at or each.told_at for each in self.responses]
        heard += [each.heard_at or each.told_at for each in self.person_updates]
        for dated in (self.notes, self.findings, self.recyclings, self.closings, self.marks):
            heard += [each.heard_at or each.at for each in dated]  # type: ignore[attr-defined]
        if self.activities:
            heard += [telling.heard_at for each in self.activities for telling in each.told]
        heard += [each.heard_at for each in self.colleagues]
        return max(heard, default=None)

    @property
    def closed_at(self) -> datetime | None:
        """When the lead was won or lost first; None while it is open."""
        return min((closing.at for closing in self.endings), default=None)

    @cached_property
    def endings(self) -> list[Closing]:
        """How the lead ended, as far as it stands."""
        return standing(self.closings)

    def known_by(self, moment: datetime) -> "History":
        """What had been heard at `moment`, that moment included. What programs did is not among it."""
        heard_until = self.heard_until
        if (heard_until is None or heard_until <= moment) and all(each.counts_at(moment) for each in self.activities):
            return self
        return replace(
            self,
            responses=_kept(self.responses, lambda each: (each.heard_at or each.told_at) <= moment),
            person_updates=_kept(self.person_updates, lambda each: (each.heard_at or each.told_at) <= moment),
            notes=_kept(self.notes, lambda each: (each.heard_at or each.at) <= moment),
            findings=_kept(self.findings, lambda each: (each.heard_at or each.at) <= moment),
            recyclings=_kept(self.recyclings, lambda each: (each.heard_at or each.at) <= moment),
            closings=_kept(self.closings, lambda each: (each.heard_at or each.at) <= moment),
            marks=_kept(self.marks, lambda each: (each.heard_at or each.at) <= moment),
            activities=_kept(self.activities, lambda each: each.counts_at(moment)),
            colleagues=_kept(self.colleagues, lambda each: each.heard_at <= moment),
        )

    def until(self, moment: datetime) -> "History":
        """What had happened at `moment`, that moment included, whenever it was heard."""
        return replace(
            self,
            responses=_kept(self.responses, lambda each: each.received_at <= moment),
            person_updates=_kept(self.person_updates, lambda each: each.told_at <= moment),
            notes=_kept(self.notes, lambda each: each.at <= moment),
            findings=_kept(self.findings, lambda each: each.at <= moment),
            recyclings=_kept(self.recyclings, lambda each: each.at <= moment),
            marks=_kept(self.marks, lambda each: each.at <= moment),
            activities=_kept(self.activities, lambda each: each.at <= moment),
            colleagues=_kept(self.colleagues, lambda each: each.heard_at <= moment),
        )


def _kept(facts: tuple[T, ...], wanted: Callable[[T], bool]) -> tuple[T, ...]:
    return tuple(fact for fact in facts if wanted(fact))
