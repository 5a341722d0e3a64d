"""The front desk as a process: inquiries come over a real broker, and whoever has a receipt can ask."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.contracts import calls
from shared.contracts import intake as intakes
from shared.messaging import topology
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from shared.room import RawInquiry
from tests.integration.capture import hostile
from tests.integration.capture.desk import COMPANY, form

REPOSITORY = Path(__file__).parents[3]
SECONDS = 60.0


class Process:
    """The front desk's process; `start` it, `kill` it."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment, self._log = environment, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it."""
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "deploy.serve", "capture"],
                env=os.environ | self._environment,
                cwd=REPOSITORY,
                stdout=output,
                stderr=output,
            )

    def kill(self, by: signal.Signals = signal.SIGKILL) -> None:
        """Ends it and waits until it is gone."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(by)
            self._process.wait(timeout=40)

    def log(self) -> str:
        """What it wrote."""
        return self._log.read_text()


@pytest.fixture
def front_desk(vhost: str, room_database: Callable[[str], str], tmp_path: Path) -> Iterator[Process]:
    """A front desk that is not started yet."""
    environment = {
        "LEADBUS_AMQP_URI": vhost,
        "LEADBUS_DATABASE_URL": room_database("capture"),
        "LEADBUS_COMPANY": str(COMPANY),
        "LEADBUS_INBOX_BATCH": "20",
    }
    process = Process(environment, tmp_path / "capture.log")
    yield process
    process.kill()


def _send(uri: str, inquiries: list[RawInquiry]) -> None:
    publisher = ConfirmedPublisher(uri, topology.declare_intake)
    messages = [
        OutgoingMessage(
            str(one.intake.receipt_id),
            "",
            intakes.QUEUE,
            one.body,
            headers={intakes.HEADER: intakes.encode_header(one.intake)},
            content_type="application/octet-stream",
        )
        for one in inquiries
    ]
    try:
        assert set(publisher.publish(messages, 30)) == {Result.CONFIRMED}
    finally:
        publisher.close()


def _ledger(rpc: RpcPool) -> dict[str, int]:
    try:
        return rpc.call(calls.CAPTURE_LEDGER).counts
    except (RoomAway, RpcTimeout):
        return {"receipts": -1}


def _wait_for_receipts(rpc: RpcPool, number: int, process: Process) -> dict[str, int]:
    deadline = time.monotonic() + SECONDS
    while (counts := _ledger(rpc))["receipts"] < number or counts["pending"]:
        if time.monotonic() > deadline:
            pytest.fail(f"{counts} of {number} after {SECONDS} s:\n{process.log()[-3000:]}")
        time.sleep(0.1)
    return counts


def test_kills_amid_inquiries_lose_none_and_repeat_none(front_desk: Process, vhost: str) -> None:
    posts = [form({"your-email": f"p{n}@farm.example", "message": f"number {n}"}) for n in range(400)]
    bad = [inquiry for name, inquiry in hostile.inquiries() if "5 MB" not in name]
    _send(vhost, [*posts, *bad])
    _send(vhost, posts)
    rpc = RpcPool(vhost, size=2, timeout_seconds=3)
    for share in (50, 200):
        front_desk.start()
        _wait_for_receipts(rpc, share, front_desk)
        front_desk.kill()
    front_desk.start()
    counts = _wait_for_receipts(rpc, len(posts) + len(bad), front_desk)

    outcomes = ("registered", "responded", "quarantined", "test", "duplicate", "withdrawn", "pending")
    assert counts["received"] == sum(counts[name] for name in outcomes)
    assert counts["receipts"] == len(posts) + len(bad)
    assert counts["persons"] >= len(posts)
    reply = rpc.call(calls.RECEIPT, receipt_id=posts[7].intake.receipt_id)
    assert reply.state == "registered"
    assert reply.lead_id is not None
    assert rpc.call(calls.RECEIPT, receipt_id=uuid.uuid4()).state == "unknown"
    assert rpc.call(calls.QUARANTINE, limit=5).entries
    front_desk.kill(signal.SIGTERM)
    assert "p7@farm.example" not in front_desk.log()
