"""How often one sender may come."""

import contextlib

import pytest
from limits import parse

from gateway import limits
from gateway.limits import RateLimits
from gateway.problems import Problem


class Watch:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def allowed(counted: RateLimits, rate: str, times: int, *who: str) -> int:
    """How many of so many requests get through."""
    passed = 0
    for _ in range(times):
        with contextlib.suppress(Problem):
            counted.check(parse(rate), *who)
            passed += 1
    return passed


def test_so_many_and_no_more() -> None:
    counted = RateLimits(Watch())

    assert allowed(counted, "10/minute", 30, "form", "a") == 10
    assert allowed(counted, "10/minute", 30, "form", "b") == 10
    assert allowed(counted, "10/minute", 30, "hook", "a") == 10


def test_a_burst_at_the_turn_of_the_minute_is_not_doubled() -> None:
    watch = Watch()
    counted = RateLimits(watch)
    watch.now = 1019.0
    before = allowed(counted, "10/minute", 30, "a")
    watch.now = 1021.0
    after = allowed(counted, "10/minute", 30, "a")

    assert before == 10
    assert after <= 1


def test_who_waits_as_told_may_come_again() -> None:
    watch = Watch()
    counted = RateLimits(watch)
    allowed(counted, "10/minute", 30, "a")
    with pytest.raises(Problem) as refused:
        counted.check(parse("10/minute"), "a")
    assert refused.value.status == 429
    watch.now += 2 * int(refused.value.headers["Retry-After"]) + 60

    assert allowed(counted, "10/minute", 30, "a") == 10


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_SENDERS", 50)
    watch = Watch()
    counted = RateLimits(watch)
    for number in range(500):
        watch.now += 1
        counted.check(parse("10/minute"), str(number))

    assert len(counted._counts) <= 50
