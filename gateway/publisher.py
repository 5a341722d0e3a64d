"""Hands intakes to the broker for requests that wait for the confirm: with a deadline, not again after a failure."""

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.link import Sends, Told
from shared.messaging.publisher import OutgoingMessage, Result

log = structlog.get_logger()

#: A broker that failed is asked again after this many seconds; until then everything goes to the spool at once.
REST_SECONDS = 1.0
START_SECONDS = 10.0


@dataclass(eq=False)
class _Pending:
    """A request waits for the confirm: on the event loop, or a thread of its own."""

    future: asyncio.Future[None] | None = None
    settled: threading.Event | None = None
    confirmed: bool = False

    def settle(self, confirmed: bool) -> None:
        self.confirmed = confirmed
        if self.future is not None and not self.future.done():
            self.future.set_result(None)
        if self.settled is not None:
            self.settled.set()


@dataclass
class _Loop:
    """An event loop in a thread of its own, where none runs that could be used."""

    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self.loop.run_forever, name="intake-publisher", daemon=True)
        self.thread.start()

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(START_SECONDS)
        self.loop.close()


class IntakePublisher:
    """Publishes for requests on the server's event loop and in threads. Each waits for its own confirm."""

    def __init__(self, link: Callable[[Told], Sends], deadline: float) -> None:
        self._link = link(self._tell)
        #: Seconds that a request may wait for its confirm.
        self._deadline = deadline
        self._loop: asyncio.AbstractEventLoop | None = None
        self._own: _Loop | None = None
        self._resting_until = 0.0

    def start(self) -> None:
        """Begins, on the event loop that runs here, else on one of its own."""
        try:
            self._loop = asyncio.get_running_loop()
        except RuntimeError:
            self._own = _Loop()
            self._loop = self._own.loop

    def stop(self) -> None:
        """Ends when what was handed over is settled. On the event loop itself it ends at once."""
        loop, self._loop = self._loop, None
        if loop is None or loop.is_closed():
            return
        if _runs_here(loop):
            self._link.close()
            return
        ended = asyncio.run_coroutine_threadsafe(self._end(), loop)
        try:
            ended.result(2 * self._deadline + 1)
        except TimeoutError:
            log.warning("publisher_not_ended")
        if self._own is not None:
            self._own.end()

    async def _end(self) -> None:
        until = time.monotonic() + 2 * self._deadline
        while self._link.waits_since is not None and time.monotonic() < until:
            await asyncio.sleep(0.01)
        self._link.close()

    def publish(self, message: OutgoingMessage) -> bool:
        """Whether the broker confirmed `message` before the deadline. If not, it may or may not have arrived."""
        loop = self._loop
        if loop is None or not self.ready:
            return False
        pending = _Pending(settled=threading.Event())
        assert pending.settled is not None
        loop.call_soon_threadsafe(self._link.send, pending, message)
        if not pending.settled.wait(self._deadline):
            self._give_up_soon(loop, pending)
        return pending.confirmed

    async def publish_awaited(self, message: OutgoingMessage) -> bool:
        """`publish` for an event loop: nobody's thread waits."""
        loop = self._loop
        if loop is None or not self.ready:
            return False
        if not _runs_here(loop):
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._sent(message, loop), loop))
        return await self._sent(message, loop)

    async def _sent(self, message: OutgoingMessage, loop: asyncio.AbstractEventLoop) -> bool:
        pending = _Pending(future=loop.create_future())
        assert pending.future is not None
        self._link.send(pending, message)
        deadline = loop.call_later(self._deadline, self._give_up, pending)
        await pending.future
        deadline.cancel()
        return pending.confirmed

    def _give_up_soon(self, loop: asyncio.AbstractEventLoop, pending: _Pending) -> None:
        try:
            loop.call_soon_threadsafe(self._give_up, pending)
        except RuntimeError:
            # The server has stopped in between.
            log.warning("nobody_waits")

    def _give_up(self, pending: _Pending) -> None:
        """Its intake goes to the spool: it must not be sent from here later."""
        self._link.forget(pending)
        pending.settle(False)
        asyncio.get_running_loop().call_later(self._deadline, self._drop_if_stuck)

    def _drop_if_stuck(self) -> None:
        waits_since = self._link.waits_since
        if waits_since is not None and time.monotonic() - waits_since > 1.5 * self._deadline:
            # Nothing was heard for so long: the next who tries shall have a new connection.
            self._link.close()

    @property
    def ready(self) -> bool:
        """Whether waiting for the broker makes sense: it did not fail just now, and answers."""
        now = time.monotonic()
        return self.alive and now >= self._resting_until and not self._stuck(now)

    def _stuck(self, now: float) -> bool:
        waits_since = self._link.waits_since
        return waits_since is not None and now - waits_since > self._deadline

    @property
    def alive(self) -> bool:
        return self._loop is not None

    def wake(self) -> None:
        """The broker was seen working: no need to rest any longer."""
        self._resting_until = 0.0

    def _tell(self, told: Sequence[tuple[Any, Result]]) -> None:
        failures = Counter(result.value for _, result in told if result is not Result.CONFIRMED)
        if failures:
            self._resting_until = time.monotonic() + REST_SECONDS
            log.warning("broker_away", **failures)
        if Result.RETURNED.value in failures:
            # The queue is missing: a new connection declares it.
            self._link.close()
        for pending, result in told:
            pending.settle(result is Result.CONFIRMED)


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
