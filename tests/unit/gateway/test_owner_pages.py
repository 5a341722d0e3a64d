"""How owners keep their leads up to date, as the gateway shows it."""

from decimal import Decimal

import pytest

from shared.contracts import calls
from shared.contracts.calls import GoalProgress, OwnerRecord, OwnersReply
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_campaign_pages import Strict

PROMPT = GoalProgress(
    goal="prompt", because="who <calls> first sells", measure="in_time", at_least=Decimal("0.9"),
    reached=Decimal("0.75"), met=False, reward=Decimal(150),
)  # fmt: skip
TALKS = GoalProgress(
    goal="in-talks", because="they talk", measure="appointments", at_least=Decimal(3), reached=Decimal(4), met=True,
    reward=Decimal(75),
)  # fmt: skip
AMES = OwnerRecord(
    owner_id="ames", name="Ames <Tractor>", duties=8, in_time=6, late=1, missed=1, share_in_time=0.75, answers=7,
    share_complete=0.5, did={"contacted": 7}, goals=[PROMPT, TALKS], earned=Decimal(75),
)  # fmt: skip


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.rooms.replies[calls.OWNERS] = OwnersReply(month="2026-03", currency="USD", owners=[AMES])
    return desk


def test_a_manager_sees_each_owners_month_and_goals(full: Desk) -> None:
    page = full.client.get("/owners?month=2026-03", headers=full.key("read"))
    text = " ".join(page.text.split())
    Strict().feed(page.text)

    assert page.status_code == 200
    assert "Ames &lt;Tractor&gt;" in text
    assert "6 of 8 in time (75 %), 1 late, 1 missed." in text
    assert "50 % of 7 answers left nothing out." in text
    assert "75 % of 90 %" in text
    assert "4 of 3, 75 USD" in text
    assert "who &lt;calls&gt; first sells" in text
    assert full.rooms.calls[-1] == ("analytics.owners", {"month": "2026-03"})


def test_the_same_in_figures(full: Desk) -> None:
    found = full.client.get("/v1/reports/owners", headers=full.key("read")).get_json()

    assert (found["month"], found["owners"][0]["share_in_time"]) == ("2026-03", 0.75)
    assert found["owners"][0]["goals"][1]["met"] is True


@pytest.mark.parametrize("path", ["/owners", "/v1/reports/owners"])
def test_only_who_may_read_sees_it(full: Desk, path: str) -> None:
    assert full.client.get(path).status_code == 401
    assert full.client.get(path, headers=full.key("intake")).status_code == 403


def test_a_month_in_which_nothing_was_due_says_so(desk: Desk) -> None:
    desk.rooms.replies[calls.OWNERS] = OwnersReply(month="2026-03", currency="", owners=[])

    assert "Nothing was due from anybody" in desk.client.get("/owners", headers=desk.key("read")).text
