"""The router as a process on a real broker: eventlet's sockets carry webhooks and mail, calls are answered."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from deploy.stack.instance import REPOSITORY
from shared.clock import write_offset
from shared.contracts import calls
from shared.contracts.capture import LeadRegistered
from shared.contracts.envelope import encode
from shared.contracts.errors import ContractViolation, LinkInvalid, NotFound
from shared.contracts.event import Event
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from tests.builders import enveloped
from tests.integration.router.conftest import COMPANY
from tests.integration.router.receivers import DealerServer, MailServer
from tests.integration.router.told import lead_in, qualified


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    """The file that moves the process's clock."""
    return tmp_path / "clock"


@pytest.fixture
def process(
    vhost: str, room_database: Callable[[str], str], dealer: DealerServer, mail: MailServer, clock: Path, tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The router, running between a dealer's web server and a mail server."""
    settings = {
        "LEADBUS_AMQP_URI": vhost,
        "LEADBUS_DATABASE_URL": room_database("router"),
        "LEADBUS_COMPANY": str(COMPANY),
        "LEADBUS_CLOCK_FILE": str(clock),
        "LEADBUS_SECRET": "a secret of at least thirty-two characters",
        "LEADBUS_PUBLIC_URL": "https://leads.prairie-line.example",
        "LEADBUS_ALLOW_PRIVATE_WEBHOOKS": "1",
        "LEADBUS_WEBHOOK_STAND_IN": dealer.url,
        "LEADBUS_SMTP_URL": mail.url,
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "deploy.serve", "router"]
        running = subprocess.Popen(command, env=os.environ | settings, cwd=REPOSITORY, stdout=output, stderr=output)
        yield running
        running.terminate()
        code = running.wait(timeout=60)
        told = log.read_text()
        assert code == 0, told[-3000:]
        assert "Ann Lee" not in told
        assert "leefarms" not in told


@pytest.fixture
def rpc(vhost: str) -> RpcPool:
    """Calls with a time-out."""
    return RpcPool(vhost, size=1, timeout_seconds=5)


def eventually(holds: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"{what} did not come true within {seconds} s"
        time.sleep(0.1)


def counts(rpc: RpcPool) -> dict[str, int]:
    """The router's ledger; empty while it starts."""
    try:
        return rpc.call(calls.ROUTER_LEDGER).counts
    except (RoomAway, RpcTimeout):
        return {}


def tell(vhost: str, *events: Event) -> None:
    """Publishes as the other rooms do."""
    publisher = ConfirmedPublisher(vhost)
    envelopes = [enveloped(event, time=datetime.now(UTC)) for event in events]
    sent = [OutgoingMessage(str(e.id), f"{e.source}.events", e.type, encode(e)) for e in envelopes]
    assert set(publisher.publish(sent, 30)) == {Result.CONFIRMED}
    publisher.close()


def test_leads_reach_their_owners_who_answer_by_link_or_lose_them(
    vhost: str,
    process: subprocess.Popen[bytes],
    rpc: RpcPool,
    dealer: DealerServer,
    mail: MailServer,
    clock: Path,
) -> None:
    eventually(lambda: counts(rpc), "the room answers")
    # Six dealers' servers that say nothing must not keep the others' leads waiting.
    dealer.script = ["silence"] * 6
    leads = [lead_in("50010") for _ in range(6)] + [lead_in("50613") for _ in range(6)]
    tell(vhost, *leads, *(qualified(lead) for lead in leads))

    eventually(lambda: len(mail.to("leads@cedar-valley-tractor.example")) == 6, "six mails", 10)
    eventually(lambda: len(dealer.received) == 6, "six requests")
    assert counts(rpc)["live_without_owner"] == 0
    assert rpc.call(calls.ASSIGNMENT, lead_id=leads[0].lead_id).owner.owner_id == "hawkeye-implement"
    with pytest.raises(NotFound):
        rpc.call(calls.ASSIGNMENT, lead_id=leads[0].person_id)

    links = json.loads(dealer.received[0].body)["data"]["links"]
    lead_id = json.loads(dealer.received[0].body)["data"]["lead_id"]
    tokens = {action: url.rpartition("/")[2] for action, url in links.items()}
    assert rpc.call(calls.DESCRIBE_LINK, token=tokens["accept"]).possible
    accepted = [rpc.call(calls.ACT, token=tokens["accept"], fields={}).changed for _ in range(2)]
    assert accepted == [True, False]
    with pytest.raises(ContractViolation):
        rpc.call(calls.ACT, token=tokens["quoted"], fields={"amount": "a lot"})
    with pytest.raises(LinkInvalid):
        rpc.call(calls.DESCRIBE_LINK, token="forged")
    assert rpc.call(calls.ACT, token=tokens["quoted"], fields={"amount": "48000"}).status == "quoted"

    write_offset(clock, 49 * 3600)
    eventually(lambda: moved(rpc, leads[6:], "cedar-valley-tractor"), "the others moved on")
    assert rpc.call(calls.ASSIGNMENT, lead_id=UUID(lead_id)).owner.owner_id == "hawkeye-implement"
    assert counts(rpc)["live_without_owner"] == 0
    assert process.poll() is None


def moved(rpc: RpcPool, leads: list[LeadRegistered], first: str) -> bool:
    """Whether none of these leads is with the dealer who was asked first."""
    return all(rpc.call(calls.ASSIGNMENT, lead_id=lead.lead_id).owner.owner_id != first for lead in leads)
