"""The gateway's connection to the broker, driven by the event loop that serves the requests.

No thread stands between a request and its confirm, and nobody waits for the confirms of others: what is handed over
in one turn of the loop goes out in one write.
"""

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gateway.frames import Answers, Confirm, LinkBroken, Returned, published
from shared.messaging.connection import drop, open_connection
from shared.messaging.publisher import OutgoingMessage, Result

_READ_BYTES = 1 << 16
#: The socket is not ready; the event loop tells when it is.
_LATER = (BlockingIOError, InterruptedError, ssl.SSLWantReadError, ssl.SSLWantWriteError)

Told = Callable[[Sequence[tuple[Any, Result]]], None]


class Sends(Protocol):
    """What a Link does. Used on one event loop."""

    def send(self, key: object, message: OutgoingMessage) -> None:
        """Has the message sent; what became of it is told under `key`."""

    def forget(self, key: object) -> None:
        """Nobody waits for it any more: it is not sent when that has not begun."""

    def close(self) -> None:
        """Drops the connection. What is on its way is told as unknown; the next message opens another."""

    @property
    def waits_since(self) -> float | None:
        """When (`time.monotonic`) the oldest message was handed over of which nothing was told yet."""


@dataclass(frozen=True)
class Opened:
    """A connection on which messages may be sent and are confirmed from 1 on."""

    socket: socket.socket
    channel: int
    frame_max: int
    #: Kept for as long as the socket is used.
    connection: Any = None


def open_for_publishing(uri: str, prepare: Callable[[Any], object]) -> Opened:
    """Connects, and has `prepare(channel)` declare what must exist. Raises OSError or an AMQP error."""
    connection = open_connection(uri)
    try:
        channel = connection.channel()
        prepare(channel)
        channel.confirm_select()
    except BaseException:
        drop(connection)
        raise
    return Opened(connection.transport.sock, channel.channel_id, connection.frame_max, connection)


@dataclass(eq=False)
class _Handed:
    """A message that was handed over."""

    key: object
    message_id: str
    since: float
    returned: bool = False


class Link:
    """Sends, and tells what became of each message, several at a time, by `told`."""

    def __init__(self, opened: Callable[[], Opened], told: Told) -> None:
        #: Blocks: it is called by another thread.
        self._open = opened
        self._told = told
        self._opened: Opened | None = None
        self._opening = False
        #: Handed over while there was no connection.
        self._waiting: dict[object, tuple[_Handed, OutgoingMessage]] = {}
        #: Sent, by the number that the broker confirms.
        self._sent: dict[int, _Handed] = {}
        self._tag = 0
        self._out: list[bytes] = []
        self._flushing = False
        self._answers = Answers()

    def send(self, key: object, message: OutgoingMessage) -> None:
        """Has the message sent; what became of it is told under `key`."""
        handed = _Handed(key, message.id, time.monotonic())
        if self._opened is None:
            self._waiting[key] = handed, message
            self._begin_opening()
        else:
            self._put(handed, message, self._opened)

    def forget(self, key: object) -> None:
        """Nobody waits for it any more: it is not sent when that has not begun."""
        self._waiting.pop(key, None)

    @property
    def waits_since(self) -> float | None:
        """When (`time.monotonic`) the oldest message was handed over of which nothing was told yet."""
        # Asked by other threads too, while the loop sends and reads.
        with contextlib.suppress(StopIteration, RuntimeError):
            return next(iter(self._sent.values())).since
        with contextlib.suppress(StopIteration, RuntimeError):
            return next(iter(self._waiting.values()))[0].since
        return None

    def close(self) -> None:
        """Drops the connection. What is on its way is told as unknown; the next message opens another."""
        opened, self._opened = self._opened, None
        lost = [*self._sent.values(), *(handed for handed, _ in self._waiting.values())]
        self._sent, self._waiting, self._out, self._flushing = {}, {}, [], False
        if opened is not None:
            loop, descriptor = asyncio.get_running_loop(), opened.socket.fileno()
            loop.remove_reader(descriptor)
            loop.remove_writer(descriptor)
            drop(opened.connection)
            opened.socket.close()
        if lost:
            self._told([(handed.key, Result.UNKNOWN) for handed in lost])

    # Opening

    def _begin_opening(self) -> None:
        if not self._opening:
            self._opening = True
            loop = asyncio.get_running_loop()
            loop.run_in_executor(None, self._open).add_done_callback(self._has_opened)

    def _has_opened(self, done: "asyncio.Future[Opened]") -> None:
        self._opening = False
        if done.cancelled() or done.exception() is not None:
            # Whatever the reason: no connection now.
            self.close()
            return
        opened = self._opened = done.result()
        opened.socket.setblocking(False)
        self._tag, self._answers = 0, Answers()
        asyncio.get_running_loop().add_reader(opened.socket.fileno(), self._read)
        waiting, self._waiting = self._waiting, {}
        for handed, message in waiting.values():
            self._put(handed, message, opened)

    # Writing

    def _put(self, handed: _Handed, message: OutgoingMessage, opened: Opened) -> None:
        try:
            data = published(message, opened.channel, opened.frame_max)
        except ValueError:
            self._told([(handed.key, Result.REFUSED)])
            return
        self._tag += 1
        self._sent[self._tag] = handed
        self._out.append(data)
        if not self._flushing:
            self._flushing = True
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        opened = self._opened
        if opened is None:
            return
        data, self._out = b"".join(self._out), []
        written = 0
        try:
            written = opened.socket.send(data)
        except _LATER:
            pass
        except OSError:
            self.close()
            return
        loop, descriptor = asyncio.get_running_loop(), opened.socket.fileno()
        if written < len(data):
            self._out.insert(0, data[written:])
            loop.add_writer(descriptor, self._flush)
        else:
            self._flushing = False
            loop.remove_writer(descriptor)

    # Reading

    def _read(self) -> None:
        opened = self._opened
        if opened is None:
            return
        told: list[tuple[object, Result]] = []
        try:
            for said in self._answers.read(_received(opened.socket)):
                told += self._settled(said)
        except (OSError, LinkBroken):
            if told:
                self._told(told)
            self.close()
            return
        if told:
            self._told(told)

    def _settled(self, said: Confirm | Returned) -> list[tuple[object, Result]]:
        if isinstance(said, Returned):
            for handed in self._sent.values():
                handed.returned = handed.returned or handed.message_id == said.message_id
            return []
        tags = [tag for tag in self._sent if tag <= said.tag] if said.several else [said.tag]
        result = Result.CONFIRMED if said.taken else Result.REFUSED
        settled = [self._sent.pop(tag) for tag in tags if tag in self._sent]
        return [(handed.key, Result.RETURNED if handed.returned else result) for handed in settled]


def _received(source: socket.socket) -> bytes:
    """What has come. Raises OSError when the other side has gone."""
    parts: list[bytes] = []
    with contextlib.suppress(*_LATER):
        while True:
            data = source.recv(_READ_BYTES)
            if not data:
                raise ConnectionResetError("the broker closed the connection")
            parts.append(data)
            # What a TLS socket has decrypted already makes no descriptor readable.
            if len(data) < _READ_BYTES and not (isinstance(source, ssl.SSLSocket) and source.pending()):
                break
    return b"".join(parts)
