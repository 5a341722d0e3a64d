"""A room without its transport: what it hears, what it does when time comes, what it performs outside.

The service process runs a `Room` over RabbitMQ; the simulation runs the same one over an in-memory bus.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from shared.contracts.envelope import Envelope
from shared.contracts.event import Event
from shared.contracts.intake import QUEUE, Intake
from shared.database.unit_of_work import Transaction

#: Handles one event inside the transaction of its batch.
Handler = Callable[[Transaction, Envelope], None]
#: Loads, in a few queries, the rows that the handlers of these events will ask for.
Preload = Callable[[Transaction, Sequence[Envelope]], None]


@dataclass(frozen=True)
class RawInquiry:
    """An intake message: what the gateway knows, and the sender's body as it came."""

    intake: Intake
    body: bytes


#: Handles a batch of raw inquiries in one transaction.
IntakeHandler = Callable[[Transaction, Sequence[RawInquiry]], None]


@dataclass(frozen=True)
class DueItem:
    """Work whose time has come."""

    kind: str
    key: str
    due_at: datetime
    data: Mapping[str, Any]


DueHandler = Callable[[Transaction, DueItem], None]
DuePreload = Callable[[Transaction, Sequence[DueItem]], None]
SettlePreload = Callable[[Transaction, Sequence[Mapping[str, Any]]], None]


@dataclass(frozen=True)
class Done:
    """The far side took it. `detail` is its reference, where it gave one.

    `content` is what it answered, for `settle` to keep where it belongs; it is not written to the table of effects.
    """

    detail: str = ""
    content: bytes = b""


@dataclass(frozen=True)
class TryAgain:
    """It certainly did not happen, and may work later; `after_seconds` where the far side said when."""

    reason: str
    after_seconds: float | None = None


@dataclass(frozen=True)
class GiveUp:
    """It certainly did not happen and never will."""

    reason: str


Outcome = Done | TryAgain | GiveUp


@dataclass(frozen=True)
class Settled:
    """An effect that will not be tried again.

    `unknown`: the process died between the act and its record, or the act raised; nobody knows whether it happened.
    """

    kind: str
    key: str
    payload: Mapping[str, Any]
    outcome: Literal["done", "failed", "unknown"]
    attempts: int
    detail: str
    #: What the far side answered, where the act asked for something.
    content: bytes = b""


@dataclass(frozen=True)
class Planned:
    """An effect whose time has come; `attempts` were made before."""

    key: str
    payload: Mapping[str, Any]
    attempts: int


@dataclass(frozen=True)
class Attempt:
    """One act that is over. `outcome` is None when nobody knows whether it happened; `detail` says why."""

    key: str
    payload: Mapping[str, Any]
    attempts: int
    outcome: Outcome | None
    detail: str


@dataclass(frozen=True)
class Performer:
    """How one kind of effect is performed.

    `act(key, payload)` runs outside any transaction and must end by itself, however slow the far side. It returns an
    outcome when it knows one, and raises when it cannot know whether the far side acted.
    `resend_when_unknown` is right only where the far side drops a second one by its key.
    """

    act: Callable[[str, Mapping[str, Any]], Outcome]
    settle: Callable[[Transaction, Settled], None]
    resend_when_unknown: bool
    #: Seconds to wait before the second, third, … attempt; after the last it counts as failed.
    waits: tuple[float, ...] = (5, 30, 120, 600, 3600)
    #: Asked before effects are performed: those that must wait, until when, and those that are given up instead.
    admit: Callable[[Transaction, Sequence[Planned]], Mapping[str, datetime | GiveUp]] | None = None
    #: Told of every attempt, in the transaction that records it; `settle` is told of the last one only.
    observe: Callable[[Transaction, Attempt], None] | None = None
    #: How many acts of this kind one process has under way at most; the setting's number when None.
    side_by_side: int | None = None


@dataclass(frozen=True)
class Room:
    """Everything that one room reacts to."""

    name: str
    hears: Mapping[type[Event], Handler]
    preload: Preload | None = None
    #: Brings tables up to the company's files; runs once at each start of a process, before anything is heard.
    begin: Callable[[Transaction], None] | None = None
    due: Mapping[str, DueHandler] = field(default_factory=dict)
    due_preload: DuePreload | None = None
    #: Kinds of due work that take long: each item has a transaction of its own, and what is short goes before it.
    due_alone: frozenset[str] = frozenset()
    effects: Mapping[str, Performer] = field(default_factory=dict)
    #: Locks, in the order in which handlers do, what the outcomes of some effects will change. Given their payloads.
    settle_preload: SettlePreload | None = None
    #: Whether what is heard of an erased person is filed, with nothing left of them, instead of dropped.
    keeps_a_journal: bool = False
    #: Handler of what the gateway takes in: inquiries at the front desk, answers of owners at the router.
    intake: IntakeHandler | None = None
    intake_queue: str = QUEUE
    #: What an operator should know although the room works; told by /readyz.
    remarks: Callable[[], Sequence[str]] = tuple
