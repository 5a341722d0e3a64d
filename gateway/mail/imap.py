"""Looks into a mailbox that somebody else's server keeps, and takes in what nobody has seen.

A message is marked as seen only when it is kept. Whatever breaks in between, the next look finds it unseen again and
takes it in under the same receipt, so that nothing happens twice.
"""

import imaplib
import re
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from gateway.entrypoints import Mail, Mailbox
from gateway.intakes import Intakes
from gateway.mail.messages import MOST_BYTES, intake_of, recipients_of, reply_of
from gateway.metrics import MAILBOX_FAILURES
from gateway.spool import SpoolRefused

log = structlog.get_logger()

TIMEOUT_SECONDS = 30
#: Messages of one look; the rest has its turn with the next, which follows at once.
AT_ONCE = 100
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")


class MailboxFailed(Exception):
    """The mailbox cannot be looked into now."""


@dataclass
class Poller:
    """One thread for one mailbox."""

    box: Mailbox
    intakes: Intakes
    now: Callable[[], datetime]
    #: Says which addresses are of owners who answer.
    mail: Mail = field(default_factory=Mail)
    _stopped: threading.Event = field(default_factory=threading.Event, init=False)
    _thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name=f"mailbox-{self.box.name}", daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends after the message that is being taken in."""
        self._stopped.set()
        self._thread.join(TIMEOUT_SECONDS + 1)

    def _run(self) -> None:
        while not self._stopped.is_set():
            taken = 0
            try:
                taken = self.look()
            except (MailboxFailed, SpoolRefused, OSError, imaplib.IMAP4.error) as error:
                MAILBOX_FAILURES.labels(self.box.name).inc()
                # The far side's own words: nothing of a message is in them.
                log.warning(
                    "mailbox_failed", mailbox=self.box.name, error=type(error).__name__, reason=str(error)[:200]
                )
            except Exception as error:
                # Whatever a server says or a message holds, the next look comes: nobody would miss a thread that ended.
                MAILBOX_FAILURES.labels(self.box.name).inc()
                log.exception("mailbox_failed", mailbox=self.box.name, error=type(error).__name__)
            if taken < AT_ONCE:
                self._stopped.wait(self.box.every_seconds)

    def look(self) -> int:
        """Takes in what is unseen. Returns how many messages. Raises when the mailbox or our own disk fails."""
        with self._opened() as server:
            validity = _first(server.response("UIDVALIDITY")[1])
            # What a person flagged was left here on purpose: too large, or to be looked at.
            found = _ok(server.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
            uids = (_first(found) or b"").split()[:AT_ONCE]
            for uid in uids:
                if self._stopped.is_set():
                    break
                self._take(server, uid.decode("ascii"), validity.decode("ascii", "replace"))
        return len(uids)

    def _take(self, server: imaplib.IMAP4, uid: str, validity: str) -> None:
        size = _SIZE.search(_joined(_ok(server.uid("FETCH", uid, "(RFC822.SIZE)"))))
        if size and int(size.group(1)) > MOST_BYTES:
            log.error("mail_too_large", mailbox=self.box.name, uid=uid, bytes=int(size.group(1)))
            _ok(server.uid("STORE", uid, "+FLAGS", r"(\Flagged)"))
            return
        message = _literal(_ok(server.uid("FETCH", uid, "(BODY.PEEK[])")))
        if message is None:
            # Somebody else took it out of the mailbox in between.
            return
        place = f"{self.box.name}/{validity}/{uid}"
        answered = next(filter(self.mail.is_reply, recipients_of(message)), None)
        if answered is not None:
            intake = reply_of(message, answered, self.now())
        else:
            intake = intake_of(message, self.box.source, self.now(), recipient=self.box.user, place=place)
        outcome = self.intakes.accept(intake, message)
        log.info(
            "mail_taken_in", mailbox=self.box.name, source=intake.source, receipt_id=str(intake.receipt_id),
            outcome=outcome,
        )  # fmt: skip
        _ok(server.uid("STORE", uid, "+FLAGS", r"(\Seen)"))
        if self.box.done_folder:
            self._move(server, uid)

    def _move(self, server: imaplib.IMAP4, uid: str) -> None:
        folder = _quoted(str(self.box.done_folder))
        _ok(server.uid("COPY", uid, folder))
        _ok(server.uid("STORE", uid, "+FLAGS", r"(\Deleted)"))
        if "UIDPLUS" in server.capabilities:
            # Without it everything that anybody marked as deleted would go.
            _ok(server.uid("EXPUNGE", uid))

    @contextmanager
    def _opened(self) -> Iterator[imaplib.IMAP4]:
        passwords = self.box.password.values()
        if not passwords:
            raise MailboxFailed("the password is not known here")
        try:
            server = self._connect()
        except ssl.SSLCertVerificationError as error:
            raise MailboxFailed(f"the server's certificate is not trusted: {error.verify_message}") from None
        try:
            server.login(_quoted(self.box.user), passwords[0].decode("utf-8", "replace"))
            _ok(server.select(_quoted(self.box.folder)))
            yield server
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                server.logout()

    def _connect(self) -> imaplib.IMAP4:
        if self.box.tls is True:
            return imaplib.IMAP4_SSL(self.box.host, self.box.port, ssl_context=self._trust(), timeout=TIMEOUT_SECONDS)
        server = imaplib.IMAP4(self.box.host, self.box.port, timeout=TIMEOUT_SECONDS)
        if self.box.tls == "starttls":
            server.starttls(self._trust())
        return server

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.box.authority)


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise MailboxFailed(f"the server said {status}")
    return data


def _first(data: list[Any]) -> bytes:
    return data[0] if data and isinstance(data[0], bytes) else b""


def _joined(data: list[Any]) -> bytes:
    return b" ".join(part for part in data if isinstance(part, bytes))


def _literal(data: list[Any]) -> bytes | None:
    return next((part[1] for part in data if isinstance(part, tuple) and len(part) == 2), None)


def _quoted(folder: str) -> str:
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
