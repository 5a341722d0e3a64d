"""The token that links in a mail carry: to whom the mail was sent, in which piece, and when.

Whoever sends the mail makes it; whoever files the click reads it. It tells nothing to a third party and cannot be made
without the key; it opens no door, it only says whose footstep this is.
"""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

_TAG_BYTES = 16
_LENGTH = 16 + 16 + 5 + _TAG_BYTES


@dataclass(frozen=True)
class ClickTokens:
    """Makes and reads tokens under one key, for one purpose: what was made for another is not read."""

    secret: str
    purpose: bytes = b"leadbus.click"

    def make(self, person_id: UUID, occasion: UUID, sent_at: datetime) -> str:
        """The token for every link of one piece to one person."""
        said = person_id.bytes + occasion.bytes + int(sent_at.timestamp()).to_bytes(5, "big")
        return base64.urlsafe_b64encode(said + self._tag(said)).rstrip(b"=").decode()

    def read(self, token: str) -> tuple[UUID, UUID, datetime] | None:
        """Person, piece and time of sending; None for a token that is altered, cut or another's."""
        try:
            whole = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        if len(whole) != _LENGTH or not hmac.compare_digest(whole[-_TAG_BYTES:], self._tag(whole[:-_TAG_BYTES])):
            return None
        sent_at = datetime.fromtimestamp(int.from_bytes(whole[32:37], "big"), UTC)
        return UUID(bytes=whole[:16]), UUID(bytes=whole[16:32]), sent_at

    def _tag(self, said: bytes) -> bytes:
        return hmac.digest(self.secret.encode(), self.purpose + b"\x00" + said, "sha256")[:_TAG_BYTES]


def reply_tokens(secret: str) -> ClickTokens:
    """The tokens of reply forms: they say whose answers these are, so that they join the person's open lead."""
    return ClickTokens(secret, b"leadbus.reply")
