"""Background loops that survive whatever happens in them, and say when they last got anywhere."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import eventlet
import eventlet.event
import structlog
from greenlet import GreenletExit

from shared.metrics import LOOP_FAILURES

log = structlog.get_logger()

#: Longest pause after repeated failures, in seconds.
LONGEST_PAUSE = 15.0


@dataclass
class Loop:
    """Calls `step` again and again. `step` returns True when more is waiting, so that no pause is due.

    A step that raises is logged, counted and tried again after a growing pause; `reset` (close a connection, …) runs
    first. A step longer than `watchdog_seconds` is broken off by an exception in its greenlet.
    """

    name: str
    step: Callable[[], bool]
    idle_seconds: float = 0.5
    reset: Callable[[], None] | None = None
    watchdog_seconds: float | None = None
    #: When a step last ended well, as time.monotonic().
    progress_at: float = field(default_factory=time.monotonic)
    _stopping: bool = False
    _wakeup: eventlet.event.Event = field(default_factory=eventlet.event.Event)
    _ended: eventlet.event.Event = field(default_factory=eventlet.event.Event)

    def run(self) -> None:
        """Runs until `stop`."""
        failures = 0
        try:
            while not self._stopping:
                try:
                    more = self._one_step()
                    failures = 0
                    self.progress_at = time.monotonic()
                except GreenletExit:
                    raise
                except BaseException as error:
                    failures += 1
                    self._failed(error)
                    self._pause(min(0.2 * 2 ** min(failures, 10), LONGEST_PAUSE), wakeable=False)
                    continue
                if not more:
                    self._pause(self.idle_seconds)
        finally:
            if self.reset is not None:
                self.reset()
            self._ended.send(None)

    def _one_step(self) -> bool:
        if self.watchdog_seconds is None:
            return self.step()
        # A Timeout without its own exception class is a BaseException that slips through `except Exception`.
        with eventlet.Timeout(self.watchdog_seconds, StepTooLong(self.name)):
            return self.step()

    def _failed(self, error: BaseException) -> None:
        LOOP_FAILURES.labels(loop=self.name).inc()
        log.warning("loop_failed", loop=self.name, error=type(error).__name__, detail=_safe(error))
        if self.reset is not None:
            self.reset()

    def _pause(self, seconds: float, wakeable: bool = True) -> None:
        if self._stopping:
            return
        if not wakeable:
            eventlet.sleep(seconds)
            return
        with eventlet.Timeout(seconds, False):
            self._wakeup.wait()
        if self._wakeup.ready():
            self._wakeup.reset()

    def wake(self) -> None:
        """Ends the pause: there is something to do."""
        if not self._wakeup.ready():
            self._wakeup.send(None)

    def stop(self, seconds: float) -> None:
        """Asks the loop to end after its present step and waits for it, `seconds` at most."""
        self._stopping = True
        self.wake()
        with eventlet.Timeout(seconds, False):
            self._ended.wait()


def in_own_greenlet(attempt: Callable[[], Any]) -> Any:
    """Runs `attempt` in a greenlet that ends with it, and returns or raises what it did."""
    result, error = eventlet.spawn(_outcome, attempt).wait()
    if error is not None:
        raise error
    return result


def _outcome(attempt: Callable[[], Any]) -> tuple[Any, BaseException | None]:
    # Caught inside: a SystemExit that leaves a greenlet ends the process.
    try:
        return attempt(), None
    except GreenletExit:
        raise
    except BaseException as error:
        return None, error


class StepTooLong(Exception):
    """A step of a loop was broken off by its watchdog."""


def _safe(error: BaseException) -> str:
    # Database errors carry the statement's parameters, which may be a person's data.
    original = getattr(error, "orig", None)
    return str(original if original is not None else error).splitlines()[0][:200] if str(error) else ""
