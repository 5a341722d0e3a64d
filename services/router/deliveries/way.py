"""What all ways to an owner's system have in common."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.router.deliveries import adf, posting
from services.router.deliveries.links import action_urls
from services.router.deliveries.outcomes import Refused
from services.router.deliveries.wire import Wire, real_time
from services.router.domain.delivery import Delivery, Way
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.links import Links
from shared.ids import derived_id
from shared.room import GiveUp, Outcome, TryAgain
from shared.secret import Secret

_DELIVERIES = UUID("2f6f3a52-1c0e-5c55-9f0b-6f0a3c1d7b11")


class NoSecret(Exception):
    """What the company's file names as the place of a secret holds none yet."""


@dataclass(frozen=True)
class Office:
    """What a way needs beside the owner's entry."""

    rules: Rules
    links: Links
    wire: Wire
    #: Signatures and dates carry real time, never business time: far sides compare them with their own clocks.
    now: Callable[[], datetime] = real_time


@dataclass(frozen=True)
class OwnersWay:
    """Sends by one way; `send` says how. Raises `posting.NoAnswer` when nobody can know whether it arrived."""

    way: Way
    office: Office

    def deliver(self, key: str, payload: Mapping[str, Any]) -> Outcome:
        """Sends it, if the owner still has this way."""
        owner = self.office.rules.owners.get(payload["owner_id"])
        delivery = owner.delivery(self.way) if owner else None
        if owner is None or delivery is None:
            return GiveUp(f"the owner has no {self.way} any more")
        try:
            return self.send(key, payload, owner, delivery)
        except (posting.NeverSent, NoSecret) as error:
            return Refused(str(error), channel=True)
        except posting.NotSent as error:
            return TryAgain(str(error))

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: Any) -> Outcome:
        """One attempt."""
        raise NotImplementedError

    def document(self, payload: Mapping[str, Any], owner: Owner) -> dict[str, Any]:
        """Everything that a mapped field may be filled from."""
        return document(payload, owner, self.office.links)


def document(payload: Mapping[str, Any], owner: Owner, links: Links) -> dict[str, Any]:
    """The lead package with ids, links and everything in words; `mapping.PATHS` names what is in it."""
    return {
        **payload["package"],
        "lead_id": payload["lead_id"],
        "assignment_id": payload["assignment_id"],
        "owner": {"id": owner.owner_id, "name": owner.name},
        "links": action_urls(links, payload),
        "comments": adf.comments(payload["package"]),
    }


def message_id(key: str) -> str:
    """The far side's key against doing it twice: the same for every attempt."""
    return f"msg_{derived_id(_DELIVERIES, key).hex}"


def told(secret: Secret) -> str:
    """The secret itself. Raises NoSecret."""
    value = secret.value()
    if value is None:
        raise NoSecret(f"nothing is kept in {secret}")
    return value


def headers_of(delivery: Delivery, key: str, content_type: str) -> dict[str, str]:
    """The headers that every far side gets."""
    authorization = getattr(delivery, "authorization", None)
    given = {"Authorization": told(authorization)} if authorization is not None else {}
    return {"Content-Type": content_type, "User-Agent": "Leadbus", "Idempotency-Key": message_id(key), **given}
