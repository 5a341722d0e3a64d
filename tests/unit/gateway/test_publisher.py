"""Requests wait for the broker, and not too long."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from gateway.publisher import IntakePublisher
from shared.messaging.publisher import OutgoingMessage, Result
from tests.unit.gateway.conftest import FakeBroker, FakeLink

DEADLINE = 0.2


def message(number: int) -> OutgoingMessage:
    return OutgoingMessage(str(number), "", "queue", b"body")


@pytest.fixture
def started() -> Iterator[Callable[..., IntakePublisher]]:
    made: list[IntakePublisher] = []

    def start(broker: FakeBroker, deadline: float = DEADLINE) -> IntakePublisher:
        made.append(IntakePublisher(partial(FakeLink, broker), deadline))
        made[-1].start()
        return made[-1]

    yield start
    for publisher in made:
        publisher.stop()


def test_a_confirm_is_reported(started: Callable[..., IntakePublisher]) -> None:
    broker = FakeBroker()

    assert started(broker).publish(message(1))
    assert [sent.id for sent in broker.messages] == ["1"]


@pytest.mark.parametrize("result", [Result.UNKNOWN, Result.REFUSED, Result.RETURNED])
def test_anything_but_a_confirm_is_none(started: Callable[..., IntakePublisher], result: Result) -> None:
    publisher = started(FakeBroker(answer=lambda _: result))

    assert not publisher.publish(message(1))
    assert not publisher.ready


def test_after_a_failure_nobody_waits_until_the_broker_was_seen_again(
    started: Callable[..., IntakePublisher],
) -> None:
    broker = FakeBroker(answer=lambda _: Result.UNKNOWN)
    publisher = started(broker)
    publisher.publish(message(1))
    publisher.publish(message(2))
    asked_in_vain = sum(broker.batches)
    broker.answer = lambda _: Result.CONFIRMED
    publisher.wake()

    assert asked_in_vain == 1
    assert publisher.publish(message(3))


def test_a_missing_queue_asks_for_a_new_connection(started: Callable[..., IntakePublisher]) -> None:
    broker = FakeBroker(answer=lambda _: Result.RETURNED)
    started(broker).publish(message(1))

    assert broker.closed == 1


class StuckBroker(FakeBroker):
    """Hangs in its first batch until released, as a publish during an alarm does."""

    def __init__(self) -> None:
        super().__init__()
        self.released = threading.Event()
        self.stuck = threading.Event()

    def publish(self, messages, timeout):  # type: ignore[no-untyped-def]
        self.stuck.set()
        assert self.released.wait(10)
        return super().publish(messages, timeout)


def test_a_stuck_broker_costs_one_deadline_and_then_nothing(
    started: Callable[..., IntakePublisher],
) -> None:
    broker = StuckBroker()
    publisher = started(broker)
    began = time.monotonic()
    first = publisher.publish(message(1))
    waited = time.monotonic() - began
    began = time.monotonic()
    others = [publisher.publish(message(number)) for number in range(2, 50)]
    at_once = time.monotonic() - began
    broker.released.set()

    assert not first
    assert not any(others)
    assert waited >= DEADLINE
    assert at_once < 5 * DEADLINE, "each of 48 waited for itself"


def test_who_gave_up_is_not_sent_later(started: Callable[..., IntakePublisher]) -> None:
    broker = StuckBroker()
    publisher = started(broker)
    with ThreadPoolExecutor(2) as requests:
        first = requests.submit(publisher.publish, message(1))
        assert broker.stuck.wait(5)
        second = requests.submit(publisher.publish, message(2))
        assert not first.result(5)
        assert not second.result(5)
    broker.released.set()
    publisher.stop()

    assert [sent.id for sent in broker.messages] == ["1"], "the second is in the spool, and would be there twice"


def test_each_of_many_threads_gets_its_own_confirm(started: Callable[..., IntakePublisher]) -> None:
    broker = StuckBroker()
    publisher = started(broker, deadline=20)
    with ThreadPoolExecutor(40) as requests:
        first = requests.submit(publisher.publish, message(0))
        assert broker.stuck.wait(5)
        rest = [requests.submit(publisher.publish, message(number)) for number in range(1, 40)]
        broker.released.set()
        confirmed = [request.result(5) for request in [first, *rest]]

    assert all(confirmed)
    assert sum(broker.batches) == 40


def test_a_stop_settles_what_is_queued(started: Callable[..., IntakePublisher]) -> None:
    publisher = started(FakeBroker())
    assert publisher.publish(message(1))
    publisher.stop()

    assert not publisher.alive
    assert not publisher.publish(message(2))
