"""Handing one message to the mail server, and knowing what its answer means."""

import smtplib
from urllib.parse import unquote, urlsplit

from shared.room import Done, GiveUp, Outcome, TryAgain

SECONDS = 20.0


class NoAnswer(Exception):
    """The server had the message, or part of it, and did not answer: nobody knows whether it took it."""


def send(url: str, sender: str, recipient: str, message: bytes) -> Outcome:
    """Sends `message` to exactly one recipient through smtp://[user:password@]host:port, or smtps://.

    A 4xx answer or no connection: later again. A 5xx answer: never. Raises NoAnswer.
    """
    try:
        server = _connect(url, sender.partition("@")[2])
    except (OSError, smtplib.SMTPException) as error:
        return TryAgain(f"no connection to the mail server: {type(error).__name__}")
    try:
        return _hand_over(server, sender, recipient, message)
    finally:
        server.close()


def _connect(url: str, name: str) -> smtplib.SMTP:
    parts = urlsplit(url)
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(parts.hostname or "", parts.port or 465, local_hostname=name, timeout=SECONDS)
    else:
        server = smtplib.SMTP(parts.hostname or "", parts.port or 25, local_hostname=name, timeout=SECONDS)
    server.ehlo_or_helo_if_needed()
    if parts.username:
        if parts.scheme != "smtps":
            server.starttls()
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server


def _hand_over(server: smtplib.SMTP, sender: str, recipient: str, message: bytes) -> Outcome:
    try:
        for command in (f"mail FROM:<{sender}>", f"rcpt TO:<{recipient}>"):
            code, text = server.docmd(command)
            if code >= 300:
                return _refused(code, text)
        code, text = server.docmd("data")
        if code != 354:
            return _refused(code, text)
    except (OSError, smtplib.SMTPException) as error:
        return TryAgain(f"the mail server broke off: {type(error).__name__}")
    try:
        server.send(_dotted(message))
        code, text = server.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise NoAnswer(type(error).__name__) from error
    return Done(f"{code} {_readable(text)}") if code < 300 else _refused(code, text)


def _dotted(message: bytes) -> bytes:
    # RFC 5321, 4.5.2: a line that begins with a dot gets another one; a dot alone ends the message.
    escaped = message.replace(b"\r\n.", b"\r\n..")
    return escaped + (b".\r\n" if escaped.endswith(b"\r\n") else b"\r\n.\r\n")


def _refused(code: int, text: bytes) -> Outcome:
    reason = f"{code} {_readable(text)}"
    return TryAgain(reason) if 400 <= code < 500 else GiveUp(reason)


def _readable(text: bytes) -> str:
    return text.decode("ascii", "replace")[:200]
