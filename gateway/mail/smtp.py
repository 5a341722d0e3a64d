"""Takes mail in by SMTP. 250 means that it is kept; whatever else is said, the sender's server still has it."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from gateway.entrypoints import Entrypoints
from gateway.intakes import Intakes
from gateway.limits import RateLimits, sender_network
from gateway.mail.messages import MOST_BYTES, intake_of
from gateway.problems import Problem
from gateway.spool import SpoolRefused

log = structlog.get_logger()

THREADS = 8
#: Connections at one time.
CONNECTIONS = 200
#: Seconds in which a client must say something.
SILENCE_SECONDS = 120
MOST_RECIPIENTS = 20
NAME = "Leadbus"


class _Busy(asyncio.Protocol):
    """Sends a client away that comes when all connections are taken."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
        transport.close()


class _Connection(SMTP):
    """One client."""

    def __init__(self, *given: Any, ended: Callable[[], None], **more: Any) -> None:
        super().__init__(*given, **more)
        self._when_ended = ended

    def connection_lost(self, error: Exception | None) -> None:
        self._when_ended()
        super().connection_lost(error)


@dataclass
class Listener:
    """An SMTP server for the addresses of the company's file. Used by one event loop."""

    doors: Entrypoints
    intakes: Intakes
    now: Callable[[], datetime]
    limits: RateLimits = field(default_factory=RateLimits)
    _server: asyncio.Server | None = field(default=None, init=False)
    _open: int = field(default=0, init=False)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "mail"), init=False)

    async def start(self, host: str, port: int) -> int:
        """Begins to listen. Returns the port."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port, family=socket.AF_INET)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Takes no more connections; what is being taken in is answered."""
        if self._server is not None:
            self._server.close()
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)

    def _connection(self) -> asyncio.Protocol:
        if self._open >= CONNECTIONS:
            return _Busy()
        self._open += 1
        return _Connection(
            self, ended=self._ended, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, hostname="leadbus", ident=NAME,
            timeout=SILENCE_SECONDS, command_call_limit={"*": 100},
        )  # fmt: skip

    def _ended(self) -> None:
        self._open -= 1

    # What aiosmtpd asks; a text that is returned is the answer.

    async def handle_EHLO(  # noqa: N802 -- the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.doors.mail.source_of(address) is None:
            return "550 5.1.1 No such address here"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            self.limits.check(self.doors.limits.mail_per_address, "mail", sender_network(_peer(session)))
        except Problem:
            return "451 4.7.1 Too much mail from your address, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = envelope.original_content or b""
        if not message.strip():
            return "554 5.6.0 The message is empty"
        try:
            kept = await asyncio.get_running_loop().run_in_executor(
                self._pool, self._keep, message, list(envelope.rcpt_tos), _peer(session)
            )
        except SpoolRefused:
            return "451 4.3.1 Cannot keep it now, send it again later"
        return f"250 2.0.0 Kept as {kept}"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail_failed", error=type(error).__name__)
        return "451 4.3.0 Something failed here, send it again later"

    def _keep(self, message: bytes, recipients: list[str], peer: str) -> str:
        """Keeps the message once per source. When the second cannot be kept, the next attempt finds the first."""
        by_source = {self.doors.mail.source_of(recipient): recipient for recipient in reversed(recipients)}
        kept = []
        for source, recipient in by_source.items():
            intake = intake_of(message, str(source), self.now(), peer=peer, recipient=recipient)
            outcome = self.intakes.accept(intake, message)
            log.info("mail_taken_in", source=source, receipt_id=str(intake.receipt_id), outcome=outcome)
            kept.append(str(intake.receipt_id))
        return " ".join(kept)


def _peer(session: Any) -> str:
    return str(session.peer[0]) if session.peer else "unknown"
