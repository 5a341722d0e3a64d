"""Identifiers: time-ordered where something begins, derived where something follows from something."""

import os
from datetime import datetime
from hashlib import sha1
from uuid import UUID


def new_id(now: datetime) -> UUID:
    """A UUIDv7 (RFC 9562): random, and ordered by `now` in milliseconds, so that index pages fill in order."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return UUID(int=value)


def derived_id(origin: UUID, *names: str) -> UUID:
    """The UUIDv5 of `names` under `origin`: the same input always gives the same id, so a replay creates no twin."""
    # As `uuid.uuid5` has it, in half the time: every row and event of a batch has such an id.
    digest = sha1(origin.bytes + "/".join(names).encode(), usedforsecurity=False).digest()
    value = int.from_bytes(digest[:16], "big")
    return UUID(int=value & _WITHOUT_MARKS | _MARKS_OF_V5)


_MARKS_OF_V5 = 0x5 << 76 | 0b10 << 62
_WITHOUT_MARKS = ~(0xF << 76 | 0b11 << 62)
