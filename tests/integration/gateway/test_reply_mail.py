"""Answers of owners at the mail door: to the router and never to the front desk, kept before they are answered for."""

import signal
from pathlib import Path
from uuid import UUID

import pytest

from services.router.reply_address import ReplyAddress
from shared.contracts.intake import HEADER, OWNER_REPLY, REPLIES, decode_header
from tests.integration.gateway.conftest import IntakeQueue, until
from tests.integration.gateway.test_mail_process import (  # noqa: F401 -- fixtures
    MailProcess,
    mail_process,
    mail_process_password,
    pem,
    unseen,
)
from tests.unit.gateway.imap_server import MailServer

ADDRESS = ReplyAddress("a secret of at least thirty-two characters", "dealers@leads.example").address(
    UUID("0f6c1b0e-7a55-4c3e-9d55-0f6c1b0e7a55")
)


@pytest.fixture(autouse=True)
def answered_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_REPLY_ADDRESS", "dealers@leads.example")


@pytest.fixture
def replies(vhost: str) -> IntakeQueue:
    return IntakeQueue(vhost, REPLIES)


def answer(number: int) -> bytes:
    return (
        f"From: Bob <bob@dealer.example>\r\nTo: {ADDRESS}\r\nMessage-ID: <{number}@dealer.example>\r\n"
        f"Subject: Re: New lead\r\n\r\nsold {number}\r\n"
    ).encode()


@pytest.mark.requirement("FBK-4")
def test_an_answer_goes_to_the_router_alone(
    mail_process: MailProcess,  # noqa: F811
    queue: IntakeQueue,
    replies: IntakeQueue,
) -> None:
    mail_process.start()
    with mail_process.client() as mail:
        for recipient in (ADDRESS, ADDRESS.upper()):
            mail.sendmail("bob@dealer.example", [recipient], answer(12500))
        refused = mail.mail("bob@dealer.example"), mail.rcpt("dealers@leads.example")
    assert mail_process.end(signal.SIGTERM) == 0

    messages = replies.read(2)
    intakes = [decode_header(message.headers[HEADER]) for message in messages]
    assert refused[1][0] == 550
    assert {(one.dialect, one.query["recipient"]) for one in intakes} == {(OWNER_REPLY, ADDRESS)}
    # One mail, however its address is written: the router drops the second by its receipt.
    assert len({one.receipt_id for one in intakes}) == 1
    assert bytes(messages[0].body) == answer(12500)
    assert queue.read_all() == []
    assert "dealer.example" not in mail_process.log()


@pytest.mark.requirement("FBK-4")
def test_killed_after_the_promise_the_next_process_keeps_it(
    mail_process: MailProcess,  # noqa: F811
    replies: IntakeQueue,
    vhost: str,
) -> None:
    mail_process.uri = "amqp://guest:guest@127.0.0.1:1/"
    mail_process.start()
    with mail_process.client() as mail:
        mail.sendmail("bob@dealer.example", [ADDRESS], answer(1))
    mail_process.end(signal.SIGKILL)
    mail_process.uri = vhost
    mail_process.start()

    [message] = replies.read(1)
    assert bytes(message.body) == answer(1)


@pytest.mark.requirement("FBK-4")
@pytest.mark.parametrize("command", ["UID FETCH", "UID STORE"])
def test_killed_in_a_mailbox_no_answer_is_lost(
    mail_process: MailProcess,  # noqa: F811
    replies: IntakeQueue,
    queue: IntakeQueue,
    pem: Path,  # noqa: F811
    command: str,
) -> None:
    with MailServer("sales", "a password", pem) as server:
        mail_process_password(mail_process, server)
        box = {
            "source": "info-mailbox", "host": "localhost", "port": server.port, "user": "sales", "every_seconds": 1,
            "password": {"file": "password"}, "authority": pem.name,
        }  # fmt: skip
        for number in (1, 2, 3):
            server.deliver(answer(number))
        server.hold_at = command
        mail_process.start({"sales": box})
        assert server.held.wait(20), mail_process.log()
        mail_process.end(signal.SIGKILL)

        mail_process.start({"sales": box})
        until(lambda: not unseen(server), 20, mail_process.log)
        assert mail_process.end(signal.SIGTERM) == 0

    found = replies.read_all()
    assert {bytes(message.body) for message in found} == {answer(number) for number in (1, 2, 3)}
    # Every copy of one has the receipt by which the router knows it.
    assert len({decode_header(message.headers[HEADER]).receipt_id for message in found}) == 3
    assert queue.read_all() == []
