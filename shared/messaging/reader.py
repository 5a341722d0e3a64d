"""Reading one queue in batches, on a connection of its own."""

import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import amqp

from shared.messaging.connection import drop, open_connection

#: Type of the message that a reader sends to its own queue: having read it proves that consuming works.
CANARY = "leadbus-canary"


@dataclass(frozen=True)
class Received:
    """One message as the broker handed it over."""

    queue: str
    message_id: str
    body: bytes
    headers: dict[str, Any]
    content_type: str
    #: How often the broker had handed it out before (quorum queues count).
    deliveries: int
    tag: int


class QueueReader:
    """Consumes one queue with a bounded number of unacknowledged messages."""

    def __init__(
        self, uri: str, declare: Callable[[Any], str], *, batch: int, wait_seconds: float, heartbeat: int = 60
    ) -> None:
        self._uri = uri
        self._declare = declare
        self._batch = batch
        self._wait = wait_seconds
        self._heartbeat = heartbeat
        self._connection: Any = None
        self._channel: Any = None
        self._arrived: deque[Received] = deque()
        self.queue = ""
        #: When a canary was last read, as time.monotonic().
        self.canary_at = time.monotonic()
        self._canary_sent_at = float("-inf")

    def open(self) -> None:
        """Connects, declares and begins to consume. Raises OSError or an AMQP error."""
        self._arrived.clear()
        self._connection = open_connection(self._uri, self._heartbeat)
        self._channel = self._connection.channel()
        self._channel.auto_decode = False
        self.queue = self._declare(self._channel)
        # Twice the batch: the next one arrives while this one is worked on.
        self._channel.basic_qos(0, self._batch * 2, False)
        self._channel.basic_consume(self.queue, callback=self._on_message)

    def next_batch(self, idle_seconds: float = 0.5) -> list[Received]:
        """Up to a batch of messages: waits `idle_seconds` for the first, then shortly for more. May be empty."""
        if not self._arrived:
            self._drain(idle_seconds)
        until = time.monotonic() + self._wait
        while 0 < len(self._arrived) < self._batch and (left := until - time.monotonic()) > 0:
            self._drain(left)
        return [self._arrived.popleft() for _ in range(min(self._batch, len(self._arrived)))]

    def acknowledge(self, last: Received) -> None:
        """Acknowledges `last` and everything handed out before it."""
        self._channel.basic_ack(last.tag, multiple=True)

    def keep_alive(self) -> None:
        """Sends heartbeats; to be called at least every few seconds, also while handling waits."""
        self._connection.heartbeat_tick()

    def send_canary(self, every_seconds: float = 15.0) -> None:
        """Sends a message to the own queue from time to time."""
        if time.monotonic() - self._canary_sent_at > every_seconds:
            self._canary_sent_at = time.monotonic()
            self._channel.basic_publish(amqp.Message(b"", type=CANARY, expiration="60000"), "", self.queue)

    def close(self) -> None:
        """Stops consuming; the broker hands unacknowledged messages to others."""
        drop(self._connection)
        self._connection = self._channel = None
        self._arrived.clear()

    def _drain(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            self._connection.drain_events(timeout=seconds)

    def _on_message(self, message: Any) -> None:
        if message.properties.get("type") == CANARY:
            self.canary_at = time.monotonic()
            message.channel.basic_ack(message.delivery_tag)
            return
        headers = message.properties.get("application_headers") or {}
        body = message.body
        self._arrived.append(
            Received(
                queue=self.queue,
                message_id=str(message.properties.get("message_id") or ""),
                body=body if isinstance(body, bytes) else str(body).encode(),
                headers=headers,
                content_type=str(message.properties.get("content_type") or ""),
                deliveries=int(headers.get("x-delivery-count", 0) or 0),
                tag=message.delivery_tag,
            )
        )
