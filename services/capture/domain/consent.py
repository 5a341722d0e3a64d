"""What somebody allowed: every statement is kept, and the newest one per channel and purpose holds."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

CHANNELS = ("email", "phone", "post")
#: What a yes or no is about when nothing else is said.
MARKETING = "marketing"
#: A statement as it was made; a yes that waits to be confirmed; the confirmation; that none came in time.
SAID, PENDING, CONFIRMED, EXPIRED = "said", "pending", "confirmed", "expired"
#: What decides. A yes that was not confirmed is neither a yes nor a no.
COUNTING = frozenset({SAID, CONFIRMED})


@dataclass(frozen=True)
class Wording:
    """One text that people agree to, as it stands beside a box or is read to them."""

    version: str
    text: str
    purpose: str = MARKETING
    #: Sources that show it; none: all.
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConsentRules:
    """The company's own purposes and wordings."""

    purposes: Mapping[str, str] = field(default_factory=lambda: {MARKETING: "Marketing"})
    wordings: tuple[Wording, ...] = ()
    #: Channels on which a yes counts only once it was confirmed.
    double_opt_in: frozenset[str] = frozenset()
    #: So long a confirmation is waited for.
    confirm_within: timedelta = timedelta(days=7)
    #: The installation's own; refusals of erased people are found by hashes under it, and none without it.
    secret: str = field(default="", repr=False)

    def hashed(self, channel: str, address: str) -> str:
        """Under what a refusal outlives its person: says nothing to whoever does not have the secret."""
        told = f"suppression/{channel}/{address}".encode()
        return hmac.new(self.secret.encode(), told, hashlib.sha256).hexdigest()

    def recognise(self, text: str | None, source: str) -> Wording | None:
        """The wording that `text` is, or names by its version; a source's own before one of all. None: unknown."""
        if not text:
            return None
        plain = _plain(text)
        fits = [one for one in self.wordings if not one.sources or source in one.sources]
        for wording in sorted(fits, key=lambda one: not one.sources):
            if text.strip() == wording.version or plain == _plain(wording.text):
                return wording
        return None


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


@dataclass(frozen=True)
class Statement:
    """What was said once."""

    id: UUID
    channel: str
    purpose: str
    allowed: bool
    at: datetime
    state: str = SAID

    @classmethod
    def of(cls, row: Any) -> "Statement":
        """As it is stored."""
        return cls(row.id, row.channel, row.purpose, row.allowed, row.changed_at, row.state)


@dataclass(frozen=True)
class Standing:
    """What holds now."""

    channel: str
    purpose: str
    allowed: bool
    since: datetime
    by: UUID
    #: A newer yes waits for its confirmation.
    pending: bool = False


def standing(statements: Iterable[Statement]) -> list[Standing]:
    """What holds per channel and purpose: the newest statement, of two at one moment the refusal.

    A yes that waits for its confirmation does not count; where nothing else was said it stands as a pending no.
    """
    of_each: dict[tuple[str, str], list[Statement]] = {}
    for one in statements:
        of_each.setdefault((one.channel, one.purpose), []).append(one)
    return [_standing(said) for _, said in sorted(of_each.items())]


def _standing(said: list[Statement]) -> Standing:
    newest = max(said, key=_weight)
    counting = [one for one in said if one.state in COUNTING]
    if newest.state in COUNTING:
        return Standing(newest.channel, newest.purpose, newest.allowed, newest.at, newest.id)
    decides = max(counting, key=_weight) if counting else newest
    allowed = decides.allowed and decides is not newest
    return Standing(newest.channel, newest.purpose, allowed, decides.at, decides.id, newest.state == PENDING)


def _weight(one: Statement) -> tuple[datetime, bool, str, str]:
    # At one moment a refusal outweighs; then any order that is always the same.
    return one.at, not one.allowed, one.state, str(one.id)
