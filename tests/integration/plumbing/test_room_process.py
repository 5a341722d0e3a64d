"""A room as a process: what happens to its messages when something breaks. Each remedy has a test that needs it."""

import socket
import time
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import amqp
import orjson
import pytest
from sqlalchemy import Engine

from deploy.stack import Broker
from shared.contracts.envelope import encode
from shared.messaging.connection import open_connection
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from tests.builders import enveloped, lead_registered, person
from tests.integration.plumbing.conftest import ToyProcess, depth, eventually, read_all, scalar
from tests.integration.plumbing.toy.service import COUNT, LOCKED, RAISES, SLOW, SLOWER

INBOX = "toy.inbox.v1"
SLEEPING = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(3.5)%' AND wait_event = 'PgSleep'"


def message(name: str = "Ann") -> OutgoingMessage:
    envelope = enveloped(lead_registered(person=person(name=name)))
    return OutgoingMessage(str(envelope.id), "capture.events", "lead_registered", encode(envelope))


def send(publisher: ConfirmedPublisher, messages: list[OutgoingMessage]) -> None:
    assert set(publisher.publish(messages, 30)) == {Result.CONFIRMED}


def counted(engine: Engine) -> int:
    return scalar(engine, "SELECT count(*) FROM tally")


def test_kill_9_and_duplicates_leave_each_lead_counted_once_and_announced(
    toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine, vhost: str, heard: str
) -> None:
    """Five kills in the middle of 2,000 leads that all come twice."""
    leads = [message() for _ in range(2000)]
    send(publisher, leads)
    send(publisher, leads)
    for share in (0.05, 0.2, 0.4, 0.6, 0.8):
        toy.start(LEADBUS_INBOX_BATCH="50")
        eventually(lambda share=share: counted(toy_engine) >= share * 2000, 60, f"{share:.0%} counted")  # type: ignore[misc]
        toy.kill()
    toy.start()
    eventually(lambda: counted(toy_engine) == 2000 and depth(vhost, INBOX) == 0, 60, "all counted")
    eventually(lambda: scalar(toy_engine, "SELECT count(*) FROM outbox") == 0, 30, "all published")

    assert scalar(toy_engine, "SELECT max(times) FROM tally") == 1
    announced = [orjson.loads(body) for body in read_all(vhost, heard)]
    assert len({event["leadid"] for event in announced}) == 2000
    assert len({event["id"] for event in announced}) == 2000


def test_sigterm_finishes_running_work_and_answers_it(
    toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine, vhost: str, rpc: RpcPool
) -> None:
    """Nothing that was finished is handed out again after a deploy, and a call under way gets its answer."""
    toy.start(LEADBUS_INBOX_BATCH="10")
    eventually(lambda: _answers(rpc), 30, "the room answers")
    send(publisher, [message("slow" if index % 20 == 15 else "Ann") for index in range(100)])
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(rpc.call, SLOWER) for _ in range(4)]
        eventually(lambda: scalar(toy_engine, SLEEPING) == 4, 10, "the calls are under way")
        exit_code = toy.terminate()
        answers = [call.result() for call in calls]

    assert exit_code == 0
    assert [answer.counts["done"] for answer in answers] == [1, 1, 1, 1]
    assert depth(vhost, "rpc-toy") == 0, "an answered call is not handed out again"
    assert counted(toy_engine) + depth(vhost, INBOX) == 100
    port = free_port()
    toy.start(LEADBUS_HEALTH_PORT=str(port))
    eventually(lambda: counted(toy_engine) == 100 and _status(port, "/readyz") == 200)
    assert scalar(toy_engine, "SELECT max(times) FROM tally") == 1
    repeated = [
        line for line in _body(port, "/metrics").splitlines() if line.startswith("leadbus_messages_repeated_total{")
    ]
    assert repeated == [], "what was finished before the stop is not handed out again"


@pytest.mark.parametrize("misbehaviour", ["raise", "timeout", "exit"])
def test_a_failing_message_is_parked_and_replayable_while_the_others_pass(
    toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine, misbehaviour: str
) -> None:
    """An exception, a bare eventlet.Timeout and a SystemExit end alike: nothing lost, nothing stuck, process alive."""
    toy.start()
    send(publisher, [message(misbehaviour if index % 10 == 0 else "Ann") for index in range(50)])
    parked = "SELECT count(*) FROM failed_message WHERE state = 'parked'"
    eventually(lambda: counted(toy_engine) == 45 and scalar(toy_engine, parked) == 5, 30, "five parked")
    assert toy.alive

    Path(toy.environment["TOY_MENDED"]).touch()
    with toy_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE failed_message SET state = 'waiting', attempts = 0, next_attempt_at = now()")

    eventually(lambda: counted(toy_engine) == 50, 30, "the mended ones are counted")
    assert scalar(toy_engine, "SELECT count(*) FROM failed_message") == 0
    assert scalar(toy_engine, "SELECT max(times) FROM tally") == 1


def test_what_cannot_be_read_is_parked_with_its_bytes(
    toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine
) -> None:
    """Not JSON, no envelope, an undeclared event, fields that do not fit: kombu would acknowledge and drop them."""
    good = enveloped(lead_registered())
    unfit = orjson.loads(encode(enveloped(lead_registered())))
    unfit["data"]["person"] = "nobody"
    unknown = orjson.loads(encode(enveloped(lead_registered()))) | {"type": "lead_invented"}
    bodies = [b"\xff\xfe not json \x00", b"[]", orjson.dumps(unfit), orjson.dumps(unknown), encode(good)]
    send(publisher, [OutgoingMessage(str(uuid.uuid4()), "capture.events", "lead_registered", body) for body in bodies])
    toy.start()

    eventually(lambda: counted(toy_engine) == 1, 30, "the good one is counted")
    eventually(lambda: scalar(toy_engine, "SELECT count(*) FROM failed_message WHERE state = 'parked'") == 4)
    with toy_engine.connect() as connection:
        kept = {bytes(row[0]) for row in connection.exec_driver_sql("SELECT body FROM failed_message")}
    assert kept == set(bodies[:4])


def test_a_database_restart_loses_and_parks_nothing(
    toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine
) -> None:
    """Connections are cut in the middle: the batch waits in hand."""
    toy.start(LEADBUS_INBOX_BATCH="20")
    send(publisher, [message() for _ in range(1000)])
    eventually(lambda: counted(toy_engine) > 50)
    for _ in range(3):
        with toy_engine.connect() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(0.2)

    eventually(lambda: counted(toy_engine) == 1000, 60)
    assert scalar(toy_engine, "SELECT count(*) FROM failed_message") == 0
    assert scalar(toy_engine, "SELECT max(times) FROM tally") == 1


def test_queries_of_several_calls_run_side_by_side(toy: ToyProcess, rpc: RpcPool) -> None:
    """Four one-second queries take about one second: psycopg's own wait function would take four."""
    toy.start()
    eventually(lambda: _answers(rpc))
    with ThreadPoolExecutor(4) as threads:
        began = time.monotonic()
        list(threads.map(lambda _: rpc.call(SLOW), range(4)))
        took = time.monotonic() - began

    assert took < 3.0


def test_two_calls_after_one_lock_do_not_block_the_process(toy: ToyProcess, rpc: RpcPool) -> None:
    """One holds the lock and yields; the other's wait must not stop the first from ever going on."""
    toy.start()
    eventually(lambda: _answers(rpc))
    with ThreadPoolExecutor(3) as threads:
        replies = list(threads.map(lambda _: rpc.call(LOCKED), range(3)))

    assert [reply.counts["done"] for reply in replies] == [1, 1, 1]


def test_a_process_that_is_not_green_refuses_to_start(toy: ToyProcess) -> None:
    toy.start(TOY_NOT_GREEN="1")
    assert toy.process is not None

    assert toy.process.wait(timeout=30) != 0
    assert "call shared.green.patch() before psycopg is imported" in toy.log.read_text()


def test_a_pending_migration_stops_the_start_and_names_the_command(toy: ToyProcess, toy_engine: Engine) -> None:
    with toy_engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM alembic_version")
    toy.start()
    assert toy.process is not None

    assert toy.process.wait(timeout=30) == 3
    assert "Run: leadbus migrate toy" in toy.log.read_text()


def test_hostile_calls_do_not_stop_the_room(toy: ToyProcess, rpc: RpcPool, vhost: str) -> None:
    """No reply_to, a broken call stack, a body that is a list, bare time-outs: each would crash nameko alone."""
    toy.start()
    eventually(lambda: _answers(rpc))
    connection = open_connection(vhost)
    channel = connection.channel()
    bodies = [b'{"args": [], "kwargs": {}}', b"[]", b'{"kwargs": 5}']
    for body in bodies:
        for properties in (
            {},
            {"reply_to": "nobody", "application_headers": {"nameko.call_id_stack": 5}},
            {"reply_to": "nobody", "application_headers": {"nameko.call_id_stack": "x"}},
        ):
            channel.basic_publish(
                amqp.Message(body, content_type="application/json", content_encoding="utf-8", **properties),
                "nameko-rpc",
                "toy.count",
            )
    for _ in range(25):
        with pytest.raises(Exception, match="raises"):
            rpc.call(RAISES, lead_id=uuid.uuid4())

    assert rpc.call(COUNT).counts == {"leads": 0}
    assert toy.alive
    connection.collect()


def test_a_stopped_room_gives_the_caller_a_time_out(toy: ToyProcess, rpc: RpcPool, vhost: str) -> None:
    """Its queue still takes the request: nameko's client would wait for ever."""
    with pytest.raises(RoomAway):
        rpc.call(COUNT)
    toy.start()
    eventually(lambda: _answers(rpc))
    toy.kill()

    began = time.monotonic()
    with pytest.raises(RpcTimeout):
        RpcPool(vhost, size=1, timeout_seconds=1).call(COUNT)
    assert time.monotonic() - began < 3


def test_a_broker_alarm_holds_up_publishing_and_nothing_else(
    broker: Broker, toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine, vhost: str, heard: str
) -> None:
    """Under a memory alarm the broker takes no message; handling goes on, and the outbox goes out afterwards."""
    send(publisher, [message() for _ in range(50)])
    broker.control("set_vm_memory_high_watermark", "0.00001")
    try:
        toy.start()
        eventually(lambda: counted(toy_engine) == 50, 40, "handled under the alarm")
        assert scalar(toy_engine, "SELECT count(*) FROM outbox") == 50
    finally:
        broker.control("set_vm_memory_high_watermark", "0.8")

    eventually(lambda: scalar(toy_engine, "SELECT count(*) FROM outbox") == 0, 60, "published after the alarm")
    assert len({orjson.loads(body)["id"] for body in read_all(vhost, heard)}) == 50


def test_a_broker_restart_loses_nothing(
    broker: Broker, toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine, vhost: str, heard: str
) -> None:
    """The broker goes away in the middle of 1,000 leads and comes back with what it confirmed."""
    send(publisher, [message() for _ in range(1000)])
    toy.start(LEADBUS_INBOX_BATCH="20")
    eventually(lambda: counted(toy_engine) > 100)
    broker.restart()

    eventually(lambda: counted(toy_engine) == 1000, 90, "all counted")
    eventually(lambda: scalar(toy_engine, "SELECT count(*) FROM outbox") == 0, 60, "all published")
    assert toy.alive
    assert scalar(toy_engine, "SELECT max(times) FROM tally") == 1
    assert len({orjson.loads(body)["leadid"] for body in read_all(vhost, heard)}) == 1000


def test_an_event_that_reaches_no_queue_stays_until_one_is_there(
    toy: ToyProcess, publisher: ConfirmedPublisher, toy_engine: Engine, vhost: str
) -> None:
    """Without mandatory routing it would be confirmed and gone."""
    send(publisher, [message()])
    toy.start()
    eventually(lambda: counted(toy_engine) == 1)
    eventually(lambda: "outbox_unconfirmed" in toy.log.read_text(), 30, "the relay has had its turn")
    assert scalar(toy_engine, "SELECT count(*) FROM outbox") == 1

    connection = open_connection(vhost)
    channel = connection.channel()
    channel.queue_declare("late", durable=True, auto_delete=False)
    channel.queue_bind("late", "toy.events", "#")
    connection.collect()

    eventually(lambda: scalar(toy_engine, "SELECT count(*) FROM outbox") == 0)
    assert len(read_all(vhost, "late")) == 1


def _answers(rpc: RpcPool) -> bool:
    try:
        rpc.call(COUNT)
    except (RoomAway, RpcTimeout):
        return False
    return True


def test_a_queue_with_other_arguments_keeps_the_room_from_being_ready(toy: ToyProcess, vhost: str) -> None:
    """RabbitMQ refuses the declaration, and with it every consumer: the room must say so, not look healthy."""
    connection = open_connection(vhost)
    connection.channel().queue_declare(INBOX, durable=True, auto_delete=False)
    connection.collect()
    port = free_port()
    toy.start(LEADBUS_HEALTH_PORT=str(port))

    eventually(lambda: _status(port, "/readyz") == 503, 30, "it says that it is not ready")
    assert "queue" in _body(port, "/readyz")
    assert toy.alive


def test_a_started_room_is_ready_alive_and_measured(toy: ToyProcess) -> None:
    port = free_port()
    toy.start(LEADBUS_HEALTH_PORT=str(port))

    eventually(lambda: _status(port, "/readyz") == 200, 30, "ready")
    assert _status(port, "/healthz") == 200
    assert "leadbus_messages_handled_total" in _body(port, "/metrics")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _status(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
    except OSError:
        return 0


def _body(port: int, path: str) -> str:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as refused:
        return refused.read().decode()
