"""The token in the link of a question to a person: what it is about, and until when it holds.

Whoever sends the message makes it; whoever keeps the answer reads it. It cannot be made without the key.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

_TAG_BYTES = 16
_LENGTH = 16 + 5 + _TAG_BYTES
_SHORTEST_SECRET = 32


@dataclass(frozen=True)
class SignedIds:
    """Makes and reads tokens under one key for one purpose. Raises ValueError for a key that could be guessed."""

    secret: str = field(repr=False)
    purpose: bytes

    def __post_init__(self) -> None:
        if len(self.secret) < _SHORTEST_SECRET:
            raise ValueError("LEADBUS_SECRET must have at least 32 characters: whoever guesses it answers for others.")

    def make(self, about: UUID, expires_at: datetime) -> str:
        """The token for one question."""
        said = about.bytes + int(expires_at.timestamp()).to_bytes(5, "big")
        return base64.urlsafe_b64encode(said + self._tag(said)).rstrip(b"=").decode()

    def read(self, token: str) -> tuple[UUID, datetime] | None:
        """What it is about and its end; None for a token that is altered, cut or another's."""
        try:
            whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(whole) != _LENGTH or not hmac.compare_digest(whole[-_TAG_BYTES:], self._tag(whole[:-_TAG_BYTES])):
            return None
        return UUID(bytes=whole[:16]), datetime.fromtimestamp(int.from_bytes(whole[16:21], "big"), UTC)

    def _tag(self, said: bytes) -> bytes:
        return hmac.digest(self.secret.encode(), self.purpose + b"\x00" + said, "sha256")[:_TAG_BYTES]


def confirmation_tokens(secret: str) -> SignedIds:
    """Of links by which somebody confirms that they agreed: they name the statement in the ledger of consent."""
    return SignedIds(secret, b"leadbus.confirmation")


def purchase_tokens(secret: str) -> SignedIds:
    """Of links by which a prospect says whether they bought: they name the lead."""
    return SignedIds(secret, b"leadbus.purchase")
