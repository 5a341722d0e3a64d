"""Fulfillment as a process on a real broker: eventlet's sockets carry the mail, a thread draws the letter."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.stack.instance import REPOSITORY
from shared.contracts.calls import DESCRIBE_UNSUBSCRIBE, FULFILLMENT_LEDGER, UNSUBSCRIBE
from shared.contracts.envelope import encode
from shared.contracts.errors import LinkInvalid
from shared.contracts.event import Event
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from tests.builders import enveloped, lead_registered, response
from tests.integration.fulfillment.printed import PrintJob, open_letter
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import assigned, scored, step
from tests.unit.fulfillment.builders import COMPANY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The hot folder of the process."""
    return tmp_path / "hot"


@pytest.fixture
def process(
    room_database: Callable[[str], str], vhost: str, sink: MailSink, folder: Path, tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The room, running until the test ends."""
    environment = {
        "LEADBUS_AMQP_URI": vhost,
        "LEADBUS_DATABASE_URL": room_database("fulfillment"),
        "LEADBUS_COMPANY": str(COMPANY),
        "LEADBUS_CLOCK_FILE": "",
        "LEADBUS_SECRET": "only for this test, and long enough",
        "LEADBUS_SMTP_URL": sink.url,
        "LEADBUS_PRINT_FOLDER": str(folder),
        "LEADBUS_PUBLIC_URL": "https://go.prairieline.example",
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", "deploy.serve", "fulfillment"],
            env=os.environ | environment, cwd=REPOSITORY, stdout=output, stderr=output,
        )  # fmt: skip
        yield running
        running.terminate()
        try:
            running.wait(30)
        finally:
            running.kill()
            print(log.read_text()[:9000])


@pytest.fixture
def rpc(vhost: str) -> RpcPool:
    """Calls with a time-out."""
    return RpcPool(vhost, size=1, timeout_seconds=5)


def eventually(holds: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} s"
        time.sleep(0.1)


def answers(rpc: RpcPool) -> bool:
    try:
        return rpc.call(FULFILLMENT_LEDGER) is not None
    except (RoomAway, RpcTimeout):
        return False


def tell(vhost: str, *events: Event) -> None:
    """Publishes as the other rooms do."""
    now = datetime.now(UTC)
    envelopes = [enveloped(event, time=now) for event in events]
    publisher = ConfirmedPublisher(vhost)
    sent = [OutgoingMessage(str(e.id), f"{e.source}.events", e.type, encode(e)) for e in envelopes]
    assert set(publisher.publish(sent, 30)) == {Result.CONFIRMED}
    publisher.close()


@pytest.mark.usefixtures("process")
def test_process_mails_prints_and_answers(vhost: str, rpc: RpcPool, sink: MailSink, folder: Path) -> None:
    eventually(lambda: answers(rpc), "the room answers")
    now = datetime.now(UTC)
    leads = [lead_registered(response=response(received_at=now - timedelta(seconds=1))) for _ in range(12)]
    tell(vhost, *leads, *(scored(lead, "hot", "qualified") for lead in leads), *(assigned(lead) for lead in leads))
    tell(vhost, step(leads[0], due_at=now))

    eventually(lambda: len(sink.taken) == 25 and len(list(folder.glob("*.zip"))) == 12, "everything is sent")
    eventually(
        lambda: rpc.call(FULFILLMENT_LEDGER).counts == {"email.sent": 25, "post.sent": 12},
        "all recorded",
    )
    job = PrintJob.read(sorted(folder.glob("*.zip"))[0])
    with open_letter(job.pdf) as letter:
        assert len(letter.pages) == job.manifest["letter"]["pages"] == 1

    (guide,) = [message for message in sink.messages if "Five questions" in str(message["Subject"])]
    token = str(guide["List-Unsubscribe"]).strip("<>").rsplit("/", 1)[1]
    assert rpc.call(DESCRIBE_UNSUBSCRIBE, token=token).done is False
    assert rpc.call(UNSUBSCRIBE, token=token).done is True
    assert rpc.call(DESCRIBE_UNSUBSCRIBE, token=token).done is True
    with pytest.raises(LinkInvalid):
        rpc.call(UNSUBSCRIBE, token="forged")
