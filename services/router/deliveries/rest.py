"""Leads to an owner's system: JSON in the shape that the company's file gives it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from services.router.deliveries.acknowledging import outcome_by_body, read
from services.router.deliveries.outcomes import Delivered
from services.router.deliveries.way import OwnersWay, headers_of, told
from services.router.domain.delivery import Rest
from services.router.domain.mapping import nested
from services.router.domain.owner import Owner
from shared.room import Outcome


@dataclass(frozen=True)
class RestWay(OwnersWay):
    """The idempotency key makes a repeat safe where the far side knows it; its 409 says that it had the lead."""

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: Rest) -> Outcome:
        """One request."""
        known = self.document(payload, owner)
        body = orjson.dumps(nested({name: mapped.value(known) for name, mapped in delivery.fields.items()}))
        headers = headers_of(delivery, key, "application/json")
        headers |= {name: told(secret) for name, secret in delivery.headers.items()}
        answer = self.office.wire.send(delivery.method, delivery.url, body, headers)
        if answer.code in delivery.duplicate:
            return Delivered(f"{answer.code} (had it already)", far_id=read(answer.body, delivery.id_at).far_id)
        return outcome_by_body(answer, self.office.now(), id_at=delivery.id_at)
