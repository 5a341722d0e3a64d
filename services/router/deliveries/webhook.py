"""Leads to an owner's system: signed HTTP requests as Standard Webhooks defines them (standardwebhooks.com)."""

import email.utils
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import orjson
from standardwebhooks import Webhook as Signer

from services.router.deliveries import posting
from services.router.deliveries.links import action_urls
from services.router.domain.rules import Rules
from services.router.links import Links
from shared.ids import derived_id
from shared.room import Done, GiveUp, Outcome, TryAgain

#: Waits before the second, third, … attempt, in seconds: about eleven hours together, then the owner gets an email.
WAITS = (5.0, 30.0, 120.0, 600.0, 3600.0, 3600.0, 7200.0, 10800.0, 14400.0)
LONGEST_RETRY_AFTER = 86_400.0

_DELIVERIES = UUID("2f6f3a52-1c0e-5c55-9f0b-6f0a3c1d7b11")
_TYPES = {"lead": "lead.assigned", "response": "lead.responded"}


def _real_time() -> datetime:
    # Signatures carry real time, never business time: the receiver compares it with their own clock.
    return datetime.now(UTC)


@dataclass(frozen=True)
class WebhookDelivery:
    """Sends what is told to an owner to their webhook."""

    rules: Rules
    links: Links
    #: Lets addresses be private and plain http: for the demo and tests only.
    allow_private: bool = False
    #: Base address that takes all webhooks instead, as <base>/<host><path>; for the demo.
    stand_in: str = ""
    now: Callable[[], datetime] = _real_time

    def deliver(self, key: str, payload: Mapping[str, Any]) -> Outcome:
        """Sends it. Raises `posting.NoAnswer` when nobody can know whether it arrived; the id makes a repeat safe."""
        owner = self.rules.owners.get(payload["owner_id"])
        if owner is None or owner.webhook is None:
            return GiveUp("the owner has no webhook any more")
        body = self._body(payload)
        headers = self._headers(message_id(key), body, owner.webhook.secrets)
        try:
            answer = posting.post(self._address(owner.webhook.url), body, headers, allow_private=self.allow_private)
        except posting.NeverSent as error:
            return GiveUp(str(error))
        except posting.NotSent as error:
            return TryAgain(str(error))
        return outcome_of(answer, self.now())

    def _body(self, payload: Mapping[str, Any]) -> bytes:
        data = {
            "lead_id": payload["lead_id"],
            "assignment_id": payload["assignment_id"],
            **payload["package"],
            "links": action_urls(self.links, payload),
        }
        if "news" in payload:
            data["news"] = payload["news"]
        return orjson.dumps({"type": _TYPES[payload["notice"]], "timestamp": payload["at"], "data": data})

    def _headers(self, identity: str, body: bytes, secrets: tuple[str, ...]) -> dict[str, str]:
        now = self.now()
        signatures = [Signer(secret).sign(identity, now, body.decode()) for secret in secrets]
        return {
            "Content-Type": "application/json",
            "User-Agent": "Leadbus",
            "webhook-id": identity,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }

    def _address(self, url: str) -> str:
        if not self.stand_in:
            return url
        parts = urlsplit(url)
        return f"{self.stand_in.rstrip('/')}/{parts.hostname}{parts.path}"


def message_id(key: str) -> str:
    """The far side's key against doing it twice: the same for every attempt."""
    return f"msg_{derived_id(_DELIVERIES, key).hex}"


def outcome_of(answer: posting.Answer, now: datetime) -> Outcome:
    """What an answer's code means."""
    code = answer.code
    if 200 <= code < 300:
        return Done(str(code))
    if code == 410:
        return GiveUp("410: the owner's system wants no more leads")
    if code in (408, 425, 429) or code >= 500:
        return TryAgain(str(code), retry_after(answer.headers.get("retry-after"), now))
    if 300 <= code < 400:
        return GiveUp(f"{code}: redirects are not followed")
    return GiveUp(f"{code}: refused")


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110: seconds or a date); None when it says nothing usable."""
    if value is None:
        return None
    if value.strip().isdigit():
        seconds = float(value)
    else:
        try:
            seconds = (email.utils.parsedate_to_datetime(value) - now).total_seconds()
        except (TypeError, ValueError):
            return None
    return min(seconds, LONGEST_RETRY_AFTER) if seconds > 0 else None
