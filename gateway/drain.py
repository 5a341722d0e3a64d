"""Sends what the spool holds when the broker is back, oldest first."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

import structlog

from gateway.metrics import DRAINED, SPOOL_DAMAGED
from gateway.segment import Record, Scan
from gateway.spool import Segment, Spool
from gateway.spooled import message_of
from shared.messaging.publisher import OutgoingMessage, Result

log = structlog.get_logger()

CHUNK_MESSAGES = 200
CHUNK_BYTES = 4 << 20
#: Seconds for one chunk; a slow broker gets more time here than a waiting visitor would allow.
CHUNK_SECONDS = 10.0
WAITS = (0.25, 0.5, 1.0, 2.0, 5.0)
#: Seconds between two looks for files of processes that have died.
ADOPT_SECONDS = 5.0


class Publishes(Protocol):
    """What `shared.messaging.publisher.ConfirmedPublisher` does."""

    def publish(self, messages: Sequence[OutgoingMessage], timeout: float) -> list[Result]:
        """Sends all and tells what became of each. Never raises."""

    def close(self) -> None:
        """Drops the connection."""


class Drainer:
    """One thread with a connection of its own, so that a stuck publisher does not keep the spool from draining."""

    def __init__(self, spool: Spool, publisher: Publishes, on_success: Callable[[], None]) -> None:
        self._spool = spool
        self._publisher = publisher
        self._on_success = on_success
        self._stopped = threading.Event()
        self._filled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="spool-drainer", daemon=True)

    def start(self) -> None:
        """Begins draining."""
        self._thread.start()

    def stop(self) -> None:
        """Ends between two chunks; what is left stays on the disk."""
        self._stopped.set()
        self._filled.set()
        self._thread.join(timeout=CHUNK_SECONDS + 1)

    def wake(self) -> None:
        """Something was spooled."""
        self._filled.set()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                self._drain_all()
            except Exception as error:
                # A disk that cannot be read now may be read later; the thread must outlive it.
                log.exception("spool_drain_failed", error=type(error).__name__)
            self._filled.wait(ADOPT_SECONDS)
            self._filled.clear()
        self._publisher.close()

    def _drain_all(self) -> None:
        self._spool.adopt()
        while not self._stopped.is_set() and (segment := self._spool.oldest()) is not None:
            found = segment.read()
            _report_damage(segment, found)
            if not all(self._send(chunk) for chunk in chunks(found.records)):
                return
            self._spool.discard(segment, keep_damaged=found.damaged > found.torn)
            log.info("spool_drained", segment=segment.path.name, records=len(found.records))

    def _send(self, chunk: list[OutgoingMessage]) -> bool:
        """Sends until all are confirmed. False when told to stop before."""
        left, failures = chunk, 0
        while left and not self._stopped.is_set():
            results = self._publisher.publish(left, timeout=CHUNK_SECONDS)
            answered = zip(left, results, strict=True)
            unconfirmed = [message for message, result in answered if result is not Result.CONFIRMED]
            DRAINED.inc(len(left) - len(unconfirmed))
            if unconfirmed:
                log.info("spool_drain_waits", unconfirmed=len(unconfirmed), of=len(left), failures=failures)
                self._wait_after(results, failures)
                failures += 1
            else:
                self._on_success()
            left = unconfirmed
        return not left

    def _wait_after(self, results: list[Result], failures: int) -> None:
        if Result.RETURNED in results:
            # The queue is missing: a new connection declares it.
            self._publisher.close()
        self._stopped.wait(WAITS[min(failures, len(WAITS) - 1)])


def chunks(records: Sequence[Record]) -> Iterator[list[OutgoingMessage]]:
    """The messages of `records`, in portions that the broker takes at once."""
    chunk: list[OutgoingMessage] = []
    size = 0
    for record in records:
        if chunk and (len(chunk) == CHUNK_MESSAGES or size + len(record.body) > CHUNK_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(message_of(record))
        size += len(record.body)
    if chunk:
        yield chunk


def _report_damage(segment: Segment, found: Scan) -> None:
    if found.damaged:
        SPOOL_DAMAGED.inc(found.damaged)
        log.warning("spool_damaged", segment=segment.path.name, bytes=found.damaged, torn=found.torn)
