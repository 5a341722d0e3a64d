"""Waits for what becomes of an inquiry, when its sender asked for that (`Prefer: wait=n`, RFC 7240)."""

import re
import time
from uuid import UUID

from flask import request

from gateway.state import gateway
from shared.contracts import calls
from shared.contracts.calls import ReceiptReply
from shared.contracts.errors import WireError
from shared.messaging.rpc_client import RoomAway, RpcTimeout

#: Longer than this nobody waits, whatever is asked.
LONGEST_SECONDS = 30
_PAUSES = (0.02, 0.04, 0.08, 0.15, 0.25)
_WAIT = re.compile(r"(?:^|[,;])\s*wait\s*=\s*\"?(\d{1,5})\"?\s*(?=[,;]|$)", re.IGNORECASE)
_NOT_YET = ("unknown", "awaiting")


def preferred_wait() -> int:
    """Seconds that the sender of the present request would wait; 0 when it did not say."""
    found = _WAIT.search(",".join(request.headers.getlist("Prefer")))
    return min(int(found.group(1)), LONGEST_SECONDS) if found else 0


def verdict(receipt_id: UUID, seconds: float) -> ReceiptReply | None:
    """What became of the inquiry; None when that is not known in time, or too many wait already."""
    if not gateway().waiting.acquire(blocking=False):
        return None
    try:
        return _poll(receipt_id, time.monotonic() + seconds)
    finally:
        gateway().waiting.release()


def _poll(receipt_id: UUID, deadline: float) -> ReceiptReply | None:
    turn = 0
    while True:
        try:
            reply = gateway().rooms.call(calls.RECEIPT, receipt_id=receipt_id)
        except (RpcTimeout, RoomAway, WireError):
            return None
        if reply.state not in _NOT_YET and not reply.unread:
            return reply
        pause = _PAUSES[min(turn, len(_PAUSES) - 1)]
        if time.monotonic() + pause >= deadline:
            return None
        time.sleep(pause)
        turn += 1
