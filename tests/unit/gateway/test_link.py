"""The connection to the broker: what goes over it, and what is told of it. The broker's side is played by the test."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from struct import pack, unpack
from typing import Any

import amqp
import pytest

from gateway.frames import Answers, Confirm, LinkBroken, Returned, published
from gateway.link import Link, Opened
from shared.messaging.publisher import OutgoingMessage, Result

CHANNEL = 1
FRAME_MAX = 4096
HEADERS = {"leadbus-intake": '{"source": "Müller"}'}


def message(number: int, body: bytes = b"body") -> OutgoingMessage:
    return OutgoingMessage(f"id-{number}", "", "capture.intake", body, "text/plain", HEADERS)


def method(class_id: int, method_id: int, arguments: bytes) -> bytes:
    payload = pack(">HH", class_id, method_id) + arguments
    return pack(">BHI", 1, CHANNEL, len(payload)) + payload + b"\xce"


def ack(tag: int, several: bool = False) -> bytes:
    return method(60, 80, pack(">QB", tag, several))


def nack(tag: int) -> bytes:
    return method(60, 120, pack(">QB", tag, False))


class Broker:
    """The other end of a connection."""

    def __init__(self) -> None:
        self.near: list[socket.socket] = []
        self.far: list[socket.socket] = []
        self.refuses = False

    def open(self) -> Opened:
        if self.refuses:
            raise ConnectionRefusedError
        near, far = socket.socketpair()
        far.setblocking(False)
        self.near.append(near)
        self.far.append(far)
        return Opened(near, CHANNEL, FRAME_MAX)

    async def read(self, messages: int) -> list[bytes]:
        """The bodies of so many messages, waiting for them."""
        loop, data = asyncio.get_running_loop(), b""
        while not self.far:
            await asyncio.sleep(0.005)
        while len(found := bodies(data)) < messages:
            data += await asyncio.wait_for(loop.sock_recv(self.far[-1], 1 << 20), 5)
        return found

    async def say(self, *frames: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.far[-1], b"".join(frames))


def bodies(data: bytes) -> list[bytes]:
    """The bodies of the whole messages in these bytes, read as the specification says."""
    found: list[bytes] = []
    at, missing = 0, 0
    while at < len(data):
        kind, channel, size = unpack(">BHI", data[at : at + 7])
        payload, end = data[at + 7 : at + 7 + size], data[at + 7 + size : at + 8 + size]
        if len(end) == 0:
            break
        assert (channel, end) == (CHANNEL, b"\xce")
        if kind == 2:
            content = amqp.Message()
            content.inbound_header(payload)
            assert content.properties["delivery_mode"] == 2
            assert content.properties["application_headers"] == HEADERS
            assert content.properties["content_type"] == "text/plain"
            missing = content.body_size
            found.append(b"")
        elif kind == 3:
            found[-1] += payload
            missing -= size
        at += 8 + size
    return found[:-1] if missing else found


class Told(list[tuple[Any, Result]]):
    """What the link told, and a way to wait for it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __call__(self, told: Any) -> None:
        self.calls += 1
        self.extend(told)

    async def wait(self, count: int) -> None:
        for _ in range(500):
            if len(self) >= count:
                return
            await asyncio.sleep(0.01)
        raise AssertionError(f"{len(self)} of {count} were told")


Scenario = Callable[[Link, Broker, Told], Coroutine[Any, Any, None]]


def play(scenario: Scenario) -> None:
    async def played() -> None:
        broker, told = Broker(), Told()
        link = Link(broker.open, told)
        try:
            await asyncio.wait_for(scenario(link, broker, told), 20)
        finally:
            link.close()
            for end in broker.far:
                end.close()

    asyncio.run(played())


def test_messages_arrive_as_they_are_and_confirms_are_told_together() -> None:
    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        sent = [b"", b"\x00\xce\xff", b"x" * (3 * FRAME_MAX), b"last"]
        for number, body in enumerate(sent, 1):
            link.send(number, message(number, body))
        assert await broker.read(4) == sent
        assert told == []
        await broker.say(ack(2), ack(4, several=True))
        await told.wait(4)

        assert sorted(told) == [(number, Result.CONFIRMED) for number in (1, 2, 3, 4)]
        assert told.calls == 1
        assert link.waits_since is None

    play(scenario)


def test_nobody_waits_for_the_confirms_of_others() -> None:
    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        link.send("first", message(1))
        await broker.read(1)
        link.send("second", message(2))
        assert await broker.read(1) == [b"body"], "it waits for the first one's confirm"
        await broker.say(ack(2))
        await told.wait(1)

        assert told == [("second", Result.CONFIRMED)]
        assert link.waits_since is not None

    play(scenario)


def test_refused_and_returned_are_told_as_such() -> None:
    content = amqp.Message(b"", message_id="id-2")._serialize_properties()  # type: ignore[no-untyped-call]
    header = pack(">HHQ", 60, 0, 4) + content
    returned = method(60, 50, pack(">H", 312) + b"\x08NO_ROUTE\x00\x0ecapture.intake")
    returned += pack(">BHI", 2, CHANNEL, len(header)) + header + b"\xce"
    returned += pack(">BHI", 3, CHANNEL, 4) + b"body\xce"

    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        for number in (1, 2, 3):
            link.send(number, message(number))
        await broker.read(3)
        await broker.say(nack(1), returned, ack(3, several=True))
        await told.wait(3)

        assert sorted(told) == [(1, Result.REFUSED), (2, Result.RETURNED), (3, Result.CONFIRMED)]

    play(scenario)


@pytest.mark.parametrize("last_words", [b"", method(10, 50, b"\x00" * 7), b"\x01\x00\x01\x00\x00\x00\x01xx"])
def test_a_lost_connection_is_unknown_for_all_and_the_next_message_opens_another(last_words: bytes) -> None:
    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        link.send(1, message(1))
        link.send(2, message(2))
        await broker.read(2)
        await broker.say(ack(1), last_words)
        broker.far[-1].shutdown(socket.SHUT_WR)
        await told.wait(2)
        assert told == [(1, Result.CONFIRMED), (2, Result.UNKNOWN)]

        link.send(3, message(3))
        while len(broker.far) < 2:
            await asyncio.sleep(0.01)
        await broker.read(1)
        await broker.say(ack(1))
        await told.wait(3)
        assert told[2] == (3, Result.CONFIRMED)

    play(scenario)


def test_no_connection_is_unknown_too() -> None:
    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        broker.refuses = True
        link.send(1, message(1))
        await told.wait(1)
        assert told == [(1, Result.UNKNOWN)]

    play(scenario)


def test_who_gave_up_before_the_connection_was_there_is_not_sent() -> None:
    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        link.send(1, message(1, b"first"))
        link.send(2, message(2, b"second"))
        link.forget(1)
        assert await broker.read(1) == [b"second"]

    play(scenario)


def test_a_broker_that_takes_nothing_blocks_nobody_and_loses_nothing() -> None:
    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        large = [bytes([number]) * 400_000 for number in range(10)]
        for number, body in enumerate(large):
            link.send(number, message(number, body))
            await asyncio.sleep(0)
        link.send("small", message(99, b"small"))

        assert await broker.read(11) == [*large, b"small"], "far more than the socket takes at once"

    play(scenario)


def test_a_description_that_fits_no_frame_is_refused_without_harm_to_others() -> None:
    async def scenario(link: Link, broker: Broker, told: Told) -> None:
        link.send("good", message(1))
        huge = OutgoingMessage("id", "", "capture.intake", b"x", headers={"x": "y" * FRAME_MAX})
        link.send("bad", huge)
        await broker.read(1)
        await broker.say(ack(1))
        await told.wait(2)

        assert told == [("bad", Result.REFUSED), ("good", Result.CONFIRMED)] or told == [
            ("good", Result.CONFIRMED),
            ("bad", Result.REFUSED),
        ]

    play(scenario)


def test_answers_are_read_however_they_are_cut() -> None:
    heartbeat = b"\x08\x00\x00\x00\x00\x00\x00\xce"
    data = ack(1) + heartbeat + nack(2) + ack(9, several=True)
    answers = Answers()
    found: list[Confirm | Returned] = []
    for place in range(len(data)):
        found += answers.read(data[place : place + 1])

    assert found == [Confirm(1, False, True), Confirm(2, False, False), Confirm(9, True, True)]
    with pytest.raises(LinkBroken):
        list(Answers().read(b"\x07\x00\x00\x00\x00\x00\x00\xce"))


def test_the_bytes_are_those_of_py_amqp() -> None:
    """For one frame of each kind, as the library that the rooms use would write it."""
    data = published(message(1), CHANNEL, FRAME_MAX)
    library = amqp.Message(
        b"body", message_id="id-1", content_type="text/plain", delivery_mode=2, application_headers=dict(HEADERS)
    )
    properties = library._serialize_properties()  # type: ignore[no-untyped-call]

    assert data.startswith(method(60, 40, b"\x00\x00\x00\x0ecapture.intake\x01"))
    assert pack(">HHQ", 60, 0, 4) + properties in data
    assert data.endswith(b"\x03\x00\x01\x00\x00\x00\x04body\xce")
