"""All that was heard of one lead. The same set of facts is the same history, in whatever order it was heard."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

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


@dataclass(frozen=True)
class PersonUpdate:
    """What the front desk knows of the person since `told_at`."""

    revision: int
    told_at: datetime
    person: PersonFacts


@dataclass(frozen=True)
class Recycling:
    """Sales gave the lead back: not ready, perhaps `until` a date."""

    at: datetime
    until: date | None
    reason: str


@dataclass(frozen=True)
class History:
    """Everything heard of one lead."""

    responses: tuple[Response, ...] = ()
    person_updates: tuple[PersonUpdate, ...] = ()
    recyclings: tuple[Recycling, ...] = ()
    closings: tuple[datetime, ...] = ()
    #: How the person's earlier lead was resolved; None when there was none.
    previous_resolution: str | None = None

    @property
    def revision(self) -> int:
        """How many facts are known: it grows with each, and all of them have the same number in every order."""
        return len(self.responses) + len(self.person_updates) + len(self.recyclings) + len(self.closings)

    @property
    def by_age(self) -> list[Response]:
        """The responses, oldest first."""
        return sorted(self.responses, key=lambda response: (response.received_at, response.inquiry_id))

    @property
    def newest(self) -> Response:
        """The response that was received last."""
        return self.by_age[-1]

    @property
    def as_of(self) -> datetime:
        """The time of the newest fact. Rules see this as today, so that the same facts always score the same."""
        return max(
            *(response.told_at for response in self.responses),
            *(response.received_at for response in self.responses),
            *(update.told_at for update in self.person_updates),
            *(recycling.at for recycling in self.recyclings),
        )

    @property
    def person(self) -> PersonFacts:
        """What was last known of the person."""
        told = [(response.told_at, 0, response.person) for response in self.responses]
        told += [(update.told_at, update.revision, update.person) for update in self.person_updates]
        return max(told, key=lambda known: known[:2])[2]

    def until_closed(self) -> "History":
        """What counts: a lead that was won or lost stays as it was at that moment."""
        return self.until(min(self.closings)) if self.closings else self

    def until(self, moment: datetime) -> "History":
        """What was known at `moment`, that moment included."""
        return replace(
            self,
            responses=tuple(each for each in self.responses if each.received_at <= moment),
            person_updates=tuple(each for each in self.person_updates if each.told_at <= moment),
            recyclings=tuple(each for each in self.recyclings if each.at <= moment),
        )
