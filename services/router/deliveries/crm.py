"""What the ways into CRMs have in common: what they tell back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from services.router.deliveries.outcomes import excerpt
from services.router.deliveries.way import OwnersWay
from services.router.domain.delivery import Crm
from services.router.domain.mapping import nested
from services.router.domain.owner import Owner
from shared.room import Done, Outcome, TryAgain


@dataclass(frozen=True)
class Standing:
    """How one record stands over there: their words, the farthest first, and what it is worth where they say so."""

    far_id: str
    words: tuple[str, ...]
    amount: str | None = None
    currency: str | None = None

    def document(self) -> dict[str, Any]:
        """As JSON types."""
        return {"far_id": self.far_id, "words": list(self.words), "amount": self.amount, "currency": self.currency}


@dataclass(frozen=True)
class CrmWay(OwnersWay):
    """A CRM: takes leads, and is asked how they stand."""

    #: Clients that hold a session of their own, by owner: signing in for each lead would use up the day's number.
    clients: dict[str, Any] = field(default_factory=dict, compare=False)

    def ask(self, key: str, payload: Mapping[str, Any]) -> Outcome:
        """How the records of `far_ids` stand: the content of Done is a list of standings."""
        return self._as_question().deliver(key, payload)

    def _as_question(self) -> "OwnersWay":
        return _Question(self.way, self.office, self)

    def standings(self, owner: Owner, delivery: Any, far_ids: Sequence[str]) -> list[Standing] | Outcome:
        """One question to the CRM."""
        raise NotImplementedError

    def further_fields(self, payload: Mapping[str, Any], owner: Owner, delivery: Crm) -> dict[str, Any]:
        """What the company's file adds to the fields that are always filled."""
        known = self.document(payload, owner)
        return nested({name: mapped.value(known) for name, mapped in delivery.fields.items()})


@dataclass(frozen=True)
class _Question(OwnersWay):
    """Asks by the way of a CRM, with all that its deliveries have to mind."""

    crm: CrmWay

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: Any) -> Outcome:
        found = self.crm.standings(owner, delivery, payload["far_ids"])
        if not isinstance(found, list):
            return found
        return Done(f"{len(found)} records", orjson.dumps([one.document() for one in found]))


def cut(values: Mapping[str, Any], limits: Mapping[str, int]) -> dict[str, Any]:
    """What has a value, as long as the far side's fields."""
    filled = {name: value for name, value in values.items() if value not in (None, "")}
    return {name: str(value)[: limits[name]] if name in limits else value for name, value in filled.items()}


def again(error: Exception, after: float | None = None) -> TryAgain:
    """A failure that may pass."""
    return TryAgain(excerpt(f"{type(error).__name__}: {error}"), after)
