"""The other side of deliveries: a web server and a mail server that do as a test says, and keep what they get."""

import contextlib
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from shared.work import effects
from tests.played_room import PlayedRoom


@dataclass
class Posted:
    """One request that arrived whole."""

    path: str
    headers: dict[str, str]
    body: bytes
    method: str = "POST"


@dataclass
class DealerServer:
    """Answers each request with the next of `script`, and with 200 after its end.

    A number is a status; a dict has headers and a `body` too; "silence" never answers; "trickle" says "go on" for
    ever; "swallow" does what is asked, and never says so; "side" does, and says so. Requests to a host of `sides` are
    answered by it where the script has nothing else to say.
    Plain sockets: importing eventlet's web server leaves a green http.server behind, which hangs in an unpatched test.
    """

    script: list[Any] = field(default_factory=list)
    received: list[Posted] = field(default_factory=list)
    #: Host → what answers in its place: method, path, headers, body → code, headers, body.
    sides: dict[str, Callable[[str, str, dict[str, str], bytes], tuple[int, dict[str, str], bytes]]] = field(
        default_factory=dict
    )

    def __enter__(self) -> "DealerServer":
        self._closing = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        with contextlib.suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for thread in self._threads:
            thread.join(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                caller, _ = self._door.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=[caller])
            self._threads.append(thread)
            thread.start()

    def _serve(self, caller: socket.socket) -> None:
        with caller, caller.makefile("rb") as lines, contextlib.suppress(OSError):
            method, path = lines.readline().decode().split()[:2]
            headers = {}
            while (line := lines.readline().decode().strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            posted = Posted(path, headers, lines.read(int(headers.get("content-length", 0))), method)
            self.received.append(posted)
            self._answer(caller, self.script.pop(0) if self.script else "side", posted)

    def _answer(self, caller: socket.socket, step: Any, posted: Posted) -> None:
        _, host, path = posted.path.split("/", 2)
        if step in ("side", "swallow"):
            side = self.sides.get(host, lambda *_: (200, {}, b""))
            code, told, body = side(posted.method, f"/{path}", posted.headers, posted.body)
            step = "silence" if step == "swallow" else {"code": code, **told, "body": body}
        if step == "silence":
            self._closing.wait(20)
            return
        if step == "trickle":
            while not self._closing.wait(0.02):
                caller.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            return
        headers = dict(step) if isinstance(step, dict) else {"code": step}
        body = headers.pop("body", b"")
        lines = [f"HTTP/1.1 {headers.pop('code')} Whatever", *(f"{name}: {value}" for name, value in headers.items())]
        caller.sendall("\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body)


class OwnPort(Controller):
    """aiosmtpd on a port that the system chose; it would look its own door up under the port that it was told."""

    def _trigger_server(self) -> None:
        with socket.create_connection(self.server.sockets[0].getsockname(), 5) as door:
            door.recv(1024)


@dataclass
class MailServer:
    """Takes mail. `script` holds, per message, what to answer after its text; "drop" breaks the connection off."""

    script: list[str] = field(default_factory=list)
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)

    def __enter__(self) -> "MailServer":
        self._controller = OwnPort(self, hostname="127.0.0.1", port=0, ready_timeout=10)
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        assert self._controller.server is not None
        return f"smtp://127.0.0.1:{self._controller.server.sockets[0].getsockname()[1]}"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((envelope.rcpt_tos, message))  # type: ignore[arg-type]
        answer = self.script.pop(0) if self.script else "250 OK"
        if answer == "drop":
            server.transport.abort()
        return answer

    def to(self, address: str) -> list[EmailMessage]:
        """Messages to this address."""
        return [message for recipients, message in self.received if recipients == [address]]


def perform(router: PlayedRoom) -> int:
    """Performs what is planned for now, once each. Returns how many."""
    claimed = effects.claim_planned(router.uow, router.room, 100)
    for one in claimed:
        effects.settle(router.uow, router.room, [(one, effects.perform(router.room, one))])
    return len(claimed)
