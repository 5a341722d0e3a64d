"""The pool that performs effects records every outcome, however its steps and the acts interleave."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import eventlet
import pytest

from shared.room import Done, Performer, Room
from shared.serving.performing import EffectPool
from shared.work import effects
from shared.work.effects import Claimed


def slow_act(key: str, payload: Any) -> Done:
    eventlet.sleep(0.05)  # a far side that takes longer than a step of the pool
    return Done(key)


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys whose outcomes were recorded; six effects wait to be claimed."""
    waiting = [Claimed("call", f"key-{number}", {}, 1, UUID(int=1)) for number in range(6)]
    recorded: list[str] = []

    def claim(uow: Any, room: Room, limit: int) -> list[Claimed]:
        taken, waiting[:] = waiting[:limit], waiting[limit:]
        return taken

    monkeypatch.setattr(effects, "claim_planned", claim)
    monkeypatch.setattr(effects, "settle", lambda uow, room, results: recorded.extend(one.key for one, _ in results))
    return recorded


def test_outcome_of_an_act_that_outlasts_a_step_is_recorded(settled: list[str]) -> None:
    performer = Performer(act=slow_act, settle=lambda tx, outcome: None, resend_when_unknown=False)
    pool = EffectPool(None, Room("room", {}, effects={"call": performer}), workers=2, lease=timedelta(seconds=60))  # type: ignore[arg-type]
    with eventlet.Timeout(5, False):
        while pool.step():
            eventlet.sleep(0)
    assert sorted(settled) == [f"key-{number}" for number in range(6)]
