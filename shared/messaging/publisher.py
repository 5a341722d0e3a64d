"""Publishing with pipelined confirms and a deadline, for the outbox relay and for the gateway."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import amqp

from shared.messaging.connection import drop, open_connection


@dataclass(frozen=True)
class OutgoingMessage:
    """One persistent message. It must reach a queue: one that reaches none comes back as RETURNED."""

    id: str
    exchange: str
    routing_key: str
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


class Result(Enum):
    """What the broker said of one message."""

    CONFIRMED = "confirmed"
    RETURNED = "returned"
    REFUSED = "refused"
    #: No answer before the deadline, or the connection broke: it may or may not have arrived.
    UNKNOWN = "unknown"


class ConfirmedPublisher:
    """Publishes batches on a connection of its own, which it opens when needed and drops at the first doubt.

    Not for use by two threads at once. `prepare(channel)` declares what must exist before the first message.
    """

    def __init__(self, uri: str, prepare: Callable[[Any], object] | None = None) -> None:
        self._uri = uri
        self._prepare = prepare
        self._connection: Any = None
        self._channel: Any = None
        self._tag = 0
        self._waiting: dict[int, int] = {}
        self._index_of: dict[str, int] = {}
        self._results: list[Result] = []

    def publish(self, messages: Sequence[OutgoingMessage], timeout: float) -> list[Result]:
        """Sends all, waits for all confirms, and answers for each within about `timeout` seconds. Never raises."""
        deadline = time.monotonic() + timeout
        self._results = [Result.UNKNOWN] * len(messages)
        self._waiting = {}
        self._index_of = {message.id: index for index, message in enumerate(messages)}
        try:
            self._open()
            for index, message in enumerate(messages):
                self._send(index, message)
            while self._waiting:
                self._connection.drain_events(timeout=max(deadline - time.monotonic(), 0.001))
        except Exception:
            # Every failure means the same here: what is not confirmed by now is unknown, and the connection is suspect.
            self.close()
        except BaseException:
            self.close()
            raise
        return self._results

    def close(self) -> None:
        """Drops the connection; the next batch opens another."""
        drop(self._connection)
        self._connection = self._channel = None

    def _open(self) -> None:
        if self._connection is not None and self._connection.connected:
            return
        self._connection = open_connection(self._uri)
        self._channel = self._connection.channel()
        if self._prepare is not None:
            self._prepare(self._channel)
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._acked)
        self._channel.events["basic_nack"].add(self._nacked)
        self._channel.events["basic_return"].add(self._returned)
        self._tag = 0

    def _send(self, index: int, message: OutgoingMessage) -> None:
        self._tag += 1
        self._waiting[self._tag] = index
        self._channel.basic_publish(
            amqp.Message(
                message.body,
                message_id=message.id,
                content_type=message.content_type,
                delivery_mode=2,
                application_headers=message.headers,
            ),
            exchange=message.exchange,
            routing_key=message.routing_key,
            mandatory=True,
        )

    def _acked(self, tag: int, multiple: bool) -> None:
        for index in self._settled(tag, multiple):
            if self._results[index] is Result.UNKNOWN:
                self._results[index] = Result.CONFIRMED

    def _nacked(self, tag: int, multiple: bool) -> None:
        for index in self._settled(tag, multiple):
            self._results[index] = Result.REFUSED

    def _returned(self, _error: Exception, _exchange: str, _routing_key: str, message: Any) -> None:
        # The broker sends the return before the confirm of the same message.
        index = self._index_of.get(message.properties.get("message_id"))
        if index is not None:
            self._results[index] = Result.RETURNED

    def _settled(self, tag: int, multiple: bool) -> list[int]:
        tags = [open_tag for open_tag in self._waiting if open_tag <= tag] if multiple else [tag]
        return [self._waiting.pop(open_tag) for open_tag in tags if open_tag in self._waiting]
