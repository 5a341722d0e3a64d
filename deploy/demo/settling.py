"""Waits until everything that is on its way has arrived."""

import time
from collections.abc import Callable

from deploy.demo.sending import Gateway

#: How long nothing may change before everything counts as arrived, in seconds.
STILL_SECONDS = 3.0
#: How rooms name, in their ledgers, what is not finished.
UNFINISHED = ("planned", "claimed", "pending", "verdicts_waiting", "not_registered_yet", "live_without_owner")


class NotSettled(RuntimeError):
    """Something is still on its way after the longest wait."""


def wait_until_settled(
    gateway: Gateway, received: int, seconds: float = 300.0, told: Callable[[str], None] = lambda _: None
) -> dict[str, dict[str, int]]:
    """Waits until `received` inquiries are accounted for and nothing moves any more; the counts of all rooms.

    Raises NotSettled.
    """
    deadline = time.monotonic() + seconds
    before, since = gateway.ledger(), time.monotonic()
    while time.monotonic() < deadline:
        time.sleep(0.3)
        now = gateway.ledger()
        if now != before:
            before, since = now, time.monotonic()
        arrived, open_work = now["capture"].get("received", 0), _unfinished(now)
        told(f"{arrived} of {received} received, {now['analytics'].get('events', 0)} events, {open_work} under way")
        if arrived >= received and not open_work and time.monotonic() - since > STILL_SECONDS:
            return now
    raise NotSettled(f"after {seconds:.0f} s: {before}")


def _unfinished(ledger: dict[str, dict[str, int]]) -> int:
    not_told = abs(ledger["capture"].get("leads", 0) - ledger["analytics"].get("leads", 0))
    return not_told + sum(
        number for counts in ledger.values() for name, number in counts.items() if name.endswith(UNFINISHED)
    )
