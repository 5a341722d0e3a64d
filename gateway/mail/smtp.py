"""Takes mail in by SMTP. 250 means that it is kept; whatever else is said, the sender's server still has it."""

import asyncio
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from gateway.entrypoints import Entrypoints
from gateway.intakes import Intakes
from gateway.keys import ANY_SOURCE, Key, KeyRing
from gateway.limits import RateLimits, sender_network
from gateway.mail.certificate import Certificate
from gateway.mail.messages import MOST_BYTES, intake_of, reply_of
from gateway.problems import Problem
from gateway.spool import SpoolRefused

log = structlog.get_logger()

THREADS = 8
#: Connections at one time.
CONNECTIONS = 200
#: Messages that are being received at one time: each may take its whole size, some times over, of the memory.
RECEIVING = 16
#: Seconds in which a client must say something, and in which a message must have arrived.
SILENCE_SECONDS = 120
#: Seconds after which a connection ends, however busy it seems.
LONGEST_SECONDS = 900
MOST_RECIPIENTS = 20
NAME = "Leadbus"


class NotSecured(ValueError):
    """The company asks more of clients than this process can offer."""


class _Busy(asyncio.Protocol):
    """Sends a client away that comes when all connections are taken."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"421 4.3.2 Too many connections, try again later\r\n")
        transport.close()


class _Connection(SMTP):
    """One client."""

    def __init__(self, listener: "Listener", **more: Any) -> None:
        super().__init__(listener, **more)
        self._listener = listener
        self._last: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Comes a second time when TLS begins.
        if self._last is None:
            self._listener.connections.add(self)
            self._last = self.loop.call_later(self._listener.longest_seconds, self._timeout_cb)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        # May come a second time, too, when TLS could not begin.
        self._listener.connections.discard(self)
        if self._last is not None:
            self._last.cancel()
        super().connection_lost(error)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """As the library receives a message, but not everybody's at once."""
        if self._listener.receiving >= RECEIVING:
            await self.push("452 4.3.1 Busy with other messages, send it again later")
            return
        self._listener.receiving += 1
        try:
            await super().smtp_DATA(arg)
        finally:
            self._listener.receiving -= 1


@dataclass
class Listener:
    """An SMTP server for the addresses of the company's file. Used by one event loop."""

    doors: Entrypoints
    intakes: Intakes
    now: Callable[[], datetime]
    #: Who may log in: with any name, and an API key with the scope `intake` as password.
    keys: KeyRing | None = None
    #: Without one there is no TLS, and nobody can log in.
    certificate: Certificate | None = None
    limits: RateLimits = field(default_factory=RateLimits)
    longest_seconds: float = LONGEST_SECONDS
    receiving: int = field(default=0, init=False)
    connections: set[_Connection] = field(default_factory=set, init=False)
    _server: asyncio.Server | None = field(default=None, init=False)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(THREADS, "mail"), init=False)

    async def start(self, host: str, port: int) -> int:
        """Begins to listen. Returns the port. Raises NotSecured."""
        if "tls" in self.doors.mail.require and self.certificate is None:
            raise NotSecured("entrypoints.yml, mail: `require` needs a certificate: set LEADBUS_MAIL_CERTIFICATE")
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._connection, host, port, family=socket.AF_INET)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Takes no more connections; what is being taken in is answered."""
        if self._server is not None:
            self._server.close()
        await asyncio.get_running_loop().run_in_executor(None, self._pool.shutdown)

    def _connection(self) -> asyncio.Protocol:
        if len(self.connections) >= CONNECTIONS:
            return _Busy()
        return _Connection(
            self, data_size_limit=MOST_BYTES, enable_SMTPUTF8=True, hostname="leadbus", ident=NAME,
            timeout=SILENCE_SECONDS, command_call_limit={"*": 100},
            tls_context=self.certificate.context() if self.certificate else None,
            require_starttls="tls" in self.doors.mail.require, auth_required="auth" in self.doors.mail.require,
            authenticator=self._log_in, auth_exclude_mechanism=None if self.keys else ["PLAIN", "LOGIN"],
        )  # fmt: skip

    def _log_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, said: Any) -> AuthResult:
        """Whether the password is a key that may send inquiries. Who guesses is stopped."""
        password = said.password if isinstance(said, LoginPassword) else b""
        key = self.keys.authenticate(password.decode("utf-8", "replace")) if self.keys else None
        if key is not None and "intake" in key.scopes:
            session.key = key  # type: ignore[attr-defined]
            return AuthResult(success=True, auth_data=key.id)
        try:
            self.limits.check(self.doors.limits.guesses_per_address, "guess", sender_network(_peer(session)))
        except Problem:
            return AuthResult(success=False, handled=False, message="421 4.7.0 Too many attempts, try again later")
        return AuthResult(success=False, handled=False, message="535 5.7.8 A valid API key is required as password")

    # What aiosmtpd asks; a text that is returned is the answer.

    async def handle_EHLO(  # noqa: N802 -- the names are aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return responses

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        source, key = self.doors.mail.source_of(address), _key(session)
        is_reply = self.doors.mail.is_reply(address)
        if source is None and not is_reply:
            return "550 5.1.1 No such address here"
        if key is not None and not is_reply and source not in key.sources and ANY_SOURCE not in key.sources:
            return "550 5.7.1 Your key may not send to this address"
        if len(envelope.rcpt_tos) >= MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        try:
            if key is not None:
                self.limits.check(self.doors.limits.per_key, "key", key.id)
            else:
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
                self._pool, self._keep, message, list(envelope.rcpt_tos), _peer(session), _key(session)
            )
        except SpoolRefused:
            return "451 4.3.1 Cannot keep it now, send it again later"
        return f"250 2.0.0 Kept as {kept}"

    async def handle_exception(self, error: Exception) -> str:
        log.error("mail_failed", error=type(error).__name__)
        return "451 4.3.0 Something failed here, send it again later"

    def _keep(self, message: bytes, recipients: list[str], peer: str, key: Key | None) -> str:
        """Keeps the message once per source. When the second cannot be kept, the next attempt finds the first."""
        mail = self.doors.mail
        replies = [recipient for recipient in recipients if mail.is_reply(recipient)]
        by_source = {mail.source_of(recipient): recipient for recipient in reversed(recipients)
                     if recipient not in replies}  # fmt: skip
        kept = [self._keep_reply(message, recipient, peer) for recipient in dict.fromkeys(replies)]
        for source, recipient in by_source.items():
            intake = intake_of(
                message, str(source), self.now(), peer=peer, recipient=recipient, key_id=key.id if key else None
            )
            outcome = self.intakes.accept(intake, message)
            log.info("mail_taken_in", source=source, receipt_id=str(intake.receipt_id), outcome=outcome)
            kept.append(str(intake.receipt_id))
        return " ".join(kept)

    def _keep_reply(self, message: bytes, recipient: str, peer: str) -> str:
        intake = reply_of(message, recipient, self.now(), peer=peer)
        outcome = self.intakes.accept(intake, message)
        log.info("reply_taken_in", receipt_id=str(intake.receipt_id), outcome=outcome)
        return str(intake.receipt_id)


def _key(session: Any) -> Key | None:
    """The key of whoever logged in."""
    return getattr(session, "key", None)


def _peer(session: Any) -> str:
    return str(session.peer[0]) if session.peer else "unknown"
