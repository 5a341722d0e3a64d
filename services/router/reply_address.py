"""The address that owners answer to: it says of which lead, and proves that we gave it to them."""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from uuid import UUID

#: Characters of the id, and of its proof: 50 bits, which nobody guesses through a mail server.
_ID, _PROOF = 26, 10


@dataclass(frozen=True)
class ReplyAddress:
    """`leads@company.example` as `leads+<code>@company.example`, by the assignment that a message is about.

    Mail servers may change upper and lower case; the code has one case. It is 36 characters long: a local part may
    have 64.
    """

    secret: str
    mailbox: str

    def __post_init__(self) -> None:
        local, at, domain = self.mailbox.partition("@")
        if not (local and at and domain) or len(local) > 27 or "+" in local:
            raise ValueError(f"LEADBUS_REPLY_ADDRESS: {self.mailbox!r} is not an address with a short name, without +")

    def address(self, assignment_id: UUID) -> str:
        """Where an answer about this assignment goes."""
        local, _, domain = self.mailbox.partition("@")
        return f"{local}+{self._code(assignment_id)}@{domain}"

    def read(self, address: str) -> UUID | None:
        """The assignment that an answer to this address is about; None when we never gave it out."""
        local, _, _ = address.strip().lower().rpartition("@")
        _, plus, code = local.partition("+")
        if not plus or len(code) != _ID + _PROOF:
            return None
        try:
            assignment_id = UUID(bytes=base64.b32decode(code[:_ID].upper() + "======"))
        except (binascii.Error, ValueError):
            return None
        # Compared whole: an id can be written in more than one way, a code cannot.
        return assignment_id if hmac.compare_digest(self._code(assignment_id), code) else None

    def _code(self, assignment_id: UUID) -> str:
        proof = hmac.new(self.secret.encode(), b"router.reply-address:" + assignment_id.bytes, hashlib.sha256).digest()
        return _base32(assignment_id.bytes)[:_ID] + _base32(proof)[:_PROOF]


def _base32(content: bytes) -> str:
    return base64.b32encode(content).decode().rstrip("=").lower()
