"""The front desk's process is killed while it fetches an announced lead; repairs are asked for over the wire."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.quarantine import quarantine
from shared.contracts import calls
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from tests.integration.capture.desk import COMPANY, form
from tests.integration.capture.platform_server import TOKEN, Platform, lead, notice, serving
from tests.integration.capture.repairs import announced
from tests.integration.capture.test_process import SECONDS, Process, _send


@pytest.fixture
def platform() -> Iterator[Platform]:
    with serving() as running:
        yield running


@pytest.fixture
def front_desk(
    vhost: str, room_database: Callable[[str], str], tmp_path: Path, platform: Platform
) -> Iterator[Process]:
    company = tmp_path / "company"
    shutil.copytree(COMPANY, company)
    accounts = company / "platforms.yml"
    accounts.write_text(accounts.read_text().replace("https://graph.facebook.com", platform.url))
    process = Process(
        {
            "LEADBUS_AMQP_URI": vhost,
            "LEADBUS_DATABASE_URL": room_database("capture"),
            "LEADBUS_COMPANY": str(company),
            "LEADBUS_EFFECT_LEASE_SECONDS": "2",
            "LEADBUS_META_TOKEN": TOKEN,
            "LEADBUS_SECRET": "a secret of these tests, long enough",
        },
        tmp_path / "capture.log",
    )
    yield process
    process.kill()


def _until(what: Callable[[], bool], process: Process) -> None:
    deadline = time.monotonic() + SECONDS
    while not what():
        if time.monotonic() > deadline:
            pytest.fail(f"not within {SECONDS} s:\n{process.log()[-3000:]}")
        time.sleep(0.1)


def _counts(rpc: RpcPool) -> dict[str, int]:
    try:
        return rpc.call(calls.CAPTURE_LEDGER).counts
    except (RoomAway, RpcTimeout):
        return dict.fromkeys(("receipts", "registered", "quarantined", "pending"), -1)


def test_a_kill_while_the_answers_are_fetched_costs_a_second_get(
    front_desk: Process, vhost: str, platform: Platform
) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    platform.gate.clear()
    sent, nobody = announced(notice("111")), form({"your-name": "Ann Lee"})
    _send(vhost, [sent, nobody])
    rpc = RpcPool(vhost, size=1, timeout_seconds=10)
    front_desk.start()
    _until(lambda: any("/111" in asked for asked in platform.asked), front_desk)
    assert rpc.call(calls.RECEIPT, receipt_id=sent.intake.receipt_id).state == "awaiting"
    front_desk.kill()

    platform.gate.set()
    front_desk.start()
    _until(lambda: _counts(rpc)["registered"] == 1, front_desk)
    counts = _counts(rpc)
    assert (counts["received"], counts["quarantined"], counts["pending"], counts["persons"]) == (2, 1, 0, 1)
    assert len([asked for asked in platform.asked if "/111" in asked]) == 2

    _repairs_over_the_wire(rpc, vhost)
    front_desk.kill()
    assert TOKEN not in front_desk.log()
    assert "zoe@mueller.example" not in front_desk.log()


def _repairs_over_the_wire(rpc: RpcPool, vhost: str) -> None:
    listed = _command(vhost, "list", "--reason", "no_contact")
    entry = rpc.call(calls.QUARANTINE, reason="no_contact").entries[0]
    assert rpc.call(calls.INSPECT, inquiry_id=entry.inquiry_id).fields["person.full_name"] == "Ann Lee"
    assert rpc.call(calls.JUNK, inquiry_id=entry.inquiry_id, by="Olga", junk=True).junk
    assert rpc.call(calls.JUNK, inquiry_id=entry.inquiry_id, by="Olga", junk=False).junk is False
    run = rpc.call(calls.RELEASE_MANY, by="Olga", preview=True)
    assert (run.done, run.outcomes) == (True, {"quarantined: no_contact": 1})
    assert rpc.call(calls.RELEASE_RUN, run_id=run.run_id) == run
    assert listed["entries"][0]["inquiry_id"] == str(entry.inquiry_id)
    released = _command(vhost, "release", str(entry.inquiry_id), "--set", "person.email=ann@lee.example")
    assert (released["outcome"], released["already"]) == ("registered", False)
    again = rpc.call(calls.RELEASE, inquiry_id=entry.inquiry_id, by="Olga", corrections={})
    assert (again.outcome, again.already) == ("registered", True)
    repairs = rpc.call(calls.INSPECT, inquiry_id=entry.inquiry_id).repairs
    assert [one.action for one in repairs] == ["junked", "unjunked", "released"]


def _command(vhost: str, *words: str) -> Any:
    """What `leadbus quarantine` prints, reaching the room by the broker alone."""
    ran = CliRunner().invoke(
        quarantine, [*words, "--json", "--instance", "./nowhere/at-all"], env={"LEADBUS_AMQP_URI": vhost}
    )
    assert ran.exit_code == 0, ran
    return json.loads(ran.output)
