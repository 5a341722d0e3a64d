"""Acts on the outside world: once per key, and an honest "unknown" after a crash in between."""

import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from shared.database import engine as engines
from shared.database.plumbing import EFFECT
from shared.database.unit_of_work import Transaction, UnitOfWork
from shared.room import Done, GiveUp, Outcome, Performer, Room, Settled, TryAgain
from shared.work import effects

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class Hands:
    """A clock that tests move, a far side that records what it accepted, and what was settled."""

    def __init__(self) -> None:
        self.time = START
        self.accepted: list[str] = []
        self.settled: list[Settled] = []
        self.answers: list[Outcome | Exception] = []

    def now(self) -> datetime:
        return self.time

    def act(self, key: str, payload: Mapping[str, Any]) -> Outcome:
        self.accepted.append(key)
        answer = self.answers.pop(0) if self.answers else Done("ref")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def settle(self, tx: Transaction, settled: Settled) -> None:
        self.settled.append(settled)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def uow(toy_url: str, hands: Hands) -> Iterator[UnitOfWork]:
    engine = engines.create(toy_url)
    yield UnitOfWork(engines.sessions(engine), hands)
    engine.dispose()


def make_room(hands: Hands, resend: bool = False) -> Room:
    performer = Performer(hands.act, hands.settle, resend_when_unknown=resend, waits=(10, 60))
    return Room(name="toy", hears={}, effects={"letter": performer})


def plan(uow: UnitOfWork, *keys: str) -> None:
    with uow.begin() as tx:
        for key in keys:
            tx.plan("letter", key, {"to": key})


def run(uow: UnitOfWork, room: Room) -> None:
    """One round of what the pool does."""
    claimed = effects.claim_planned(uow, room, 100)
    effects.settle(uow, room, [(one, effects.perform(room, one)) for one in claimed])


def states(engine_uow: UnitOfWork) -> dict[str, str]:
    with engine_uow.sessions() as session:
        return dict(session.execute(select(EFFECT.c.key, EFFECT.c.state)).all())


def crash_after_claim(uow: UnitOfWork, room: Room) -> list[effects.Claimed]:
    """The process dies after the act was claimed; its lease is over."""
    claimed = effects.claim_planned(uow, room, 100)
    with uow.begin() as tx:
        tx.session.execute(update(EFFECT).values(claimed_at=datetime.now(UTC) - timedelta(hours=1)))
    return claimed


def test_a_key_is_performed_once_however_often_it_is_planned(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands)
    plan(uow, "a", "b")
    plan(uow, "a")
    run(uow, room)
    plan(uow, "a", "b")
    run(uow, room)

    assert sorted(hands.accepted) == ["a", "b"]
    assert states(uow) == {"a": "done", "b": "done"}
    assert {(one.key, one.outcome, one.detail) for one in hands.settled} == {("a", "done", "ref"), ("b", "done", "ref")}


def test_two_replicas_never_perform_the_same_effect(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands)
    plan(uow, *(f"key-{number:03}" for number in range(200)))

    def replica() -> None:
        while claimed := effects.claim_planned(uow, room, 7):
            effects.settle(uow, room, [(one, effects.perform(room, one)) for one in claimed])

    threads = [threading.Thread(target=replica) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(hands.accepted) == len(set(hands.accepted)) == 200


def test_a_refusal_is_tried_again_with_growing_delay_and_then_given_up(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands)
    hands.answers = [TryAgain("busy"), TryAgain("busy", after_seconds=100), TryAgain("busy")]
    plan(uow, "a")
    tries = []
    for second in range(0, 200, 5):
        hands.time = START + timedelta(seconds=second)
        before = len(hands.accepted)
        run(uow, room)
        tries += [second] * (len(hands.accepted) - before)

    assert tries == [0, 10, 110]
    assert [(one.outcome, one.attempts) for one in hands.settled] == [("failed", 3)]


def test_a_lasting_refusal_is_not_tried_again(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands)
    hands.answers = [GiveUp("no such address")]
    plan(uow, "a")
    run(uow, room)
    hands.time += timedelta(days=1)
    run(uow, room)

    assert (hands.accepted, states(uow)) == (["a"], {"a": "failed"})


def test_a_crash_in_between_leaves_unknown_and_is_not_performed_again(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands)
    plan(uow, "a")
    crash_after_claim(uow, room)
    effects.expire_claims(uow, room, timedelta(minutes=2))
    run(uow, room)

    assert (hands.accepted, states(uow)) == ([], {"a": "unknown"})
    assert [one.outcome for one in hands.settled] == ["unknown"]
    with uow.begin() as tx:
        assert [(kind, key) for kind, key, _ in effects.list_unknown(tx)] == [("letter", "a")]


def test_a_crash_is_repeated_where_the_far_side_drops_the_second_one(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands, resend=True)
    plan(uow, "a")
    crash_after_claim(uow, room)
    effects.expire_claims(uow, room, timedelta(minutes=2))
    hands.time += timedelta(minutes=1)
    run(uow, room)

    assert (hands.accepted, states(uow)) == (["a"], {"a": "done"})


def test_an_act_that_raises_is_unknown(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands)
    hands.answers = [ConnectionResetError("after DATA")]
    plan(uow, "a")
    run(uow, room)

    assert states(uow) == {"a": "unknown"}


def test_a_renewed_lease_does_not_run_out(uow: UnitOfWork, hands: Hands) -> None:
    room = make_room(hands)
    plan(uow, "a")
    under_way = crash_after_claim(uow, room)
    effects.renew(uow, under_way)
    effects.expire_claims(uow, room, timedelta(minutes=2))
    effects.settle(uow, room, [(under_way[0], Done("slow"))])

    assert states(uow) == {"a": "done"}


def test_a_holder_that_lost_its_lease_records_nothing(uow: UnitOfWork, hands: Hands) -> None:
    """A process that was paused for longer than its lease comes back when another has taken over."""
    room = make_room(hands, resend=True)
    plan(uow, "a")
    paused = crash_after_claim(uow, room)
    effects.expire_claims(uow, room, timedelta(minutes=2))
    hands.time += timedelta(minutes=1)
    run(uow, room)
    effects.settle(uow, room, [(paused[0], GiveUp("too late"))])

    assert states(uow) == {"a": "done"}
    assert [one.outcome for one in hands.settled] == ["done"]


def test_a_rolled_back_transaction_plans_nothing(uow: UnitOfWork, hands: Hands, toy_engine: Engine) -> None:
    def fail() -> None:
        with uow.begin() as tx:
            tx.plan("letter", "a", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert states(uow) == {}
