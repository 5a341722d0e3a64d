"""Hands intakes to the broker: one thread, many requests, one round trip for all that wait."""

import asyncio
import queue
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from shared.messaging.publisher import OutgoingMessage, Result

log = structlog.get_logger()

#: Messages sent before their confirms are awaited.
BATCH = 200
#: A broker that failed is asked again after this many seconds; until then everything goes to the spool at once.
REST_SECONDS = 1.0


class Publishes(Protocol):
    """What `shared.messaging.publisher.ConfirmedPublisher` does."""

    def publish(self, messages: Sequence[OutgoingMessage], timeout: float) -> list[Result]:
        """Sends all and tells what became of each. Never raises."""

    def close(self) -> None:
        """Drops the connection."""


@dataclass(eq=False)
class _Pending:
    message: OutgoingMessage
    confirmed: bool = False
    abandoned: bool = False


@dataclass(eq=False)
class _Waiting(_Pending):
    """A thread waits for it."""

    settled: threading.Event = field(default_factory=threading.Event)


@dataclass(eq=False)
class _Awaited(_Pending):
    """An event loop waits for it."""

    future: asyncio.Future[None] = field(kw_only=True)


class IntakePublisher:
    """Publishes for request threads, which wait for their confirm with a deadline."""

    def __init__(self, publisher: Publishes, deadline: float) -> None:
        self._publisher = publisher
        #: Seconds that a request may wait for its confirm.
        self._deadline = deadline
        self._queue: queue.SimpleQueue[_Pending | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="intake-publisher", daemon=True)
        self._busy_since: float | None = None
        self._resting_until = 0.0

    def start(self) -> None:
        """Begins publishing."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after what is queued by now."""
        self._queue.put(None)
        self._thread.join(timeout=2 * self._deadline + 1)

    def publish(self, message: OutgoingMessage) -> bool:
        """Whether the broker confirmed `message` before the deadline. If not, it may or may not have arrived."""
        if not self.ready:
            return False
        pending = _Waiting(message)
        self._queue.put(pending)
        if not pending.settled.wait(self._deadline):
            pending.abandoned = True
        return pending.confirmed

    async def publish_awaited(self, message: OutgoingMessage) -> bool:
        """`publish` for an event loop: nobody's thread waits."""
        if not self.ready:
            return False
        loop = asyncio.get_running_loop()
        pending = _Awaited(message, future=loop.create_future())
        self._queue.put(pending)
        deadline = loop.call_later(self._deadline, _give_up, pending)
        await pending.future
        deadline.cancel()
        return pending.confirmed

    @property
    def ready(self) -> bool:
        """Whether waiting for the broker makes sense: it did not fail just now, and the thread is not stuck in it."""
        now = time.monotonic()
        busy_since = self._busy_since
        stuck = busy_since is not None and now - busy_since > self._deadline
        return self.alive and not stuck and now >= self._resting_until

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def wake(self) -> None:
        """The broker was seen working: no need to rest any longer."""
        self._resting_until = 0.0

    def _run(self) -> None:
        going = True
        while going:
            first = self._queue.get()
            going = first is not None
            if first is not None:
                self._publish_batch(self._gather(first))
        self._publisher.close()

    def _gather(self, first: _Pending) -> list[_Pending]:
        gathered = [first]
        while len(gathered) < BATCH:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                self._queue.put(None)
                break
            gathered.append(following)
        return gathered

    def _publish_batch(self, gathered: list[_Pending]) -> None:
        # A request that has given up has its intake in the spool already.
        batch = [pending for pending in gathered if not pending.abandoned]
        if not batch:
            return
        self._busy_since = time.monotonic()
        results = self._publisher.publish([pending.message for pending in batch], timeout=2 * self._deadline)
        self._busy_since = None
        confirmed = 0
        for pending, result in zip(batch, results, strict=True):
            pending.confirmed = result is Result.CONFIRMED
            confirmed += pending.confirmed
        _tell(batch)
        if confirmed < len(batch):
            self._rest(results)

    def _rest(self, results: list[Result]) -> None:
        self._resting_until = time.monotonic() + REST_SECONDS
        if Result.RETURNED in results:
            # The queue is missing: a new connection declares it.
            self._publisher.close()
        failures = {result.value: results.count(result) for result in set(results) - {Result.CONFIRMED}}
        log.warning("broker_away", **failures)


def _tell(batch: Sequence[_Pending]) -> None:
    """Wakes everybody who waits for one of the batch: each thread by itself, an event loop once for all."""
    awaited: list[asyncio.Future[None]] = []
    for pending in batch:
        if isinstance(pending, _Awaited):
            awaited.append(pending.future)
        elif isinstance(pending, _Waiting):
            pending.settled.set()
    if awaited:
        try:
            awaited[0].get_loop().call_soon_threadsafe(_wake, awaited)
        except RuntimeError:
            # The server has stopped in between; whoever waited is gone.
            log.warning("nobody_waits", messages=len(awaited))


def _wake(awaited: Sequence[asyncio.Future[None]]) -> None:
    for future in awaited:
        if not future.done():
            future.set_result(None)


def _give_up(pending: _Awaited) -> None:
    if not pending.future.done():
        pending.abandoned = True
        pending.future.set_result(None)
