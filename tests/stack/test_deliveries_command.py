"""`leadbus deliveries`: addresses are checked before anything is sent; what a manager asks for reaches the router."""

import json
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from deploy.cli import deliveries as commands
from deploy.cli.main import app
from deploy.stack import StackError
from deploy.stack.instance import REPOSITORY
from shared.contracts import calls

COMPANY = REPOSITORY / "deploy" / "company"
AT = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Where names lead that are not on the public internet."""
    inside: dict[str, str] = {}

    def found(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (inside.get(host, "93.184.215.14"), port))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setenv("LEADBUS_ALLOW_PRIVATE_WEBHOOKS", "0")
    return inside


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["deliveries", *arguments], env={"COLUMNS": "300"})


def test_every_address_of_the_example_company_may_be_called(names: dict[str, str]) -> None:
    answer = run("check", "--company", str(COMPANY), "--json")

    assert answer.exit_code == 0
    ways = {one["way"] for one in json.loads(answer.output)}
    assert ways == {"webhook", "email", "adf", "star", "rest", "salesforce", "hubspot", "csv", "digest"}


def test_a_name_that_leads_inside_is_told(names: dict[str, str]) -> None:
    names["api.hubapi.com"] = "169.254.169.254"
    answer = run("check", "--company", str(COMPANY), "--json")

    assert answer.exit_code == 1
    (found,) = [one for one in json.loads(answer.output) if one["problem"]]
    assert (found["owner"], found["way"]) == ("show-me-farm-supply", "hubspot")
    assert "169.254.169.254, which is not a public address" in found["problem"]


def test_a_mistake_in_the_file_is_told(names: dict[str, str], tmp_path: Path) -> None:
    company = Path(shutil.copytree(COMPANY, tmp_path / "company"))
    file = company / "owners.yml"
    file.write_text(file.read_text().replace("https://dms.champaign-grain.example", "https://2130706433"))
    answer = run("check", "--company", str(company))

    assert isinstance(answer.exception, StackError)
    assert "champaign-grain: deliveries 1: star: 2130706433 leads to 127.0.0.1" in str(answer.exception)


def test_a_manager_lists_looks_tries_replays_and_enables(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []
    channel = calls.Channel(
        owner_id="river-bend", owner_name="River Bend", way="salesforce", goes_to="https://x", state="disabled",
        because="410", parked=2, disabled_at=AT,
    )  # fmt: skip
    line = calls.DeliveryLine(key="deliver/1/x", notice="lead", state="failed", attempts=3, answer="410", planned_at=AT)
    replies = {
        "deliveries": calls.DeliveriesReply(channels=[channel]),
        "delivery_channel": calls.ChannelReply(channel=channel, deliveries=[line]),
        "try_delivery": calls.TryReply(key="test/1/salesforce"),
        "replay_deliveries": calls.ReplayedReply(replayed=2),
        "enable_delivery": calls.ReplayedReply(replayed=2),
    }

    def ask(rooms: Any, call: Any, **fields: Any) -> Any:
        asked.append((call.method, fields))
        return replies[call.method]

    @contextmanager
    def rooms_of(instance: str) -> Iterator[None]:
        yield None

    monkeypatch.setattr(commands, "ask", ask)
    monkeypatch.setattr(commands, "rooms_of", rooms_of)
    way = ("river-bend", "salesforce")
    assert "disabled" in run("list", "--troubled").output
    assert "deliver/1/x" in run("show", *way).output
    assert "test/1/salesforce" in run("test", *way).output
    assert "2 on their way again" in run("replay", *way, "--key", "deliver/1/x").output
    assert "2 on their way" in run("enable", *way, "--replay").output

    assert [name for name, _ in asked] == list(replies)
    assert asked[3][1]["keys"] == ["deliver/1/x"]
    assert asked[4][1]["replay"] is True
