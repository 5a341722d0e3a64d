"""What this process took in a short while ago, so that a second copy gets the receipt of the first.

It is a convenience for senders and saves work; it is bounded, and a copy that it does not know (another process, a
restart) is found by the front desk, where both receipts tell of the same inquiry.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

#: Two equal submissions within this time are one.
WINDOW = timedelta(minutes=5)
MOST = 50_000


class OtherBody(Exception):
    """The key of an earlier request came with another body."""


@dataclass
class _Seen:
    digest: bytes
    #: The inquiry is with the broker or on the disk.
    durable: bool = False


@dataclass
class Repeats:
    """For any number of threads."""

    now: Callable[[], datetime]
    window: timedelta = WINDOW
    most: int = MOST
    _receipts: OrderedDict[UUID, _Seen] = field(default_factory=OrderedDict, init=False)
    _contents: OrderedDict[bytes, tuple[UUID, datetime]] = field(default_factory=OrderedDict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def receipt_for(self, content: bytes, fresh: UUID) -> UUID:
        """The receipt of equal content within the window; `fresh` when there is none."""
        now = self.now()
        with self._lock:
            receipt_id, at = self._contents.get(content, (fresh, now))
            if abs(now - at) > self.window:
                receipt_id = fresh
            if receipt_id == fresh:
                self._contents[content] = fresh, now
                self._contents.move_to_end(content)
                _bound(self._contents, self.most)
            return receipt_id

    def claim(self, receipt_id: UUID, digest: bytes) -> bool:
        """Whether the inquiry is kept already. Raises OtherBody when the receipt stands for another body."""
        with self._lock:
            seen = self._receipts.setdefault(receipt_id, _Seen(digest))
            self._receipts.move_to_end(receipt_id)
            _bound(self._receipts, self.most)
            if seen.digest != digest:
                raise OtherBody(receipt_id)
            return seen.durable

    def kept(self, receipt_id: UUID) -> None:
        """The inquiry is durable: its copies need not be sent again."""
        with self._lock:
            seen = self._receipts.get(receipt_id)
            if seen is not None:
                seen.durable = True

    def refused(self, receipt_id: UUID) -> None:
        """The inquiry could not be kept: the sender may come with the same key and a better body."""
        with self._lock:
            seen = self._receipts.get(receipt_id)
            if seen is not None and not seen.durable:
                del self._receipts[receipt_id]


def _bound(found: OrderedDict, most: int) -> None:  # type: ignore[type-arg]
    while len(found) > most:
        found.popitem(last=False)
