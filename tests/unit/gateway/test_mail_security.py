"""The mail door to those who may use it: TLS, logging in with a key, and an end to whoever only holds a place."""

import asyncio
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gateway import keys
from gateway.entrypoints import Mailbox, parse_entrypoints
from gateway.mail import smtp as door
from gateway.mail.certificate import Certificate, CertificateError
from gateway.mail.imap import MailboxFailed, Poller
from gateway.mail.smtp import Listener, NotSecured
from shared.company_file import CompanyError
from shared.secret import Secret
from tests.unit.gateway import certificates
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.imap_server import MailServer

MESSAGE = b"From: a@b.example\r\nMessage-ID: <1@b.example>\r\nSubject: Dryer\r\n\r\nPlease call.\r\n"
ADDRESSES = {"info@leads.example": "info-mailbox", "adf@leads.example": "autobase"}


@contextmanager
def listening(
    desk: Desk, certificate: Certificate | None, *require: str, longest: float = 60
) -> Iterator[tuple[int, Listener]]:
    loop = asyncio.new_event_loop()
    doors = parse_entrypoints(
        {"mail": {"addresses": ADDRESSES, "require": list(require)}, "limits": {"guesses_per_address": "5/minute"}}
    )
    listener = Listener(
        doors, desk.gateway.intakes, desk.clock.now, desk.gateway.keys, certificate, longest_seconds=longest
    )
    running = threading.Thread(target=loop.run_forever, daemon=True)
    running.start()
    try:
        yield asyncio.run_coroutine_threadsafe(listener.start("127.0.0.1", 0), loop).result(10), listener
    finally:
        asyncio.run_coroutine_threadsafe(listener.stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        running.join(10)
        loop.close()


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    return certificates.write(tmp_path)


def trusting(pem: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=pem)


def client(port: int) -> smtplib.SMTP:
    found = smtplib.SMTP("127.0.0.1", port, timeout=10)
    found.ehlo()
    return found


def extensions(mail: smtplib.SMTP) -> set[str]:
    return {name for name in ("starttls", "auth") if mail.has_extn(name)}


def password(desk: Desk, *sources: str, scope: str = "intake") -> str:
    return desk.key(scope, sources=sources)["Authorization"].removeprefix("Bearer ")


def deliver(mail: smtplib.SMTP, to: str = "info@leads.example") -> tuple[int, int]:
    """The answers to the recipient and to the message; 0 where it was not sent."""
    mail.docmd("MAIL FROM:<a@b.example>")
    accepted = mail.rcpt(to)[0]
    return accepted, mail.data(MESSAGE)[0] if accepted == 250 else 0


def until(done: Callable[[], bool]) -> None:
    waited = threading.Event()
    for _ in range(200):
        if done():
            return
        waited.wait(0.02)
    raise AssertionError("not in time")


def test_mail_comes_encrypted(desk: Desk, pem: Path) -> None:
    with listening(desk, Certificate.at(str(pem), "")) as (port, listener):
        with client(port) as mail:
            assert extensions(mail) == {"starttls"}
            assert mail.starttls(context=trusting(pem))[0] == 220
            mail.ehlo()
            assert extensions(mail) == {"auth"}
            assert mail.sock.version() in ("TLSv1.2", "TLSv1.3")  # type: ignore[union-attr]
            assert deliver(mail) == (250, 250)
        until(lambda: not listener.connections)

    [(intake, body)] = desk.taken()
    assert (body, intake.source, intake.key_id, intake.remote_address) == (MESSAGE, "info-mailbox", None, "127.0.0.1")


def test_without_a_certificate_nothing_is_offered(desk: Desk) -> None:
    with listening(desk, None) as (port, _), client(port) as mail:
        assert extensions(mail) == set()
        assert mail.docmd("STARTTLS")[0] == 454
        assert mail.docmd("AUTH", "PLAIN AGEAYg==")[0] == 538, "a password in the clear is everybody's"


@pytest.mark.parametrize("required", ["tls", "auth"])
def test_what_is_required_is_not_left_out(desk: Desk, pem: Path, required: str) -> None:
    with listening(desk, Certificate.at(str(pem), ""), required) as (port, _):
        with client(port) as mail:
            assert mail.docmd("MAIL FROM:<a@b.example>")[0] == 530
        with client(port) as mail:
            mail.starttls(context=trusting(pem))
            mail.ehlo()
            assert mail.docmd("MAIL FROM:<a@b.example>")[0] == (250 if required == "tls" else 530)
    assert desk.taken() == []


def test_what_cannot_be_offered_is_told_at_the_start(desk: Desk) -> None:
    with pytest.raises(NotSecured, match="LEADBUS_MAIL_CERTIFICATE"), listening(desk, None, "auth"):
        pass
    with pytest.raises(CompanyError, match="`require` must be one of tls, auth"):
        parse_entrypoints({"mail": {"require": ["password"]}})


def test_a_key_opens_the_addresses_of_its_sources(desk: Desk, pem: Path) -> None:
    with listening(desk, Certificate.at(str(pem), ""), "auth") as (port, _), client(port) as mail:
        mail.starttls(context=trusting(pem))
        mail.login("anybody", password(desk, "info-mailbox"))
        assert deliver(mail, "adf@leads.example")[0] == 550
        mail.rset()
        assert deliver(mail) == (250, 250)

    [(intake, _)] = desk.taken()
    assert (intake.source, intake.key_id) == ("info-mailbox", desk.issued[0].id)


def test_no_other_key_and_no_guess_opens_it(desk: Desk, pem: Path) -> None:
    reading = password(desk, scope="read")
    revoked = keys.issue("gone", "gone", ["intake"])[1]
    answers = []
    with listening(desk, Certificate.at(str(pem), ""), "auth") as (port, _):
        for guess in (reading, revoked, "lb_x_y", "", "\u00fc" * 3, "guess", "guess"):
            with client(port) as mail:
                mail.starttls(context=trusting(pem))
                mail.ehlo()
                mail.user, mail.password = "a", guess  # type: ignore[attr-defined]
                coded = smtplib.email.base64mime.body_encode(f"\0a\0{guess}".encode(), eol="")  # type: ignore[attr-defined]
                answers.append(mail.docmd("AUTH", "PLAIN " + coded)[0])
                assert mail.docmd("MAIL FROM:<a@b.example>")[0] == 530

    assert answers == [535] * 5 + [421] * 2


def test_a_handshake_that_fails_holds_no_place(desk: Desk, pem: Path) -> None:
    with listening(desk, Certificate.at(str(pem), "")) as (port, listener):
        for noise in (b"not tls at all\r\n" * 20, b""):
            with socket.create_connection(("127.0.0.1", port), 5) as raw:
                raw.recv(200)
                raw.sendall(b"EHLO x\r\nSTARTTLS\r\n")
                while b"220 Ready" not in raw.recv(2000):
                    pass
                raw.sendall(noise)
                raw.shutdown(socket.SHUT_WR)
                while raw.recv(2000):
                    pass
        until(lambda: not listener.connections)

        with client(port) as mail:
            assert deliver(mail) == (250, 250)


def test_what_was_said_before_tls_does_not_count(desk: Desk, pem: Path) -> None:
    with (
        listening(desk, Certificate.at(str(pem), "")) as (port, _),
        socket.create_connection(("127.0.0.1", port), 5) as raw,
    ):
        raw.recv(200)
        raw.sendall(b"EHLO x\r\nMAIL FROM:<evil@b.example>\r\nRCPT TO:<info@leads.example>\r\nSTARTTLS\r\nDATA\r\n")
        while b"220 Ready" not in raw.recv(2000):
            pass
        with trusting(pem).wrap_socket(raw, server_hostname="localhost") as inside:
            inside.sendall(b"NOOP\r\nDATA\r\n")
            said = b""
            while said.count(b"\r\n") < 2:
                said += inside.recv(2000)
    assert b"354" not in said
    assert desk.taken() == []


def test_a_renewed_certificate_holds_without_a_restart(desk: Desk, tmp_path: Path, pem: Path) -> None:
    certificate = Certificate.at(str(pem), "")
    with listening(desk, certificate) as (port, _):
        pem.write_text("half of it")
        with client(port) as mail:
            assert mail.docmd("STARTTLS")[0] == 220, "the one before is still in use"
        certificates.write(tmp_path).replace(pem)
        with client(port) as mail:
            mail.starttls(context=trusting(pem))


def test_a_certificate_that_is_none_is_told_by_its_file(tmp_path: Path) -> None:
    (tmp_path / "wrong.pem").write_text("not a certificate")
    for name in ("wrong.pem", "missing.pem"):
        with pytest.raises(CertificateError, match=name):
            Certificate.at(str(tmp_path / name), "")
    assert Certificate.at("", "") is None


def test_nobody_holds_a_place_for_ever(desk: Desk) -> None:
    with listening(desk, None, longest=0.3) as (port, _), socket.create_connection(("127.0.0.1", port), 5) as raw:
        raw.settimeout(5)
        raw.recv(200)
        said = b"x"
        while said:
            try:
                raw.sendall(b"NOOP\r\n")
                said = raw.recv(200)
            except ConnectionError:
                break


def test_only_so_many_messages_are_received_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "RECEIVING", 1)
    with listening(desk, None) as (port, _), client(port) as slow, client(port) as other:
        for mail in (slow, other):
            mail.docmd("MAIL FROM:<a@b.example>")
            mail.rcpt("info@leads.example")
        assert slow.docmd("DATA")[0] == 354
        assert other.docmd("DATA")[0] == 452
        slow.send(MESSAGE + b".\r\n")
        assert slow.getreply()[0] == 250
        assert other.data(MESSAGE)[0] == 250


# A mailbox


def poller(desk: Desk, server: MailServer, **over: object) -> Poller:
    box = Mailbox("info", "info-mailbox", "localhost", "info", Secret(("TEST_MAILBOX_PASSWORD",)), server.port)
    return Poller(replace(box, **over), desk.gateway.intakes, desk.clock.now)  # type: ignore[arg-type]


@pytest.mark.parametrize("tls", [True, "starttls"])
def test_a_mailbox_is_opened_to_a_server_that_proves_itself(
    desk: Desk, pem: Path, monkeypatch: pytest.MonkeyPatch, tls: object
) -> None:
    monkeypatch.setenv("TEST_MAILBOX_PASSWORD", "a password")
    with MailServer("info", "a password", pem, starttls=tls == "starttls") as server:
        server.deliver(MESSAGE)
        with pytest.raises(MailboxFailed, match="certificate is not trusted"):
            poller(desk, server, tls=tls).look()
        assert "LOGIN" not in server.commands

        assert poller(desk, server, tls=tls, authority=pem).look() == 1
    assert server.errors == []
    assert len(desk.taken()) == 1


def test_nothing_ends_the_looks_into_a_mailbox(desk: Desk, pem: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_MAILBOX_PASSWORD", "p\u00e4ssword")  # imaplib speaks ASCII, and fails with a ValueError
    with MailServer("info", "a password", pem) as server:
        server.deliver(MESSAGE)
        found = poller(desk, server, authority=pem, every_seconds=0.05)
        found.start()
        until(lambda: server.commands.count("LOGOUT") > 1)
        monkeypatch.setenv("TEST_MAILBOX_PASSWORD", "a password")
        until(lambda: bool(desk.taken()))
        found.stop()
