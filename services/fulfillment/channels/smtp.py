"""The mail server: connections kept open, and answers told apart by what they leave certain."""

import queue
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from shared.room import Done, GiveUp, Outcome, TryAgain

#: For every single answer of the server; the whole dialogue must end before the lease of its effect does.
TIMEOUT_SECONDS = 15.0
#: Connections that are kept; more may be open while more pieces are under way.
KEPT = 8


class NotTaken(Exception):
    """The connection failed before the message went out: it certainly was not taken."""


@dataclass
class MailServer:
    """`smtp://host:port`, `smtps://…`, with `user:password@` where it asks for one; then TLS is a must."""

    url: str
    timeout: float = TIMEOUT_SECONDS
    #: The name that we greet with.
    name: str = field(default_factory=socket.gethostname)
    _idle: "queue.LifoQueue[smtplib.SMTP]" = field(default_factory=lambda: queue.LifoQueue(KEPT), init=False)

    def deliver(self, message: EmailMessage) -> Outcome:
        """Hands over one message to the one recipient in its To.

        Raises when the connection fails after the message went out: nobody knows then whether it was taken.
        """
        (sender,) = message["From"].addresses
        (recipient,) = message["To"].addresses
        payload = _stuffed(message.as_bytes())
        try:
            server = self._awake() or self._open()
        except NotTaken as error:
            return TryAgain(str(error))
        try:
            outcome = _offered(server, sender.addr_spec, recipient.addr_spec)
            if outcome is None:
                server.send(payload + b".\r\n")
                outcome = _outcome(*server.getreply())
        except NotTaken as error:
            server.close()
            return TryAgain(str(error))
        except BaseException:
            server.close()
            raise
        self._keep(server)
        return outcome

    def close(self) -> None:
        """Says goodbye on every idle connection."""
        while not self._idle.empty():
            _quit(self._idle.get_nowait())

    def _awake(self) -> smtplib.SMTP | None:
        """An idle connection that still answers, with nothing left over from the message before."""
        while not self._idle.empty():
            server = self._idle.get_nowait()
            try:
                if server.rset()[0] == 250:
                    return server
            except (smtplib.SMTPException, OSError):
                pass
            server.close()
        return None

    def _keep(self, server: smtplib.SMTP) -> None:
        try:
            self._idle.put_nowait(server)
        except queue.Full:
            _quit(server)

    def _open(self) -> smtplib.SMTP:
        url = urlsplit(self.url)
        host, secure = url.hostname or "127.0.0.1", url.scheme == "smtps"
        try:
            if secure:
                server: smtplib.SMTP = smtplib.SMTP_SSL(
                    host, url.port or 465, self.name, timeout=self.timeout, context=ssl.create_default_context()
                )
            else:
                server = smtplib.SMTP(host, url.port or 25, self.name, timeout=self.timeout)
        except (smtplib.SMTPException, OSError) as error:
            raise NotTaken(f"{type(error).__name__}: the mail server was not reached") from error
        try:
            server.ehlo_or_helo_if_needed()
            if url.username:
                if not secure:
                    server.starttls(context=ssl.create_default_context())
                server.login(unquote(url.username), unquote(url.password or ""))
        except (smtplib.SMTPException, OSError) as error:
            # Also for a wrong password: somebody may be changing it, and the piece would be lost.
            server.close()
            raise NotTaken(f"{type(error).__name__} at the greeting of the mail server") from error
        return server


def _offered(server: smtplib.SMTP, sender: str, recipient: str) -> Outcome | None:
    """MAIL, RCPT, DATA. None when the server waits for the message, else what its answer means."""
    try:
        code, text = server.mail(sender)
        if code == 250:
            code, text = server.rcpt(recipient)
        if code not in (250, 251):
            return _outcome(code, text)
        code, text = server.docmd("DATA")
    except (smtplib.SMTPException, OSError) as error:
        raise NotTaken(f"{type(error).__name__} before the message") from error
    return None if code == 354 else _outcome(code, text)


def _outcome(code: int, text: bytes) -> Outcome:
    reason = f"{code} {_printable(text)}".strip()
    if code == 250:
        return Done(reason)
    return GiveUp(reason) if 500 <= code < 600 else TryAgain(reason)


def _printable(text: bytes) -> str:
    """The server's words, short, and without the address that many of them repeat: details end up in logs."""
    plain = " ".join(text.decode("ascii", "replace").split())
    return re.sub(r"\S+@\S+", "…", plain)[:200]


def _stuffed(message: bytes) -> bytes:
    """CRLF line ends, and a second dot before one that begins a line (RFC 5321, 4.5.2)."""
    lines = re.sub(rb"\r?\n", b"\r\n", message)
    stuffed = re.sub(rb"(?m)^\.", b"..", lines)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _quit(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (smtplib.SMTPException, OSError):
        server.close()
