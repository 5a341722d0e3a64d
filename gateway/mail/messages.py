"""A mail message as an intake: byte for byte, under a receipt that a second delivery of it has too."""

import hashlib
import re
from datetime import datetime
from uuid import UUID

from shared.contracts.intake import OWNER_REPLY, Intake
from shared.ids import derived_id, new_id

DIALECT = "email"
CONTENT_TYPE = "message/rfc822"
#: Bytes of one message.
MOST_BYTES = 10 * 1024 * 1024
#: Bytes in which the headers are looked for.
_HEAD_BYTES = 64 * 1024
_MESSAGE_ID = re.compile(rb"^message-id:[ \t\r\n]*(<[^<>\r\n]{1,500}>)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s<>,;:\"()]+@[^\s<>,;:\"()]+")
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_RECEIPTS = UUID("0d1a51a2-2f5c-5a5f-9a36-6f5a1f3d0d7e")


def intake_of(
    message: bytes,
    source: str,
    now: datetime,
    *,
    peer: str | None = None,
    recipient: str | None = None,
    place: str | None = None,
    key_id: str | None = None,
) -> Intake:
    """The description of a message. `place` says which copy it is where the message has no id of its own."""
    return Intake(
        receipt_id=receipt_of(message, source, now, place),
        received_at=now,
        dialect=DIALECT,
        source=source,
        content_type=CONTENT_TYPE,
        query={"recipient": recipient.replace("\x00", "")[:500]} if recipient else {},
        headers={},
        remote_address=peer,
        key_id=key_id,
    )


def reply_of(message: bytes, recipient: str, now: datetime, *, peer: str | None = None) -> Intake:
    """The description of an owner's answer to a message, for the router."""
    address = recipient.strip().strip("<>").lower()
    return Intake(
        # However it comes, and however often, it is one answer to one message.
        receipt_id=receipt_of(message, f"{OWNER_REPLY} {address}", now, hashlib.sha256(message).hexdigest()),
        received_at=now,
        dialect=OWNER_REPLY,
        source=OWNER_REPLY,
        content_type=CONTENT_TYPE,
        query={"recipient": address.replace("\x00", "")[:500]},
        headers={},
        remote_address=peer,
    )


def recipients_of(message: bytes) -> list[str]:
    """The addresses that a mailbox's message was sent to, by its headers: in it everything has arrived."""
    head, _ = parts_of(message)
    unfolded = re.sub(rb"\r?\n[ \t]+", b" ", head)
    named = re.findall(rb"^(?:delivered-to|x-original-to|envelope-to|to|cc):(.*)$", unfolded, re.I | re.M)
    return list(dict.fromkeys(_ADDRESS.findall(b" ".join(named).decode("ascii", "replace").lower())))


def receipt_of(message: bytes, source: str, now: datetime, place: str | None = None) -> UUID:
    """Equal for every delivery of one message to one source.

    With the body, since some programs give all their messages one id; without the headers, since every server on the
    way adds some.
    """
    head, body = parts_of(message)
    found = _MESSAGE_ID.search(head)
    if found is None and place is None:
        return new_id(now)
    name = found.group(1).decode("ascii", "replace") if found else str(place)
    return derived_id(_RECEIPTS, source, name, hashlib.sha256(body.rstrip(b"\r\n")).hexdigest())


def parts_of(message: bytes) -> tuple[bytes, bytes]:
    """Headers and body."""
    end = _HEAD_END.search(message, 0, _HEAD_BYTES)
    return (message[: end.start()], message[end.end() :]) if end else (message[:_HEAD_BYTES], message)
