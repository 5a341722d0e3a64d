"""The time trap of hosted forms: a page carries the signed moment at which it was shown.

What comes back faster than anybody types, or with a moment that is not ours, was sent by a program. It is never
refused: the front desk sets it aside as spam, where a person may release it.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime

FIELD = "lb_rendered"
FASTEST_SECONDS = 2
OLDEST_SECONDS = 24 * 3600
_MARK_LENGTH = 32


@dataclass(frozen=True)
class TimeTrap:
    """Signs and judges. `key` is the same in every process that serves the same forms."""

    key: bytes

    def stamp(self, form: str, now: datetime) -> str:
        """The value of the hidden field."""
        moment = str(int(now.timestamp()))
        return f"{moment}.{self._mark(form, moment)}"

    def suspicion(self, form: str, stamp: str | None, now: datetime, required: bool) -> str | None:
        """Why the time tells of a program, or None. Without a stamp only a form that is `required` to have one."""
        if stamp is None:
            return "the page's own time stamp is missing" if required else None
        moment, _, mark = stamp.partition(".")
        if not moment.isascii() or not moment.isdigit() or len(moment) > 12:
            return "the page's time stamp is not ours"
        if not hmac.compare_digest(mark.encode("utf-8", "replace"), self._mark(form, moment).encode()):
            return "the page's time stamp is not ours"
        seconds = now.timestamp() - int(moment)
        if seconds < FASTEST_SECONDS:
            return f"sent {max(seconds, 0):.0f} seconds after the page was shown"
        if seconds > OLDEST_SECONDS:
            return "sent more than a day after the page was shown"
        return None

    def _mark(self, form: str, moment: str) -> str:
        content = f"leadbus form {form} {moment}".encode()
        return hmac.new(self.key, content, hashlib.sha256).hexdigest()[:_MARK_LENGTH]
