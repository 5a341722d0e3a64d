"""Mail as a door: 250, or "seen", only when the message is kept; a second delivery is no second inquiry."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from gateway.entrypoints import Mailbox, parse_entrypoints
from gateway.mail.imap import MailboxFailed, Poller
from gateway.mail.messages import receipt_of
from gateway.mail.smtp import Listener
from gateway.spool import SpoolRefused
from shared.messaging.publisher import Result
from shared.secret import Secret
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.imap_server import MailServer

MESSAGE = (
    b"From: Lena Hofer <lena@example.com>\r\nTo: info@leads.prairieline.example\r\nMessage-ID: <1@example.com>\r\n"
    b"Subject: Grain dryer\r\n\r\nPlease send the brochure.\r\n.\r\nM\xfcller \x00\xff\r\n"
)
DOORS = {
    "mail": {
        "addresses": {
            "info@leads.prairieline.example": "info-mailbox",
            "adf@leads.prairieline.example": "autobase",
            "sales@leads.prairieline.example": "info-mailbox",
        }
    },
    "limits": {"mail_per_address": "20/minute"},
}


@dataclass
class Running:
    port: int

    def client(self) -> smtplib.SMTP:
        return smtplib.SMTP("127.0.0.1", self.port, timeout=10)

    def send(self, message: bytes, *to: str) -> tuple[int, bytes]:
        with self.client() as client:
            client.ehlo()
            client.docmd("MAIL FROM:<lena@example.com>")
            for address in to or ("info@leads.prairieline.example",):
                client.rcpt(address)
            return client.data(message)


@pytest.fixture
def smtp(desk: Desk) -> Iterator[Running]:
    loop = asyncio.new_event_loop()
    listener = Listener(parse_entrypoints(DOORS), desk.gateway.intakes, desk.clock.now)
    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()
    port = asyncio.run_coroutine_threadsafe(listener.start("127.0.0.1", 0), loop).result(10)
    yield Running(port)
    asyncio.run_coroutine_threadsafe(listener.stop(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    running.join(10)
    loop.close()


def test_mail_is_kept_byte_for_byte(desk: Desk, smtp: Running) -> None:
    code, text = smtp.send(MESSAGE, "Info+mowers@Leads.PrairieLine.example")

    [(intake, body)] = desk.taken()
    assert (code, body) == (250, MESSAGE)
    assert str(intake.receipt_id).encode() in text
    assert (intake.dialect, intake.source, intake.content_type) == ("email", "info-mailbox", "message/rfc822")
    assert intake.remote_address == "127.0.0.1"
    assert intake.query == {"recipient": "Info+mowers@Leads.PrairieLine.example"}


def test_a_second_delivery_has_the_same_receipt(desk: Desk, smtp: Running) -> None:
    smtp.send(MESSAGE)
    smtp.send(b"Received: from another.example\r\n" + MESSAGE)
    smtp.send(MESSAGE.replace(b"brochure", b"price list"))

    receipts = [intake.receipt_id for intake, _ in desk.taken()]
    assert receipts[0] == receipts[1] != receipts[2], "a program that gives all its messages one id loses none"


def test_every_source_among_the_recipients_gets_it_once(desk: Desk, smtp: Running) -> None:
    smtp.send(MESSAGE, *DOORS["mail"]["addresses"])  # type: ignore[index,misc]

    assert sorted(intake.source for intake, _ in desk.taken()) == ["autobase", "info-mailbox"]


def test_an_unknown_address_is_refused_at_once(desk: Desk, smtp: Running) -> None:
    with smtp.client() as client:
        client.ehlo()
        client.docmd("MAIL FROM:<a@b.example>")
        assert client.rcpt("nobody@leads.prairieline.example")[0] == 550
        assert client.docmd("DATA")[0] == 503
    assert desk.taken() == []


def test_while_the_broker_is_away_mail_is_spooled(desk: Desk, smtp: Running) -> None:
    desk.broker.answer = desk.drain_broker.answer = lambda message: Result.UNKNOWN
    assert smtp.send(MESSAGE)[0] == 250
    desk.drain_broker.answer = lambda message: Result.CONFIRMED

    [drained] = desk.drain_broker.wait_for(1)
    assert drained.body == MESSAGE


def test_without_a_promise_there_is_no_250(desk: Desk, smtp: Running) -> None:
    desk.broker.answer = lambda message: Result.UNKNOWN
    desk.gateway.spool.max_bytes = 0

    code, text = smtp.send(MESSAGE)
    assert (code, text[:5]) == (451, b"4.3.1")


def test_one_sender_cannot_flood(desk: Desk, smtp: Running) -> None:
    with smtp.client() as client:
        client.ehlo()
        codes = []
        for _ in range(25):
            client.docmd("MAIL FROM:<a@b.example>")
            codes.append(client.rcpt("info@leads.prairieline.example")[0])
            client.rset()
    assert set(codes) == {250, 451}


def test_a_message_that_is_too_large_is_refused(desk: Desk, smtp: Running) -> None:
    with smtp.client() as client:
        client.ehlo()
        assert client.docmd("MAIL FROM:<a@b.example> SIZE=99999999")[0] == 552
    assert desk.taken() == []


@pytest.mark.parametrize(
    "noise",
    [b"\x00" * 5000 + b"\r\n", b"GET / HTTP/1.1\r\n\r\n", b"EHLO x\r\nMAIL FROM:<a@b\r\nDATA\r\n", b"\xff" * 100],
)
def test_noise_ends_nothing(desk: Desk, smtp: Running, noise: bytes) -> None:
    with socket.create_connection(("127.0.0.1", smtp.port), 5) as client:
        client.recv(200)
        client.sendall(noise)
        client.shutdown(socket.SHUT_WR)
        while client.recv(4096):
            pass

    assert smtp.send(MESSAGE)[0] == 250


# A mailbox


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    monkeypatch.setenv("TEST_MAILBOX_PASSWORD", 'pass "word\\')
    with MailServer("info", 'pass \\"word\\\\') as server:
        yield server
    assert server.errors == []


def poller(desk: Desk, mailbox: MailServer, **over: object) -> Poller:
    box = Mailbox(
        "info", "info-mailbox", "127.0.0.1", "info", Secret(("TEST_MAILBOX_PASSWORD",)), mailbox.port, tls=False
    )
    return Poller(replace(box, **over), desk.gateway.intakes, desk.clock.now)  # type: ignore[arg-type]


def test_unseen_mail_is_taken_in_and_marked(desk: Desk, mailbox: MailServer) -> None:
    uid, seen = mailbox.deliver(MESSAGE), mailbox.deliver(MESSAGE, r"\Seen")
    found = poller(desk, mailbox)

    assert (found.look(), found.look()) == (1, 0)
    [(intake, body)] = desk.taken()
    assert body == MESSAGE
    assert (intake.dialect, intake.source, intake.query) == ("email", "info-mailbox", {"recipient": "info"})
    assert mailbox.flags(uid) == mailbox.flags(seen) == {r"\Seen"}


@pytest.mark.parametrize("broken", ["UID FETCH", "UID STORE", "UID SEARCH", "LOGIN"])
def test_a_connection_that_breaks_loses_and_doubles_nothing(desk: Desk, mailbox: MailServer, broken: str) -> None:
    uid = mailbox.deliver(MESSAGE)
    mailbox.break_at = broken
    found = poller(desk, mailbox)
    with pytest.raises(Exception):  # noqa: B017 -- whatever imaplib makes of it
        found.look()
    found.look()

    assert mailbox.flags(uid) == {r"\Seen"}
    assert len({intake.receipt_id for intake, _ in desk.taken()}) == 1


def test_what_cannot_be_kept_stays_unseen(desk: Desk, mailbox: MailServer) -> None:
    uid = mailbox.deliver(MESSAGE)
    desk.broker.answer = lambda message: Result.UNKNOWN
    desk.gateway.spool.max_bytes = 0
    with pytest.raises(SpoolRefused):
        poller(desk, mailbox).look()

    assert mailbox.flags(uid) == set()


def test_messages_without_an_id_are_told_apart_by_their_place(desk: Desk, mailbox: MailServer) -> None:
    for _ in range(2):
        mailbox.deliver(b"From: a@b.example\r\n\r\nhello\r\n")
    poller(desk, mailbox).look()

    assert len({intake.receipt_id for intake, _ in desk.taken()}) == 2


def test_a_message_that_is_too_large_waits_for_a_person(
    desk: Desk, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gateway.mail.imap.MOST_BYTES", 20)
    uid = mailbox.deliver(MESSAGE)
    found = poller(desk, mailbox)

    assert (found.look(), found.look()) == (1, 0)
    assert mailbox.flags(uid) == {r"\Flagged"}
    assert desk.taken() == []


def test_mail_may_be_moved_when_it_is_done(desk: Desk, mailbox: MailServer) -> None:
    uid = mailbox.deliver(MESSAGE)
    poller(desk, mailbox, done_folder="Done").look()

    assert mailbox.folders["INBOX"] == {}
    assert list(mailbox.folders["Done"]) == [uid]


def test_a_wrong_password_is_a_failure_that_is_told(
    desk: Desk, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_MAILBOX_PASSWORD", "guess")
    with pytest.raises(Exception, match="AUTHENTICATIONFAILED"):
        poller(desk, mailbox).look()
    monkeypatch.delenv("TEST_MAILBOX_PASSWORD")
    with pytest.raises(MailboxFailed):
        poller(desk, mailbox).look()


def test_the_thread_outlives_a_failure(desk: Desk, mailbox: MailServer) -> None:
    mailbox.break_at = "LOGIN"
    mailbox.deliver(MESSAGE)
    found = poller(desk, mailbox, every_seconds=0.05)
    found.start()
    desk.broker.wait_for(1)
    found.stop()

    assert "LOGIN" in mailbox.commands


def test_smtp_and_mailbox_agree_on_the_receipt(desk: Desk) -> None:
    now = desk.clock.at

    assert receipt_of(MESSAGE, "a", now) == receipt_of(MESSAGE + b"\r\n", "a", now, "info/1/2")
    assert receipt_of(MESSAGE, "a", now) != receipt_of(MESSAGE, "b", now)
    assert receipt_of(b"", "a", now) != receipt_of(b"", "a", now)
