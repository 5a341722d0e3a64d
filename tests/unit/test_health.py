"""Liveness: a room that gets nowhere says so, though its process lives."""

import time
from types import SimpleNamespace
from typing import Any

from shared.serving.health import CANARY_SECONDS, LOOP_SECONDS, stuck


def runtime(canary_age: float = 0, loop_age: float = 0, idle: float = 0.5) -> Any:
    now = time.monotonic()
    reader = SimpleNamespace(queue="toy.inbox.v1", canary_at=now - canary_age)
    loop = SimpleNamespace(name="relay", progress_at=now - loop_age, idle_seconds=idle)
    return SimpleNamespace(inboxes=[SimpleNamespace(reader=reader)], loops=[loop])


def test_a_room_whose_queues_and_loops_move_is_alive() -> None:
    assert stuck(runtime()) == []


def test_a_queue_whose_canary_does_not_come_round_is_not_being_consumed() -> None:
    """A connection that is half gone looks open for ever; its canary does not come back."""
    problems = stuck(runtime(canary_age=CANARY_SECONDS + 1))

    assert len(problems) == 1
    assert "toy.inbox.v1 has not been consumed" in problems[0]


def test_a_loop_that_completes_no_step_is_stuck_unless_it_rests_that_long() -> None:
    assert "relay" in stuck(runtime(loop_age=LOOP_SECONDS + 1))[0]
    assert stuck(runtime(loop_age=LOOP_SECONDS + 1, idle=600)) == []
