"""Identifiers: time-ordered where something begins, derived where something follows from something."""

import os
from datetime import datetime
from uuid import UUID, uuid5


def new_id(now: datetime) -> UUID:
    """A UUIDv7 (RFC 9562): random, and ordered by `now` in milliseconds, so that index pages fill in order."""
    milliseconds = int(now.timestamp() * 1000) & ((1 << 48) - 1)
    random = int.from_bytes(os.urandom(10), "big")
    value = milliseconds << 80 | 0x7 << 76 | (random >> 68 & 0xFFF) << 64 | 0b10 << 62 | random & ((1 << 62) - 1)
    return UUID(int=value)


def derived_id(origin: UUID, *names: str) -> UUID:
    """The UUIDv5 of `names` under `origin`: the same input always gives the same id, so a replay creates no twin."""
    return uuid5(origin, "/".join(names))
