"""How often one sender may come, and who the sender is."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from math import ceil

from flask import Request
from limits import RateLimitItem

from gateway.problems import Problem

#: An IPv6 customer holds a whole network of this size, and could come from another address each time.
IPV6_CUSTOMER_BITS = 64
#: Senders that are remembered at one time.
MOST_SENDERS = 100_000


@dataclass
class _Count:
    """Requests of one sender in the present window and in the one before."""

    window: int = 0
    now: int = 0
    before: int = 0

    def move_to(self, window: int) -> None:
        if window != self.window:
            self.before = self.now if window == self.window + 1 else 0
            self.now, self.window = 0, window


@dataclass
class RateLimits:
    """Sliding-window counts in this process's memory: every replica allows the same again.

    The storage of `limits` starts a thread for nearly every request to clear itself; this one clears itself when it has
    grown.
    """

    clock: Callable[[], float] = time.monotonic
    _counts: dict[tuple[str, ...], _Count] = field(default_factory=dict, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    def check(self, rate: RateLimitItem, *who: str) -> None:
        """Counts one more request. Raises a 429 Problem when there were too many."""
        seconds = rate.get_expiry()
        window, passed = divmod(self.clock(), seconds)
        with self._lock:
            if len(self._counts) >= MOST_SENDERS:
                self._forget(window)
            count = self._counts.setdefault((str(rate), *who), _Count(int(window)))
            count.move_to(int(window))
            allowed = count.before * (1 - passed / seconds) + count.now < rate.amount
            count.now += allowed
        if not allowed:
            wait = {"Retry-After": str(ceil(seconds - passed))}
            raise Problem(429, "too_many_requests", f"No more than {rate} are taken from one sender.", wait)

    def _forget(self, window: float) -> None:
        # Windows of other lengths have other numbers: theirs go too, which at worst allows somebody a little more.
        self._counts = {who: count for who, count in self._counts.items() if count.window >= window - 1}
        if len(self._counts) >= MOST_SENDERS:
            self._counts.clear()


def client_address(request: Request, trusted: tuple[IPv4Network | IPv6Network, ...]) -> str:
    """The address of the sender: the last one that a trusted proxy did not add."""
    return sender_address(request.remote_addr, ",".join(request.headers.getlist("X-Forwarded-For")), trusted)


def sender_address(remote: str | None, forwarded_for: str, trusted: tuple[IPv4Network | IPv6Network, ...]) -> str:
    """`client_address` from the connection's address and the text of X-Forwarded-For."""
    address = remote or "unknown"
    if not trusted:
        return address
    forwarded = [part.strip() for part in forwarded_for.split(",")]
    while forwarded and _is_within(address, trusted):
        following = forwarded.pop()
        if not _is_address(following):
            break
        address = following
    return address


def sender_network(address: str) -> str:
    """What is counted as one sender."""
    if ":" not in address or not _is_address(address):
        return address
    return str(IPv6Network((int(ip_address(address)), IPV6_CUSTOMER_BITS), strict=False))


def _is_within(address: str, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return _is_address(address) and any(ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
