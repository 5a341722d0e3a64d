"""Senders with connections kept open, all in one thread of a process of their own, so that they cost little CPU."""

import re
import selectors
import socket
import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing import get_context

from tests.bench.inquiries import TURN, requests

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
#: A gateway that says nothing for so long is broken.
SILENCE_SECONDS = 30.0


@dataclass(frozen=True)
class Task:
    """What to send. Each connection sends its next request when it has the answer to the one before.

    `first` and `count` choose the persons. With `seconds` their requests are sent again and again until the time is
    over, without it each goes out once. With `rate` (requests per second) each has its moment, whatever the answers
    before it took, and its latency counts from that moment.
    """

    port: int
    keys: Sequence[str]
    connections: int
    first: int
    count: int
    seconds: float | None = None
    rate: float | None = None


@dataclass
class Sent:
    """What came of it. Latencies and `elapsed` in seconds; `cpu` are the senders' own CPU seconds."""

    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    elapsed: float = 0.0
    cpu: float = 0.0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.latencies) / self.elapsed

    def percentile(self, share: float) -> float:
        """Seconds within which `share` of the requests were answered."""
        return percentile(self.latencies, share)


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that `share` of them do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")


class Senders:
    """A process that sends. Made before the clock runs, since starting a Python costs CPU."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
        self._pool.submit(time.time).result()

    def prepare(self, task: Task) -> None:
        """Has the requests of `task` built, so that `send` begins at once."""
        self._pool.submit(_prepare, task).result()

    def send(self, task: Task) -> Sent:
        """Sends all of `task`. Raises RuntimeError when the gateway stops answering."""
        return self._pool.submit(_send, task).result()

    def close(self) -> None:
        """Ends the process."""
        self._pool.shutdown()


_prepared: dict[tuple[int, int], list[bytes]] = {}


def _prepare(task: Task) -> None:
    _prepared.clear()
    _prepared[task.first, task.count] = requests(task.first, task.count, task.keys)


def _send(task: Task) -> Sent:
    if (task.first, task.count) not in _prepared:
        _prepare(task)
    built = _prepared[task.first, task.count]
    began, cpu = time.perf_counter(), time.process_time()
    sent = _Line(task, cycle(built) if task.seconds else iter(built)).run(began)
    sent.elapsed, sent.cpu = time.perf_counter() - began, time.process_time() - cpu
    return sent


@dataclass(eq=False)
class _Connection:
    socket: socket.socket
    began: float = 0.0
    received: bytes = b""


class _Line:
    """The loop over all connections."""

    def __init__(self, task: Task, built: Iterator[bytes]) -> None:
        self._task = task
        self._built = built
        self._free: list[_Connection] = []
        self._moments: deque[float] = deque()
        self._busy = selectors.DefaultSelector()
        self._sent = Sent()
        # Later tasks begin with higher numbers: a second in microseconds is longer than its requests.
        self._turn = time.time_ns() // 1000

    def run(self, began: float) -> Sent:
        for _ in range(self._task.connections):
            self._open()
        if self._task.rate:
            self._moments.extend(began + place / self._task.rate for place in range(self._task.count))
        until = began + self._task.seconds if self._task.seconds else float("inf")
        going = True
        while going or len(self._free) < self._task.connections:
            now = time.perf_counter()
            going = going and now < until
            while going and self._free and self._is_due(now):
                going = self._start_one(now)
            if going or len(self._free) < self._task.connections:
                self._read(self._pause(now, going))
        for key in list(self._busy.get_map().values()):
            key.data.socket.close()
        return self._sent

    def _open(self) -> None:
        opened = socket.create_connection(("127.0.0.1", self._task.port), SILENCE_SECONDS)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(opened)
        self._busy.register(opened, selectors.EVENT_READ, connection)
        self._free.append(connection)

    def _is_due(self, now: float) -> bool:
        return not self._moments or self._moments[0] <= now

    def _start_one(self, now: float) -> bool:
        request = next(self._built, None)
        if request is None:
            return False
        connection = self._free.pop()
        connection.began = self._moments.popleft() if self._moments else now
        self._turn += 1
        connection.socket.sendall(request.replace(TURN, b"%016d" % self._turn, 1))
        return True

    def _pause(self, now: float, going: bool) -> float:
        if going and self._free and self._moments:
            return max(0.0, self._moments[0] - now)
        return SILENCE_SECONDS

    def _read(self, pause: float) -> None:
        ready = self._busy.select(pause)
        if not ready and pause >= SILENCE_SECONDS and len(self._free) < self._task.connections:
            raise RuntimeError("the gateway does not answer")
        for key, _ in ready:
            connection: _Connection = key.data
            got = connection.socket.recv(65536)
            if not got and connection in self._free:
                # Nobody needed it for some seconds, and the gateway does not keep such.
                self._busy.unregister(connection.socket)
                self._free.remove(connection)
                self._open()
                continue
            if not got:
                raise RuntimeError(f"the gateway closed a connection after {connection.received[:300]!r}")
            connection.received += got
            status = _status_of(connection.received)
            if status:
                self._sent.latencies.append(time.perf_counter() - connection.began)
                self._sent.statuses[status] += 1
                connection.received = b""
                self._free.append(connection)


def _status_of(received: bytes) -> int:
    """The status of a complete answer; 0 while it is not complete."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return 0
    length = _LENGTH.search(received, 0, end)
    if length is None or len(received) < end + 4 + int(length.group(1)):
        return 0
    return int(received[9:12])
