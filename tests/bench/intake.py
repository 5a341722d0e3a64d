"""How many inquiries a second the gateway takes, and how long each sender waits for its receipt."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from deploy.stack import Stack
from shared.contracts.intake import QUEUE
from shared.messaging.connection import drop, open_connection
from tests.bench.load import Senders, Sent, Task
from tests.bench.machine import Others, cpu_seconds
from tests.bench.stalling import stalling

#: Different persons; the gateway does not look at who they are.
PERSONS = 1000
CONNECTIONS = (1, 8, 64)
#: Clients that stall their bodies meanwhile, in one more measurement with the most connections.
STALLED = 100


@dataclass
class Intake:
    """One measurement. CPU in seconds, by part; the senders' own CPU is in `sent`."""

    connections: int
    rooms: str
    sent: Sent
    cpu: Counter[str]
    others_cores: float
    #: Clients that stalled their bodies meanwhile.
    stalled: int = 0

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of gateway and broker per request."""
        counted = self.cpu.total() if self.rooms == "stopped" else self.cpu["gateway"]
        return counted / len(self.sent.latencies) * 1000


def alone(stack: Stack, senders: Senders, keys: list[str], seconds: float, told: Callable[[str], None]) -> list[Intake]:
    """Measures gateway and broker with the rooms stopped: the queue takes everything. It is empty afterwards."""
    if stack.rooms:
        told("stopping the rooms")
        stack.supervisor.stop(*stack.rooms)
    try:
        found = []
        for connections in CONNECTIONS:
            told(f"{connections} connections, rooms stopped, {seconds:.0f} s")
            found.append(_measure(stack, senders, keys, connections, seconds, "stopped"))
            _purge(stack.amqp_uri)
        told(f"{CONNECTIONS[-1]} connections while {STALLED} stall their bodies, {seconds:.0f} s")
        with stalling(stack.instance.port("gateway"), STALLED):
            found.append(_measure(stack, senders, keys, CONNECTIONS[-1], seconds, "stopped"))
        found[-1].stalled = STALLED
        _purge(stack.amqp_uri)
        return found
    finally:
        if stack.rooms:
            told("starting the rooms")
            for room in stack.rooms:
                stack.supervisor.start(room)
            stack.wait_ready(*stack.rooms)


def while_rooms_work(
    stack: Stack, senders: Senders, keys: list[str], seconds: float, told: Callable[[str], None]
) -> Intake:
    """Measures the gateway while the rooms work on what it takes in. They have not finished afterwards."""
    told(f"8 connections, rooms at work, {seconds:.0f} s")
    return _measure(stack, senders, keys, 8, seconds, "at work")


def _measure(stack: Stack, senders: Senders, keys: list[str], connections: int, seconds: float, rooms: str) -> Intake:
    port = stack.instance.port("gateway")
    first = 9_000_000 + connections * PERSONS
    senders.send(Task(port, keys, connections, first, PERSONS, seconds=1.0))
    roots, others = stack.processes, Others()
    before = cpu_seconds(roots)
    sent = senders.send(Task(port, keys, connections, first, PERSONS, seconds=seconds))
    spent = cpu_seconds(roots) - before
    return Intake(connections, rooms, sent, spent, others.cores(sent.elapsed, spent.total() + sent.cpu))


def _purge(uri: str) -> None:
    connection = open_connection(uri)
    connection.channel().queue_purge(QUEUE)
    drop(connection)
