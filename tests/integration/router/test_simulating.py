"""A month of history under draft rules."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from deploy.cli import routing
from deploy.stack import StackError
from services.router.models import Assignment
from services.router.usecases import simulating
from services.router.usecases.answering import Desk
from services.router.usecases.simulating import Simulation
from shared.database import engine as engines
from tests.company_folder import EXAMPLE, edited_company
from tests.integration.router.told import lead_in, press, qualified, token
from tests.played_room import PlayedRoom

MARCH = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
#: Linn County takes 4 mowers a day; the draft lets Linn take all of them, 2 a day.
LINN, RIVER = "linn-county-outdoor", "river-bend-tractor"
DRAFT = (
    ("territories.yml", f"owners: [{LINN}, {RIVER}]}}", f"owners: [{LINN}]}}"),
    ("owners.yml", "takes: {day: 4, open: 60}", "takes: {day: 2}"),
)


@pytest.fixture
def month(router: PlayedRoom, desk: Desk) -> PlayedRoom:
    """Six mowers a day for three days, of which some are accepted, and a lead of another month."""
    for _ in range(3):
        leads = [lead_in("52401", products=["zero-turn-mower"]) for _ in range(6)]
        router.hear(*leads, *(qualified(lead) for lead in leads))
        press(router, desk, token(router, desk, leads[0].lead_id, "accept"))
        router.clock.forward(days=1)
    router.clock.forward(days=31)
    later = lead_in("52401", products=["zero-turn-mower"])
    router.hear(later, qualified(later))
    return router


@pytest.fixture
def run(month: PlayedRoom, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Any]:
    url = month.engine.url.render_as_string(hide_password=False)
    monkeypatch.setattr(routing, "database_of", lambda room, instance: (url, None))
    draft = edited_company(tmp_path, *DRAFT)

    def run(*words: str) -> Any:
        told = ["simulate", "--company", str(draft), "--present", str(EXAMPLE), *words]
        return CliRunner().invoke(routing.routing, told, env={"COLUMNS": "200"})

    return run


def test_a_month_is_assigned_again_under_both_rules(run: Callable[..., Any]) -> None:
    found = json.loads(run("--month", "2026-03", "--json").output)
    owners = {one["owner"]: one for one in found["owners"]}

    assert found["leads"] == 18
    assert (owners[LINN]["had"], owners[LINN]["present"], owners[LINN]["draft"]) == (9, 9, 6)
    assert (owners[RIVER]["present"], owners[RIVER]["draft"], owners[RIVER]["change"]) == (9, 0, -9)
    assert (owners[LINN]["busiest_day"], owners[LINN]["per_day"]) == (2, 2)
    assert sum(one["draft"] for one in owners.values()) == 18
    assert found["moved"] == sum(move["leads"] for move in found["moves"]) > 9
    assert found["examples"][0]["because"]
    assert found["territories"]["us-ia-east"] == 6


def test_the_same_is_a_table(run: Callable[..., Any]) -> None:
    shown = run("--month", "2026-03").output

    assert "18 leads became sales-ready in 2026-03" in shown
    assert "River Bend Tractor" in shown
    assert "2 of 2" in shown


def test_a_month_without_leads_and_what_is_no_month(run: Callable[..., Any]) -> None:
    assert "0 leads became sales-ready in 2025-01" in run("--month", "2025-01").output
    assert isinstance(run("--month", "March").exception, StackError)


def test_the_rules_that_were_at_work_give_what_was_given(month: PlayedRoom, desk: Desk) -> None:
    again = Simulation(desk.rules)
    with engines.sessions(month.engine)() as session:
        chosen = {past.lead_id: again.assign(past).owner_id for past in simulating.history(session, *MARCH)}

    # Whoever is listed first among leads of the same moment is decided by their ids: the numbers are the same.
    had = [row["owner_id"] for row in month.rows(Assignment) if row["lead_id"] in chosen and row["revision"] == 2]
    assert sorted(chosen.values()) == sorted(had)
    assert again.held == 18, "it was six in the morning"


def test_it_reads_in_batches_and_waits_for_nobody(
    month: PlayedRoom, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulating, "BATCH", 5)
    with month.engine.begin() as holder:
        holder.execute(text("SELECT * FROM lead FOR UPDATE"))
        holder.execute(text("SELECT * FROM assignment FOR UPDATE"))
        with engines.sessions(month.engine)() as session:
            session.execute(text("SET lock_timeout = '1s'"))
            read = list(simulating.history(session, *MARCH))

    assert len({past.lead_id for past in read}) == len(read) == 18
    assert [past.at for past in read] == sorted(past.at for past in read)
