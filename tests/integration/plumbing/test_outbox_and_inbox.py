"""Outbox, inbox and migrations against a real broker and a real database, without a process around them."""

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine, MetaData

from shared.clock import SystemClock
from shared.contracts.envelope import encode
from shared.database import engine as engines
from shared.database import migrations
from shared.database.plumbing import PLUMBING
from shared.database.unit_of_work import Cause, UnitOfWork
from shared.messaging import failures
from shared.messaging.connection import open_connection
from shared.messaging.failures import RetryPolicy
from shared.messaging.inbox import POISON_DELIVERIES, EventHearing, handle_batch
from shared.messaging.outbox import Relay
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.messaging.reader import Received
from shared.messaging.retry import retry_waiting
from tests.builders import enveloped, lead_registered, person
from tests.integration.plumbing.conftest import VERSIONS, read_all, scalar
from tests.integration.plumbing.toy import service as toy

POLICY = RetryPolicy((0, 0), jitter=0)


@pytest.fixture
def uow(toy_url: str) -> Iterator[UnitOfWork]:
    engine = engines.create(toy_url)
    yield UnitOfWork(engines.sessions(engine), SystemClock())
    engine.dispose()


def received(name: str = "Ann", deliveries: int = 0) -> Received:
    envelope = enveloped(lead_registered(person=person(name=name)))
    return Received("toy.inbox.v1", str(envelope.id), encode(envelope), {}, "application/json", deliveries, 1)


HEARING = EventHearing(toy.room(Path()))


def test_concurrent_replicas_with_the_same_messages_count_each_lead_once(uow: UnitOfWork, toy_engine: Engine) -> None:
    messages = [received() for _ in range(300)]
    orders = [messages, messages[::-1], messages[150:] + messages[:150]]

    def replica(order: list[Received]) -> None:
        for start in range(0, 300, 50):
            handle_batch(HEARING, uow, order[start : start + 50], POLICY)

    threads = [threading.Thread(target=replica, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    while retry_waiting({"toy.inbox.v1": HEARING}, uow, POLICY):
        pass
    assert scalar(toy_engine, "SELECT count(*) FROM tally WHERE times = 1") == 300
    assert scalar(toy_engine, "SELECT count(DISTINCT id) FROM outbox") == 300
    assert scalar(toy_engine, "SELECT count(*) FROM outbox") == 300


def test_a_message_that_kills_its_process_is_parked_untouched(uow: UnitOfWork, toy_engine: Engine) -> None:
    handle_batch(HEARING, uow, [received(deliveries=POISON_DELIVERIES), received()], POLICY)

    assert scalar(toy_engine, "SELECT count(*) FROM tally") == 1
    assert scalar(toy_engine, "SELECT count(*) FROM failed_message WHERE state = 'parked'") == 1


def test_replay_gives_a_parked_message_another_chance(
    uow: UnitOfWork, toy_engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = received("raise")
    handle_batch(HEARING, uow, [bad], POLICY)
    while retry_waiting({"toy.inbox.v1": HEARING}, uow, POLICY):
        pass
    with uow.sessions() as session:
        assert failures.counts(session) == {"parked": 1}

    (tmp_path / "mended").touch()
    monkeypatch.setenv("TOY_MENDED", str(tmp_path / "mended"))
    with uow.begin() as tx:
        assert failures.replay(tx.session, tx.now) == 1
    retry_waiting({"toy.inbox.v1": HEARING}, uow, POLICY)

    assert scalar(toy_engine, "SELECT count(*) FROM tally WHERE times = 1") == 1
    assert scalar(toy_engine, "SELECT count(*) FROM failed_message") == 0


def test_an_event_follows_from_its_cause_and_is_the_same_when_handled_again(uow: UnitOfWork) -> None:
    cause, lead = Cause(uuid.uuid4(), uuid.uuid4()), uuid.uuid4()
    seen = []
    for _ in range(2):
        with uow.begin(cause) as tx:
            tx.emit(toy.LeadCounted(lead_id=lead))
            tx.emit(toy.LeadCounted(lead_id=lead))
            seen.append([(event.id, event.correlation_id, event.causation_id) for event in tx.emitted])

    assert seen[0] == seen[1]
    assert seen[0][0] != seen[0][1]
    assert {event[1:] for event in seen[0]} == {(cause.correlation_id, cause.id)}


def test_relays_side_by_side_publish_each_row_once(uow: UnitOfWork, toy_engine: Engine, vhost: str, heard: str) -> None:
    with uow.begin() as tx:
        for _ in range(1000):
            tx.emit(toy.LeadCounted(lead_id=uuid.uuid4()))

    def relay() -> None:
        publisher = ConfirmedPublisher(vhost)
        worker = Relay(toy_engine, publisher, batch=50)
        while worker.run_once()[0]:
            pass
        publisher.close()

    threads = [threading.Thread(target=relay) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    Relay(toy_engine, ConfirmedPublisher(vhost)).run_once()

    bodies = [orjson.loads(body)["id"] for body in read_all(vhost, heard)]
    assert len(bodies) == len(set(bodies)) == 1000
    assert scalar(toy_engine, "SELECT count(*) FROM outbox") == 0


def test_the_publisher_tells_confirmed_from_returned_and_from_unknown(vhost: str) -> None:
    publisher = ConfirmedPublisher(vhost)
    connection = open_connection(vhost)
    connection.channel().queue_declare("there", durable=True, auto_delete=False)
    messages = [
        OutgoingMessage("1", "", "there", b"\x00\xff"),
        OutgoingMessage("2", "", "nowhere", b"x"),
        OutgoingMessage("3", "", "there", b"y", headers={"h": "v"}),
    ]

    assert publisher.publish(messages, 10) == [Result.CONFIRMED, Result.RETURNED, Result.CONFIRMED]
    assert read_all(vhost, "there") == [b"\x00\xff", b"y"]
    assert ConfirmedPublisher("amqp://guest:guest@127.0.0.1:1/").publish(messages, 1) == [Result.UNKNOWN] * 3
    connection.collect()
    publisher.close()


def test_migrations_and_tables_say_the_same(toy_engine: Engine) -> None:
    assert migrations.drift(toy_engine, [toy.Base.metadata, PLUMBING]) == []
    assert migrations.pending(toy_engine, VERSIONS) == []
    assert migrations.drift(toy_engine, [PLUMBING, MetaData()]) != []
