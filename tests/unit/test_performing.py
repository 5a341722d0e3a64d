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


def make_pool(performer: Performer) -> EffectPool:
    room = Room("room", {}, effects={"call": performer})
    return EffectPool(None, room, "call", workers=2, lease=timedelta(seconds=60))  # type: ignore[arg-type]


@pytest.fixture
def settled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keys whose outcomes were recorded; six effects wait to be claimed."""
    waiting = [Claimed("call", f"key-{number}", {}, 1, UUID(int=1)) for number in range(6)]
    recorded: list[str] = []

    def claim(uow: Any, room: Room, limit: int, kind: str) -> list[Claimed]:
        taken, waiting[:] = waiting[:limit], waiting[limit:]
        return taken

    monkeypatch.setattr(effects, "claim_planned", claim)
    monkeypatch.setattr(effects, "settle", lambda uow, room, results: recorded.extend(one.key for one, _ in results))
    return recorded


def test_outcome_of_an_act_that_outlasts_a_step_is_recorded(settled: list[str]) -> None:
    performer = Performer(act=slow_act, settle=lambda tx, outcome: None, resend_when_unknown=False)
    pool = make_pool(performer)
    with eventlet.Timeout(5, False):
        while pool.step():
            eventlet.sleep(0)
    assert sorted(settled) == [f"key-{number}" for number in range(6)]


def test_the_leases_of_acts_under_way_are_renewed_until_they_are_recorded(
    settled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow printer loses no lease; only a dead process does."""
    renewed: list[set[str]] = []
    monkeypatch.setattr(effects, "renew", lambda uow, claimed: renewed.append({one.key for one in claimed}))
    pool = make_pool(Performer(act=slow_act, settle=lambda tx, outcome: None, resend_when_unknown=False))
    pool.step()
    pool.renew()
    with eventlet.Timeout(5, False):
        while pool.step():
            eventlet.sleep(0)
    pool.renew()

    assert renewed == [{"key-0", "key-1"}]


def test_a_kind_may_have_fewer_under_way_than_the_setting_allows(settled: list[str]) -> None:
    under_way: list[str] = []
    most = [0]

    def act(key: str, payload: Any) -> Done:
        under_way.append(key)
        most[0] = max(most[0], len(under_way))
        eventlet.sleep(0.01)
        under_way.remove(key)
        return Done(key)

    pool = make_pool(Performer(act=act, settle=lambda tx, outcome: None, resend_when_unknown=False, side_by_side=1))
    with eventlet.Timeout(5, False):
        while pool.step():
            eventlet.sleep(0)

    assert (len(settled), most) == (6, [1])


def test_the_database_is_not_asked_again_and_again_while_a_slow_act_is_under_way(
    settled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, asked = effects.claim_planned, []
    monkeypatch.setattr(effects, "claim_planned", lambda *given: asked.append(1) or claim(*given))

    def act(key: str, payload: Any) -> Done:
        eventlet.sleep(0.3)
        return Done(key)

    pool = make_pool(Performer(act=act, settle=lambda tx, outcome: None, resend_when_unknown=False))
    with eventlet.Timeout(5, False):
        while pool.step():
            eventlet.sleep(0)

    assert len(settled) == 6
    assert len(asked) <= 8  # three rounds of two, each with one look more
