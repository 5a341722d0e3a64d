"""The router's process takes answers of owners from their queue."""

import subprocess
from datetime import UTC, datetime

import pytest

from gateway.mail.messages import reply_of
from gateway.spooled import message_for
from services.router.reply_address import ReplyAddress
from shared.contracts import calls
from shared.contracts.event import Event
from shared.messaging.publisher import ConfirmedPublisher, Result
from shared.messaging.rpc_client import RpcPool
from shared.messaging.topology import declare_doors
from tests.integration.router.receivers import MailServer
from tests.integration.router.test_process import clock, counts, eventually, process, rpc, tell  # noqa: F401
from tests.integration.router.test_replies import MAILBOX
from tests.integration.router.test_replies import mail as letter
from tests.integration.router.told import lead_in, qualified

DEALER = "leads@cedar-valley-tractor.example"


@pytest.fixture
def answered_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_REPLY_ADDRESS", MAILBOX)


def hears(vhost: str, *events: Event) -> bool:
    """Whether the room, which may just be starting, takes the events."""
    try:
        tell(vhost, *events)
    except AssertionError:
        return False
    return True


@pytest.mark.requirement("FBK-4")
def test_an_answer_from_the_queue_is_done_and_one_that_is_not_certain_is_asked_back(
    vhost: str,
    answered_at: None,
    process: subprocess.Popen[bytes],  # noqa: F811
    rpc: RpcPool,  # noqa: F811
    mail: MailServer,
) -> None:
    eventually(lambda: counts(rpc), "the room answers")
    lead = lead_in("50701")
    eventually(lambda: hears(vhost, lead, qualified(lead)), "the inbox is bound")
    eventually(lambda: mail.to(DEALER), "the lead's mail")
    address = str(mail.to(DEALER)[0]["Reply-To"])
    owned = rpc.call(calls.ASSIGNMENT, lead_id=lead.lead_id)
    assert ReplyAddress("a secret of at least thirty-two characters", MAILBOX).read(address) == owned.assignment_id

    publisher = ConfirmedPublisher(vhost, prepare=declare_doors)
    for number, text in enumerate(("sold 12.500", "accepted", "accepted")):
        body = letter(text, sender=DEALER, number=min(number, 1))
        sent = publisher.publish([message_for(reply_of(body, address, datetime.now(UTC)), body)], 30)
        assert sent == [Result.CONFIRMED]
    publisher.close()

    eventually(lambda: rpc.call(calls.ASSIGNMENT, lead_id=lead.lead_id).status == "accepted", "the answer is done")
    eventually(lambda: len(mail.to(DEALER)) == 2, "the other one is asked back")
    assert mail.to(DEALER)[1]["Subject"].startswith("Please say it again")
    (waiting,) = rpc.call(calls.WAITING_REPLIES).replies
    assert (waiting.outcome, waiting.text) == ("asked_back", "sold 12.500")
