"""Leads to an owner's system: ADF by HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.router.deliveries import adf
from services.router.deliveries.acknowledging import outcome_by_body
from services.router.deliveries.way import OwnersWay, headers_of
from services.router.domain.delivery import AdfPost
from services.router.domain.owner import Owner
from shared.room import Outcome


@dataclass(frozen=True)
class AdfPostWay(OwnersWay):
    """The document's own ids, and the idempotency key, make a repeat safe."""

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: AdfPost) -> Outcome:
        """One document; the answer's body counts as well as its code."""
        rules = self.office.rules
        body = adf.document(payload, owner, rules.sender_name, rules.sender.address)
        headers = headers_of(delivery, key, "application/x-adf+xml; charset=utf-8")
        return outcome_by_body(self.office.wire.send("POST", delivery.url, body, headers), self.office.now())
