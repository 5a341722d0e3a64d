"""A mail taken apart: headers decoded, text, HTML and attachments. Whatever the bytes, it does not fail."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import TypeVar

from shared.cleaning import line
from shared.mail.encoding import decoded

#: Parts of a mail that are looked at.
_MOST_PARTS = 100

T = TypeVar("T")
U = TypeVar("U")


class NotMail(ValueError):
    """These bytes are no mail. `reason` is a stable slug, `detail` is for people."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Part:
    """One part that is no container."""

    content_type: str
    charset: str | None
    filename: str | None
    content: bytes

    @property
    def text(self) -> str:
        """The content as text."""
        return decoded(self.content, self.charset)


@dataclass(frozen=True)
class Mail:
    """A mail taken apart."""

    message: Message
    #: All parts but those of mails within the mail.
    parts: tuple[Part, ...]

    def header(self, name: str) -> str:
        """The decoded first header of this name; empty when there is none."""
        return _header_text(self.message.get(name))

    def addresses(self, name: str) -> list[tuple[str, str]]:
        """Display name and address of everybody in the headers of this name."""
        values = [_raw_text(value) for value in self.message.get_all(name, [])]
        nobody: list[tuple[str, str]] = []
        found = _quietly(lambda: getaddresses(values), nobody)
        return [(_header_text(shown), line(address)) for shown, address in found if "@" in address]

    def date(self) -> str:
        """The time it was written, ISO 8601; as it came where that is no date."""
        raw = self.header("Date")
        return _quietly(lambda: parsedate_to_datetime(raw).isoformat(), raw)

    def text(self) -> tuple[str, str]:
        """The plain text and the HTML that people see; either may be empty."""
        shown = [part for part in self.parts if part.filename is None]
        plain = "\n".join(part.text for part in shown if part.content_type == "text/plain")
        return plain, "\n".join(part.text for part in shown if part.content_type == "text/html")

    def attachments(self) -> list[Part]:
        """What was attached."""
        return [part for part in self.parts if part.filename is not None]


def taken_apart(body: bytes) -> Mail:
    """The mail in `body`. Raises NotMail when it is none."""
    # An mbox line or empty lines before the headers are left by mailboxes and pipes.
    # A mail may hold no NUL; the parser stumbles over one in a charset.
    body = body.replace(b"\0", b"").lstrip(b"\r\n \t")
    if body.startswith(b"From "):
        body = body.partition(b"\n")[2]
    if not body:
        raise NotMail("empty", "the mail is empty")
    try:
        message = BytesParser(policy=compat32).parsebytes(body)
        if not any(message.get(name) for name in ("From", "Subject", "Message-ID", "Received", "Return-Path")):
            raise NotMail("unreadable", "not a mail: it has no sender and no subject")
        return Mail(message, tuple(_parts(message)))
    except RecursionError:
        raise NotMail("hostile", "parts nested so deeply that no reader can follow") from None


def _parts(message: Message) -> Iterator[Part]:
    seen = 0
    waiting: list[Message] = [message]
    while waiting and seen < _MOST_PARTS:
        part = waiting.pop(0)
        seen += 1
        inner = _quietly(part.get_payload, None)
        if part.get_content_maintype() == "multipart" and isinstance(inner, list):
            waiting[:0] = [one for one in inner if isinstance(one, Message)]
        else:
            yield _part(part)


def _part(part: Message) -> Part:
    kind = part.get_content_type()
    filename = _quietly(part.get_filename, None)
    if kind.startswith("message/"):
        # A mail within the mail is not read: it is somebody else's.
        inner = part.get_payload()
        within = str(inner[0] if isinstance(inner, list) and inner else inner).encode("utf-8", "replace")
        return Part(kind, None, line(_header_text(filename)) or "message.eml", within)
    content = _quietly(lambda: part.get_payload(decode=True), None)
    disposition = _raw_text(part.get("Content-Disposition")).strip().lower()
    if filename is None and (disposition.startswith("attachment") or not kind.startswith("text/")):
        filename = f"unnamed {kind}"
    return Part(
        kind,
        _quietly(lambda: _raw_text(part.get_param("charset")) or None, None),
        None if filename is None else line(_header_text(filename)),
        content if isinstance(content, bytes) else b"",
    )


def _header_text(value: object) -> str:
    """A header with its encoded words decoded, on one line."""
    raw = _raw_text(value)
    pieces = _quietly(lambda: decode_header(raw), [(raw, None)])
    return line(
        "".join(decoded(piece, charset) if isinstance(piece, bytes) else _raw_text(piece) for piece, charset in pieces),
        1000,
    )


def _raw_text(value: object) -> str:
    """A header as the parser gives it, which keeps bytes above ASCII as surrogates."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        value = value[-1]
    return decoded(str(value).encode("utf-8", "surrogateescape"))


def _quietly(ask: Callable[[], T], otherwise: U) -> T | U:
    try:
        return ask()
    except Exception:
        # The standard library fails on broken headers in ways that it does not list.
        return otherwise
