"""What became of one attempt at a far side, and what its answer means."""

import email.utils
from dataclasses import dataclass
from datetime import datetime

from services.router.deliveries.posting import Answer
from shared.room import Done, GiveUp, Outcome, TryAgain

LONGEST_RETRY_AFTER = 86_400.0
#: Of a far side's answer, this much is kept.
LONGEST_ANSWER = 300


@dataclass(frozen=True)
class Delivered(Done):
    """The far side has it, under an id of its own where it told one."""

    far_id: str | None = None
    #: Nobody over there is told of it: the owner gets it by email as well.
    by_email_too: bool = False


@dataclass(frozen=True)
class Busy(TryAgain):
    """The far side works, and asks for patience: nothing is wrong with it."""


@dataclass(frozen=True)
class Refused(GiveUp):
    """The far side will not have it. `channel`: it would refuse every other lead as well; `gone`: for ever."""

    channel: bool = False
    gone: bool = False


def outcome_of(answer: Answer, now: datetime) -> Outcome:
    """What an answer's code means."""
    code = answer.code
    if 200 <= code < 300:
        return Delivered(str(code))
    if code == 410:
        return Refused("410: the owner's system wants no more leads", channel=True, gone=True)
    if code in (408, 425, 429) or code >= 500:
        after = retry_after(answer.headers.get("retry-after"), now)
        return Busy(str(code), after) if code == 429 or (code == 503 and after) else TryAgain(str(code), after)
    if 300 <= code < 400:
        return Refused(f"{code}: redirects are not followed", channel=True)
    return Refused(f"{code}: refused", channel=code in (401, 403, 404, 405))


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


def excerpt(text: str) -> str:
    """The beginning of what a far side said, as one line."""
    return " ".join(text.split())[:LONGEST_ANSWER]
