"""`leadbus owners statement` and `credit`: what they ask of the router, and what they tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from typer.testing import CliRunner

from deploy.cli import owners, statements
from shared.contracts import calls

ENTRY = uuid4()
AT = datetime(2026, 10, 5, 9, tzinfo=UTC)


def line(amount: str, because: str) -> calls.StatementLine:
    return calls.StatementLine(
        owner_id="ames", owner_name="Ames [Tractor]", lead_id=uuid4(), entry_id=ENTRY, amount=Decimal(amount),
        currency="USD", because=because, at=AT,
    )  # fmt: skip


class Rooms:
    """Answers what a test put into `lines`."""

    def __init__(self) -> None:
        self.lines = [line("60", "price of the territory, hot lead"), line("-60", "wrong number"), line("35", "warm")]
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def call(self, call: Any, **fields: Any) -> Any:
        self.asked.append((call.method, fields))
        return calls.StatementReply(month="2026-10", currency="USD", lines=self.lines)


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made = Rooms()

    @contextmanager
    def reached(instance: str) -> Iterator[Rooms]:
        yield made

    monkeypatch.setattr(statements, "rooms_of", reached)
    return made


def run(*words: str) -> Any:
    return CliRunner().invoke(owners.owners, [*words], env={"COLUMNS": "300"})


def test_a_statement_has_every_line_and_the_sum_of_each_owner(rooms: Rooms) -> None:
    shown = run("statement", "--month", "2026-10", "--owner", "ames").output

    assert rooms.asked == [("statement", {"month": "2026-10", "owner_id": "ames"})]
    assert "Ames [Tractor]" in shown
    assert "-60.00" in shown
    assert "35.00   USD in all" in shown
    assert str(ENTRY) in shown


def test_a_month_without_charges_says_so(rooms: Rooms) -> None:
    rooms.lines = []
    assert "Nothing was charged or credited in 2026-10." in run("statement").output


def test_a_charge_is_taken_back_with_a_reason_and_a_name(rooms: Rooms) -> None:
    assert run("credit", str(ENTRY), "--because", "wrong number").output == "Credited.\n"
    ((_, said),) = rooms.asked
    assert (said["entry_id"], said["because"]) == (ENTRY, "wrong number")
    assert said["by"].endswith("(command line)")
    assert run("credit", str(ENTRY)).exit_code == 2
