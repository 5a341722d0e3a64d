"""The few frames of AMQP 0-9-1 that publishing with confirms is made of.

A message becomes one piece of bytes, and one read may bring the confirms of many: py-amqp takes four system calls
for each message and each answer, most of what taking an inquiry in would cost.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct

import amqp

from shared.messaging.publisher import OutgoingMessage

_METHOD, _HEADER, _BODY, _HEARTBEAT = 1, 2, 3, 8
_END = b"\xce"
_BASIC = 60
_PUBLISH, _RETURN, _ACK, _NACK = (_BASIC, 40), (_BASIC, 50), (_BASIC, 80), (_BASIC, 120)
#: Type, channel and size before the payload; one byte behind it.
_HEAD = Struct(">BHI")
_OVERHEAD = _HEAD.size + len(_END)
_NAME = Struct(">HH")
_CONTENT = Struct(">HHQH")
_LENGTH = Struct(">I")
_TAG = Struct(">Q")
#: content_type, headers, delivery_mode and message_id, in this order.
_PROPERTIES = 1 << 15 | 1 << 13 | 1 << 12 | 1 << 7
_PERSISTENT = b"\x02"
_MANDATORY = b"\x01"


class LinkBroken(Exception):
    """The broker said something that ends the connection."""


@dataclass(frozen=True)
class Confirm:
    """The broker has the message of this number, or, with `several`, all up to it; or it refuses to."""

    tag: int
    several: bool
    taken: bool


@dataclass(frozen=True)
class Returned:
    """No queue takes the message. Its confirm follows."""

    message_id: str


def published(message: OutgoingMessage, channel: int, frame_max: int) -> bytes:
    """The bytes that publish a message. Raises ValueError when its description does not fit into one frame."""
    room = frame_max - _OVERHEAD
    header = _header(message)
    if len(header) > room:
        raise ValueError(f"the description of message {message.id} has {len(header)} bytes")
    parts = [_publish(message.exchange, message.routing_key, channel), _frame(_HEADER, channel, header)]
    parts += [_frame(_BODY, channel, message.body[start : start + room]) for start in range(0, len(message.body), room)]
    return b"".join(parts)


@lru_cache(maxsize=16)
def _publish(exchange: str, routing_key: str, channel: int) -> bytes:
    arguments = b"\x00\x00" + _short(exchange) + _short(routing_key) + _MANDATORY
    return _frame(_METHOD, channel, _NAME.pack(*_PUBLISH) + arguments)


def _header(message: OutgoingMessage) -> bytes:
    table = b"".join(_short(name) + b"S" + _long(value.encode()) for name, value in message.headers.items())
    return b"".join(
        (
            _CONTENT.pack(_BASIC, 0, len(message.body), _PROPERTIES),
            _short(message.content_type),
            _long(table),
            _PERSISTENT,
            _short(message.id),
        )
    )


def _frame(kind: int, channel: int, payload: bytes) -> bytes:
    return _HEAD.pack(kind, channel, len(payload)) + payload + _END


def _short(text: str) -> bytes:
    data = text.encode()
    return bytes((len(data),)) + data


def _long(data: bytes) -> bytes:
    return _LENGTH.pack(len(data)) + data


class Answers:
    """What the broker says on one connection."""

    def __init__(self) -> None:
        self._left = b""
        self._returning = False

    def read(self, data: bytes) -> Iterator[Confirm | Returned]:
        """What these further bytes complete. Raises LinkBroken when the broker ends the connection."""
        data, at = self._left + data, 0
        while len(data) - at >= _HEAD.size:
            kind, _, size = _HEAD.unpack_from(data, at)
            start, stop = at + _HEAD.size, at + _HEAD.size + size
            if len(data) <= stop:
                break
            if data[stop : stop + 1] != _END:
                raise LinkBroken("a frame has no end")
            yield from self._said(kind, data[start:stop])
            at = stop + 1
        self._left = data[at:]

    def _said(self, kind: int, payload: bytes) -> Iterator[Confirm | Returned]:
        if kind == _METHOD:
            name = _NAME.unpack_from(payload)
            if name in (_ACK, _NACK):
                (tag,) = _TAG.unpack_from(payload, _NAME.size)
                yield Confirm(tag, bool(payload[_NAME.size + _TAG.size] & 1), name == _ACK)
            elif name == _RETURN:
                self._returning = True
            else:
                raise LinkBroken(f"method {name}")
        elif kind == _HEADER and self._returning:
            self._returning = False
            content = amqp.Message()
            content.inbound_header(payload)
            yield Returned(str(content.properties.get("message_id")))
        elif kind not in (_BODY, _HEARTBEAT):
            raise LinkBroken(f"frame of kind {kind}")
