"""Leads to an owner's system: signed HTTP requests as Standard Webhooks defines them (standardwebhooks.com)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from standardwebhooks import Webhook as Signer

from services.router.deliveries.links import action_urls
from services.router.deliveries.outcomes import outcome_of
from services.router.deliveries.way import OwnersWay, message_id
from services.router.domain.delivery import Webhook
from services.router.domain.owner import Owner
from shared.room import Outcome

_TYPES = {"lead": "lead.assigned", "response": "lead.responded", "test": "lead.test"}


@dataclass(frozen=True)
class WebhookWay(OwnersWay):
    """Sends what is told to an owner to their webhook."""

    def send(self, key: str, payload: Mapping[str, Any], owner: Owner, delivery: Webhook) -> Outcome:
        """One signed request; its id makes a repeat safe."""
        body = self._body(payload)
        headers = self._headers(message_id(key), body, delivery.secrets)
        return outcome_of(self.office.wire.send("POST", delivery.url, body, headers), self.office.now())

    def _body(self, payload: Mapping[str, Any]) -> bytes:
        data = {
            "lead_id": payload["lead_id"],
            "assignment_id": payload["assignment_id"],
            **payload["package"],
            "links": action_urls(self.office.links, payload),
        }
        if "news" in payload:
            data["news"] = payload["news"]
        return orjson.dumps({"type": _TYPES[payload["notice"]], "timestamp": payload["at"], "data": data})

    def _headers(self, identity: str, body: bytes, secrets: tuple[str, ...]) -> dict[str, str]:
        now = self.office.now()
        signatures = [Signer(secret).sign(identity, now, body.decode()) for secret in secrets]
        return {
            "Content-Type": "application/json",
            "User-Agent": "Leadbus",
            "webhook-id": identity,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
