"""`leadbus campaigns` and `leadbus referrals` against the front desk's own process, over a real broker."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.main import app
from deploy.stack import StackError
from shared.contracts import calls
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from tests.integration.capture.desk import COMPANY

REPOSITORY = Path(__file__).parents[3]
SECONDS = 60.0


@pytest.fixture
def front_desk(
    vhost: str, room_database: Callable[[str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """A running front desk; commands find it by LEADBUS_AMQP_URI."""
    settings = {
        "LEADBUS_AMQP_URI": vhost,
        "LEADBUS_DATABASE_URL": room_database("capture"),
        "LEADBUS_COMPANY": str(COMPANY),
        "LEADBUS_SECRET": "a secret of at least thirty-two characters",
        "LEADBUS_PUBLIC_URL": "https://leads.prairieline.example",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with (tmp_path / "capture.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.serve", "capture"], env=os.environ, cwd=REPOSITORY, stdout=log, stderr=log
        )
    try:
        _wait_until_it_answers(vhost, tmp_path / "capture.log")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=40)


def _wait_until_it_answers(uri: str, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            RpcPool(uri, size=1, timeout_seconds=3).call(calls.UNKNOWN_CODES)
            return
        except (RoomAway, RpcTimeout):
            if time.monotonic() > deadline:
                pytest.fail(log.read_text()[-3000:])
            time.sleep(0.1)


def _run(*arguments: str) -> Any:
    """The JSON that a command prints."""
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_campaigns_costs_and_codes_are_kept_by_commands(front_desk: None) -> None:
    listed = _run("campaigns", "list")["campaigns"]
    assert {"mower-mailing", "website"} <= {one["campaign_id"] for one in listed}, "the file is read at the start"

    _run("campaigns", "add", "barn-tour", "Barn tour", "--medium", "hayride", "--currency", "USD", "--code", "BT26")
    for _ in range(2):
        told = _run("campaigns", "cost", "barn-tour", "1200.10", "--kind", "print", "--on", "2026-03-01", "--key", "7")
    assert told["campaign"]["costs"][0]["total"] == "1200.10"
    assert _run("campaigns", "code", "barn-tour", "BT27")["campaign"]["codes"] == ["BT26", "BT27"]
    assert _run("campaigns", "unknown")["codes"] == []
    with pytest.raises(StackError, match="belongs to the campaign barn-tour"):
        CliRunner().invoke(app, ["campaigns", "code", "website", "bt-26"], catch_exceptions=False)
    with pytest.raises(StackError, match="currency"):
        CliRunner().invoke(app, ["campaigns", "cost", "website", "1", "--currency", "dollars"], catch_exceptions=False)

    link = CliRunner().invoke(app, ["referrals", "link", "E1042"], catch_exceptions=False)
    assert link.stdout.startswith("https://leads.prairieline.example/refer/")
    assert _run("referrals", "list")["referrals"] == []
    assert _run("referrals", "credits", "--month", "2026-03")["credits"] == []
    assert _run("referrals", "pay", "2026-03")["totals"] == []
