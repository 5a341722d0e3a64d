"""`python -m gateway.mail` as it runs: mail in by SMTP and from mailboxes over TLS, on to the front desk's tables.

Killed anywhere between reading a mail and marking it, it loses none, and none becomes two inquiries.
"""

import imaplib
import json
import os
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import amqp
import pytest

from gateway import keys
from services.capture.models import Inquiry
from shared.contracts.intake import HEADER, decode_header
from shared.room import RawInquiry
from tests.integration.capture.desk import desk_on
from tests.integration.gateway.conftest import IntakeQueue, until
from tests.unit.gateway import certificates
from tests.unit.gateway.imap_server import MailServer

PASSWORD = "a password"
ENTRYPOINTS: dict[str, Any] = {
    "mail": {
        "addresses": {"info@leads.example": "info-mailbox", "adf@leads.example": "autobase"},
        "require": ["tls"],
        "mailboxes": {},
    }
}


def letter(number: int) -> bytes:
    return (
        f"From: Person {number} <person{number}@farm{number}.example>\r\nTo: info@leads.example\r\n"
        f"Message-ID: <{number}@farm.example>\r\nSubject: Grain dryer\r\n\r\nPlease call me, it is number {number}.\r\n"
    ).encode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class MailProcess:
    """`python -m gateway.mail` with a folder of its own."""

    folder: Path
    uri: str
    pem: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    key: str = ""

    def __post_init__(self) -> None:
        issued, self.key = keys.issue("relay", "a relay", ["intake"], ["info-mailbox"])
        keys.save(self.folder / "keys.yml", [issued])

    def start(self, mailboxes: dict[str, Any] | None = None) -> "MailProcess":
        document = {"mail": {**ENTRYPOINTS["mail"], "mailboxes": mailboxes or {}}}
        (self.folder / "entrypoints.yml").write_text(json.dumps(document))
        environment = os.environ | {
            "LEADBUS_AMQP_URI": self.uri,
            "LEADBUS_COMPANY": str(self.folder),
            "LEADBUS_KEYS_FILE": str(self.folder / "keys.yml"),
            "LEADBUS_SPOOL_DIR": str(self.folder / "spool"),
            "LEADBUS_MAIL_CERTIFICATE": str(self.pem),
        }
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway.mail", "--port", str(self.port)],
                env=environment, cwd=Path(__file__).parents[3], stdout=log, stderr=log,
            )  # fmt: skip
        until(self._listens, 20, self.log)
        return self

    def _listens(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def log(self) -> str:
        return (self.folder / "log").read_text()[-4000:]

    def end(self, how: signal.Signals = signal.SIGKILL) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(20)

    def client(self) -> smtplib.SMTP:
        mail = smtplib.SMTP("127.0.0.1", self.port, timeout=20)
        mail.starttls(context=ssl.create_default_context(cafile=self.pem))
        return mail


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificates.write(tmp_path)


@pytest.fixture
def mail_process(tmp_path: Path, vhost: str, pem: Path) -> Iterator[MailProcess]:
    made = MailProcess(tmp_path, vhost, pem)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.end()


def inquiries(room_database: Callable[[str], str], messages: Sequence[amqp.Message]) -> list[Any]:
    """What the front desk makes of what was published."""
    desk = desk_on(room_database("capture"))
    desk.receive(*(RawInquiry(decode_header(one.headers[HEADER]), bytes(one.body)) for one in messages))
    return desk.rows(Inquiry)


def test_a_mail_becomes_a_registered_inquiry(
    mail_process: MailProcess, queue: IntakeQueue, room_database: Callable[[str], str]
) -> None:
    mail_process.start()
    with mail_process.client() as mail:
        mail.login("relay", mail_process.key)
        mail.sendmail("person1@farm1.example", ["info@leads.example"], letter(1))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            mail.sendmail("person1@farm1.example", ["adf@leads.example"], letter(2))
    assert mail_process.end(signal.SIGTERM) == 0, "a deploy ends it cleanly"

    [inquiry] = inquiries(room_database, queue.read(1))
    assert (inquiry["outcome"], inquiry["source"]) == ("registered", "info-mailbox")
    for personal in ("person1", "farm1.example", mail_process.key):
        assert personal not in (mail_process.folder / "log").read_text()


def test_what_came_while_the_broker_was_away_is_published_by_the_next_process(
    mail_process: MailProcess, queue: IntakeQueue, vhost: str
) -> None:
    mail_process.uri = "amqp://guest:guest@127.0.0.1:1/"
    mail_process.start()
    with mail_process.client() as mail:
        mail.sendmail("person1@farm1.example", ["info@leads.example"], letter(1))
    mail_process.end()
    mail_process.uri = vhost
    mail_process.start()

    [message] = queue.read(1)
    assert bytes(message.body) == letter(1)


@pytest.mark.parametrize("command", ["UID FETCH", "UID STORE", "UID COPY", "UID EXPUNGE"])
def test_killed_anywhere_in_a_mailbox_nothing_is_lost_or_doubled(
    mail_process: MailProcess, queue: IntakeQueue, room_database: Callable[[str], str], pem: Path, command: str
) -> None:
    with MailServer("sales", PASSWORD, pem) as server:
        mail_process_password(mail_process, server)
        box = {
            "source": "info-mailbox", "host": "localhost", "port": server.port, "user": "sales", "every_seconds": 1,
            "password": {"file": "password"}, "authority": pem.name, "done_folder": "Done",
        }  # fmt: skip
        for number in (1, 2, 3):
            server.deliver(letter(number))
        server.hold_at = command
        mail_process.start({"sales": box})
        assert server.held.wait(20), mail_process.log()
        mail_process.end(signal.SIGKILL)

        mail_process.start({"sales": box})
        until(lambda: not unseen(server), 20, mail_process.log)
        assert mail_process.end(signal.SIGTERM) == 0
        assert server.errors == []

    found = inquiries(room_database, queue.read_all())
    assert [one["outcome"] for one in found] == ["registered"] * 3


def mail_process_password(process: MailProcess, server: MailServer) -> None:
    (process.folder / "password").write_text(server.password)


def unseen(server: MailServer) -> list[int]:
    return [uid for uid, one in list(server.folders["INBOX"].items()) if r"\Seen" not in one.flags]


def test_a_mailbox_of_a_server_that_others_wrote(
    mail_process: MailProcess, queue: IntakeQueue, room_database: Callable[[str], str], tmp_path: Path
) -> None:
    """mail-devel: what its own SMTP door took is looked for and marked."""
    smtp_port, imap_port = free_port(), free_port()
    far_side = subprocess.Popen(
        [
            sys.executable, "-m", "mail_devel", "--host", "127.0.0.1", "--user", "sales@localhost", "--no-http",
            "--smtp-port", str(smtp_port), "--imap-port", str(imap_port),
        ],
        env=os.environ | {"MAIL_PASSWORD": "a password"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    (tmp_path / "password").write_text("a password\n")

    def seen() -> bool:
        with imaplib.IMAP4("127.0.0.1", imap_port, timeout=10) as inbox:
            inbox.login("sales@localhost", "a password")
            inbox.select("INBOX", readonly=True)
            return inbox.search(None, "SEEN")[1] == [b"1"]

    def delivered() -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", smtp_port, timeout=5) as mail:
                mail.sendmail("person1@farm1.example", ["sales@localhost"], letter(1))
            return True
        except OSError:
            return False

    try:
        until(delivered, 30)
        mail_process.start({
            "sales": {
                "source": "info-mailbox", "host": "localhost", "port": imap_port, "tls": False,
                "user": "sales@localhost", "password": {"file": "password"}, "every_seconds": 1,
            }
        })  # fmt: skip
        until(seen, 20, mail_process.log)
    finally:
        far_side.kill()
        far_side.wait(20)

    [inquiry] = inquiries(room_database, queue.read(1))
    assert (inquiry["outcome"], inquiry["source"]) == ("registered", "info-mailbox")


def test_a_server_that_proves_nothing_is_not_told_the_password(mail_process: MailProcess, pem: Path) -> None:
    with MailServer("sales", "a password", pem) as server:
        mail_process_password(mail_process, server)
        server.deliver(letter(1))
        mail_process.start({
            "sales": {
                "source": "info-mailbox", "host": "localhost", "port": server.port, "user": "sales",
                "password": {"file": "password"}, "every_seconds": 1,
            }
        })  # fmt: skip
        until(lambda: "certificate is not trusted" in mail_process.log(), 20)

        assert "LOGIN" not in server.commands
        assert unseen(server) == [1]
