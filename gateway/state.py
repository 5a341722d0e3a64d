"""What every request needs, made once per process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any, Protocol, TypeVar, cast

from flask import current_app

from gateway.drain import Drainer
from gateway.entrypoints import Entrypoints
from gateway.intakes import Intakes
from gateway.keys import KeyRing
from gateway.limits import RateLimits
from gateway.publisher import IntakePublisher
from gateway.repeats import Repeats
from gateway.sites import Footsteps
from gateway.spool import Spool
from gateway.timetrap import TimeTrap
from shared.clock import Clock
from shared.contracts.calls import Call

EXTENSION = "leadbus"
MOST_WAITING = 16
Q = TypeVar("Q")
R = TypeVar("R")


class Asks(Protocol):
    """What `shared.messaging.rpc_client.RpcPool` does."""

    def call(self, call: Call[Q, R], **fields: Any) -> R:
        """The room's answer. Raises RpcTimeout, RoomAway or a WireError."""


@dataclass(frozen=True)
class Gateway:
    """The parts of the gateway. Whoever builds it starts and stops its threads."""

    entrypoints: Entrypoints
    keys: KeyRing
    limits: RateLimits
    intakes: Intakes
    rooms: Asks
    clock: Clock
    #: This gateway's address as the world sees it, without a slash at the end.
    public_url: str
    repeats: Repeats
    timetrap: TimeTrap
    footsteps: Footsteps = field(default_factory=Footsteps)
    #: Requests that wait for a verdict at one time, so that enough threads are left that only take in.
    waiting: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(MOST_WAITING))

    @property
    def publisher(self) -> IntakePublisher:
        return self.intakes.publisher

    @property
    def spool(self) -> Spool:
        return self.intakes.spool

    @property
    def drainer(self) -> Drainer:
        return self.intakes.drainer


def gateway() -> Gateway:
    """The gateway that serves the present request."""
    extensions: Mapping[str, Any] = current_app.extensions
    return cast(Gateway, extensions[EXTENSION])
