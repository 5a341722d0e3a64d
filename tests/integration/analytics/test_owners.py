"""How owners kept their leads up to date, read off the journal month by month."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from services.analytics.company import load
from services.analytics.usecases import filing, owners
from shared.contracts.calls import OwnersReply, OwnersRequest
from shared.contracts.errors import ContractViolation
from shared.contracts.router import DutyEnded
from tests.builders import NOON, enveloped
from tests.played_room import PlayedRoom

GOALS = load(Path(__file__).parents[3] / "deploy" / "company")


def duty(outcome: Any, did: str | None = None, *, at: datetime = NOON, **over: Any) -> DutyEnded:
    """A duty of Ames Tractor that ended."""
    values: dict[str, Any] = {
        "lead_id": uuid4(), "assignment_id": uuid4(), "owner_id": "ames", "owner_name": "Ames Tractor",
        "clock": "update", "outcome": outcome, "did": did, "left_out": [], "due_at": at, "ended_at": at,
    }  # fmt: skip
    return DutyEnded(**(values | over))


def month(analytics: PlayedRoom, text: str | None = None) -> OwnersReply:
    with analytics.uow.begin() as tx:
        return owners.month(tx, OwnersRequest(month=text), GOALS)


@pytest.mark.requirement("INC-5")
def test_how_complete_and_prompt_an_owners_updates_are_is_measured(analytics: PlayedRoom) -> None:
    analytics.hear(
        *(duty("in_time", "contacted") for _ in range(6)),
        duty("late", "won", left_out=["amount"]),
        duty("late", "lost"),
        duty("missed"),
        duty("missed", owner_id="river-bend", owner_name="River Bend"),
    )

    ames, river_bend = month(analytics).owners
    assert (ames.name, ames.duties, ames.in_time, ames.late, ames.missed) == ("Ames Tractor", 9, 6, 2, 1)
    assert (ames.share_in_time, ames.answers, ames.share_complete) == (6 / 9, 8, 7 / 8)
    assert ames.did == {"contacted": 6, "won": 1, "lost": 1}
    assert (river_bend.share_in_time, river_bend.share_complete) == (0.0, None)


@pytest.mark.requirement("INC-4")
def test_who_reaches_a_goal_earns_its_reward_and_who_does_not_sees_what_is_missing(analytics: PlayedRoom) -> None:
    analytics.hear(*(duty("in_time", "appointment") for _ in range(3)), *(duty("missed") for _ in range(2)))

    (ames,) = month(analytics).owners
    assert {goal.goal: (goal.met, goal.reached) for goal in ames.goals} == {
        "prompt": (False, Decimal("0.6")),
        "complete": (False, None),
        "in-talks": (True, Decimal(3)),
    }
    assert ames.earned == Decimal(75)


def test_a_month_ends_with_its_last_moment(analytics: PlayedRoom) -> None:
    first = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
    analytics.hear(
        duty("in_time", at=first - timedelta(seconds=1)),
        duty("late", at=first),
        duty("missed", at=datetime.fromisoformat("2026-03-31T23:59:59+00:00")),
        duty("in_time", at=datetime.fromisoformat("2026-04-01T00:00:00+00:00")),
    )

    (ames,) = month(analytics, "2026-03").owners
    assert (ames.in_time, ames.late, ames.missed) == (0, 1, 1)
    assert month(analytics, "2025-01").owners == []


def test_a_duty_counts_once_however_often_it_is_told_and_after_a_rebuild(analytics: PlayedRoom) -> None:
    told = [enveloped(duty("in_time", "accept")), enveloped(duty("missed"))]
    analytics.hear_all([*told, *told])
    before = month(analytics)
    with analytics.uow.begin() as tx:
        filing.rebuild(tx)

    assert month(analytics) == before
    assert before.owners[0].duties == 2


@pytest.mark.parametrize("text", ["2026-13", "march", "2026-03-01", "9999-12"])
def test_what_is_no_month_is_refused_with_an_example(analytics: PlayedRoom, text: str) -> None:
    with pytest.raises(ContractViolation, match="2026-11"):
        month(analytics, text)
