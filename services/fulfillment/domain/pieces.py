"""A piece: one thing sent to one person on one occasion, once, and only while it is still wanted."""

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from shared.ids import derived_id

Channel = Literal["email", "post"]
#: transactional: answers what the person just asked; marketing: we speak first.
Kind = Literal["transactional", "marketing"]
State = Literal["planned", "sent", "failed", "suppressed", "unknown"]

#: A piece that went to somebody under one id is not sent to them under another one so soon.
NOT_AGAIN_WITHIN = timedelta(days=90)

_PIECES = UUID("3b5d7b0e-2f0a-5d0c-8d53-5a3c5b7f4e01")


@dataclass(frozen=True)
class Piece:
    """A piece as the company defined and approved it."""

    id: str
    channel: Channel
    kind: Kind
    template: str
    #: By language; the company's own language is the first.
    subject: Mapping[str, str]
    #: Whether it carries an unsubscribe link: every marketing piece does.
    unsubscribe: bool
    #: Later than this after its cause it would puzzle more than please.
    stale_after: timedelta
    #: Literature that it always brings.
    items: tuple[str, ...]
    approved_by: str


@dataclass(frozen=True)
class Permission:
    """What a person said last about one channel."""

    allowed: bool
    said_at: datetime
    origin: str


@dataclass(frozen=True)
class Occasion:
    """When and why a piece was planned, as far as permission to send it goes."""

    #: When the person asked for it; a refusal from before does not touch the answer to a later question.
    requested_at: datetime
    #: When the event happened that led to it.
    caused_at: datetime
    #: Where the person lives, ISO 3166-1 alpha-2; None when nobody knows.
    country: str | None
    decision: str | None
    #: They were asked to confirm that they want such things, and have not.
    unconfirmed: bool = False
    #: For what asks them to confirm: until when they can.
    expires_at: datetime | None = None
    #: For what asks something else: until when they can answer.
    asks_until: datetime | None = None


def piece_key(person_id: UUID, piece: str, occasion: str) -> str:
    """person × piece × occasion: under one key a piece goes out once, whatever is heard twice."""
    return f"{person_id}/{piece}/{occasion}"


def piece_id(key: str) -> UUID:
    """The piece's id follows from its key, so that a replay finds the same piece."""
    return derived_id(_PIECES, key)


def newest(known: Permission | None, said: Permission) -> Permission:
    """The word that counts: the later one; of two at the same moment, the refusal."""
    if known is None or said.said_at > known.said_at:
        return said
    if said.said_at == known.said_at and not said.allowed:
        return said
    return known


def why_not(
    piece: Piece, occasion: Occasion, permission: Permission | None, opt_in_countries: Set[str], now: datetime
) -> str | None:
    """Why the piece must not go out now; None when it may.

    "suppressed: …" stands for the person's own will or our rules; anything else for a piece that came too late.
    """
    if occasion.decision == "junk":
        return "suppressed: the inquiry is junk"
    if permission is not None and not permission.allowed and _refusal_counts(piece, occasion, permission):
        return f"suppressed: refused ({permission.origin})"
    if piece.kind == "marketing" and permission is None and occasion.country in opt_in_countries:
        return f"suppressed: {occasion.country} demands consent, and none was given"
    if piece.kind == "marketing" and permission is None and occasion.unconfirmed:
        return "suppressed: the person was asked to confirm, and has not"
    if occasion.expires_at is not None and permission is not None and permission.allowed:
        return f"suppressed: agreed before ({permission.origin})"
    if occasion.expires_at is not None and now >= occasion.expires_at:
        return "too late: it cannot be confirmed any more"
    if occasion.asks_until is not None and now >= occasion.asks_until:
        return "too late: it cannot be answered any more"
    if now > occasion.caused_at + piece.stale_after:
        return "too late: what led to it is longer ago than the piece stays useful"
    return None


def _refusal_counts(piece: Piece, occasion: Occasion, permission: Permission) -> bool:
    return piece.kind == "marketing" or permission.said_at >= occasion.requested_at
