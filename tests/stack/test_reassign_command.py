"""`leadbus leads reassign`: what it asks of the router, and what it tells."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from deploy.cli import leads, reassigning
from shared.contracts.calls import ReassignReply, ReassignVerdict

CLOSED = uuid4()


class Rooms:
    """Moves every lead but the closed one."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def call(self, call: Any, *, lead_ids: list[UUID], to: str | None, by: str, because: str) -> ReassignReply:
        self.asked.append({"leads": len(lead_ids), "to": to, "by": by, "because": because})
        return ReassignReply(
            verdicts=[
                ReassignVerdict(
                    lead_id=one, done=one != CLOSED, owner_id="ames", owner_name="Ames", because="[b]their turn"
                )
                for one in lead_ids
            ]
        )


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made = Rooms()

    @contextmanager
    def reached(instance: str) -> Iterator[Rooms]:
        yield made

    monkeypatch.setattr(reassigning, "rooms_of", reached)
    return made


def run(*words: str) -> Any:
    return CliRunner().invoke(leads.leads, ["reassign", *words], env={"COLUMNS": "300"})


def test_many_leads_go_in_portions(rooms: Rooms) -> None:
    done = run(*[str(uuid4()) for _ in range(450)], "--to", "ames", "--because", "holiday", "--by", "Pat", "--json")

    assert (done.exit_code, len(json.loads(done.output))) == (0, 450)
    assert [asked["leads"] for asked in rooms.asked] == [200, 200, 50]
    assert rooms.asked[0] | {"leads": 0} == {"leads": 0, "to": "ames", "by": "Pat", "because": "holiday"}


def test_each_lead_has_its_verdict_and_one_that_stays_ends_with_1(rooms: Rooms) -> None:
    done = run(str(uuid4()), str(CLOSED), "--because", "holiday")

    assert done.exit_code == 1
    moved, stays = done.output.splitlines()[1:3]
    assert moved.startswith("→")
    assert "[b]their turn" in moved
    assert stays.startswith("stays")
    assert str(CLOSED) in stays
    assert rooms.asked[0]["by"].endswith("(command line)")
    assert rooms.asked[0]["to"] is None
