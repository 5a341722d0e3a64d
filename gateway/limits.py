"""How often one sender may come, and who the sender is."""

from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address
from math import ceil
from time import time
from typing import Any

from flask import Request
from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from gateway.problems import Problem

#: An IPv6 customer holds a whole network of this size, and could come from another address each time.
IPV6_CUSTOMER_BITS = 64


@dataclass
class RateLimits:
    """Counts in this process's memory: every replica allows the same again."""

    _windows: Any = field(default_factory=lambda: SlidingWindowCounterRateLimiter(MemoryStorage()), init=False)

    def check(self, rate: RateLimitItem, *who: str) -> None:
        """Counts one more request. Raises a 429 Problem when there were too many."""
        if not self._windows.hit(rate, *who):
            wait = self._windows.get_window_stats(rate, *who).reset_time - time()
            raise Problem(
                429,
                "too_many_requests",
                f"No more than {rate} are taken from one sender.",
                {"Retry-After": str(max(ceil(wait), 1))},
            )


def client_address(request: Request, trusted: tuple[IPv4Network | IPv6Network, ...]) -> str:
    """The address of the sender: the last one that a trusted proxy did not add."""
    address = request.remote_addr or "unknown"
    forwarded = [part.strip() for part in ",".join(request.headers.getlist("X-Forwarded-For")).split(",")]
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
