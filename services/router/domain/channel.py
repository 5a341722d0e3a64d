"""How one way to one owner does: when it is left in peace, when it is tried again, and when it is given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

ChannelState = Literal["closed", "open", "disabled"]

#: After so many failures in a row the way is left in peace for a while, and leads go by email too.
FAILURES = 4
#: First pause; each further failure doubles it.
PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
#: While one delivery tries whether the far side is back, the others wait for so long.
TRIAL = timedelta(seconds=60)
#: A way that has failed so often for so long, without a single success, is disabled.
DISABLED_AFTER = timedelta(days=3)


@dataclass
class Health:
    """What is known of a way. Changed in place by what follows."""

    state: ChannelState = "closed"
    failures: int = 0
    failing_since: datetime | None = None
    #: Nothing is sent before: it is left in peace, or asked for patience.
    not_before: datetime | None = None
    #: What is left of this minute's number of deliveries, and as of when.
    tokens: float | None = None
    tokens_at: datetime | None = None


def succeed(health: Health) -> None:
    """The far side took something."""
    health.failures, health.failing_since, health.not_before = 0, None, None
    if health.state == "open":
        health.state = "closed"


def fail(health: Health, now: datetime, *, gone: bool = False) -> bool:
    """The far side did not answer, or refused everything. Returns whether the way is given up by this."""
    if health.state == "disabled":
        return False
    health.failures += 1
    health.failing_since = health.failing_since or now
    if gone or (health.failures >= FAILURES and now - health.failing_since >= DISABLED_AFTER):
        health.state, health.not_before = "disabled", None
        return True
    if health.failures >= FAILURES:
        health.state = "open"
        health.not_before = now + min(PAUSE * 2 ** min(health.failures - FAILURES, 10), LONGEST_PAUSE)
    return False


def be_patient(health: Health, until: datetime) -> None:
    """The far side asked to be left in peace for a while; nothing is wrong with it."""
    health.not_before = max(until, health.not_before or until)


def admit(health: Health, now: datetime, per_minute: int | None) -> datetime | None:
    """Takes leave to send one delivery now; otherwise says when to ask again."""
    if health.not_before is not None and now < health.not_before:
        return health.not_before
    if per_minute is not None and (later := _take_token(health, now, per_minute)) is not None:
        return later
    # One goes ahead; the others see whether it arrived.
    health.not_before = now + TRIAL if health.state == "open" else None
    return None


def _take_token(health: Health, now: datetime, per_minute: int) -> datetime | None:
    passed = (now - health.tokens_at).total_seconds() if health.tokens_at else 0.0
    known = per_minute if health.tokens is None else health.tokens
    health.tokens = min(float(per_minute), known + passed * per_minute / 60)
    health.tokens_at = now
    if health.tokens < 1:
        return now + timedelta(seconds=(1 - health.tokens) * 60 / per_minute)
    health.tokens -= 1
    return None
