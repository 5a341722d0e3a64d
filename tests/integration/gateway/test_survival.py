"""Nothing that was answered with a receipt is lost, whatever dies."""

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.stack import Broker
from tests.integration.gateway.conftest import GatewayProcess, IntakeQueue, until

FORM = "application/x-www-form-urlencoded"


@contextmanager
def senders(gateway: GatewayProcess, count: int) -> Iterator[set[str]]:
    """Clients that send without a pause; the receipts that they hold."""
    receipts: set[str] = set()
    stopped = threading.Event()

    def send() -> None:
        number = 0
        while not stopped.is_set():
            number += 1
            try:
                receipts.add(gateway.send_lead(number=number, sender=threading.get_ident()))
            except (OSError, AssertionError, ValueError):
                stopped.wait(0.02)

    threads = [threading.Thread(target=send) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield receipts
    finally:
        stopped.set()
        for thread in threads:
            thread.join(30)


def missing_from(queue: IntakeQueue, receipts: set[str], gateway: GatewayProcess) -> set[str]:
    """Receipts whose inquiry is nowhere in the queue, once the spool is drained."""
    until(lambda: gateway.segments() == [], 30, lambda: "the spool was not drained")
    return receipts - {message.properties["message_id"] for message in queue.read_all()}


def test_a_killed_gateway_leaves_its_spool_to_the_next(
    gateway_process: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    absent_broker.stop()
    receipts = [gateway_process.send_lead(number=number) for number in range(25)]
    gateway_process.kill()
    left_behind = gateway_process.segments()
    absent_broker.start()
    gateway_process.start()

    assert left_behind
    assert [message.properties["message_id"] for message in queue.read(25)] == receipts


def test_a_torn_end_does_not_hide_what_lies_before_it(
    gateway_process: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    absent_broker.stop()
    receipts = [gateway_process.send_lead(number=number) for number in range(5)]
    gateway_process.kill()
    _append_half_a_record(gateway_process.segments()[-1])
    absent_broker.start()
    gateway_process.start()

    assert [message.properties["message_id"] for message in queue.read(5)] == receipts
    until(lambda: gateway_process.segments() == [], 10, lambda: "the torn file was not cleared away")


def _append_half_a_record(segment: Path) -> None:
    written = segment.read_bytes()
    with segment.open("ab") as file:
        file.write(written[24 : 24 + 60])


@pytest.mark.slow
@pytest.mark.requirement("CAP-1")
def test_no_receipt_is_lost_while_gateway_and_broker_are_killed_in_turn(
    gateway_process: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    with senders(gateway_process, 6) as receipts:
        _after(receipts, 10)
        # RabbitMQ writes the registration of a new quorum queue minutes later; killed before, it never serves it again.
        absent_broker.control("eval", "[dets:sync(Table) || Table <- dets:all()].")
        for _ in range(2):
            _after(receipts, 40)
            absent_broker.kill()
            _after(receipts, 40)
            gateway_process.kill()
            gateway_process.start()
            _after(receipts, 40)
            absent_broker.start()
            _after(receipts, 40)
            gateway_process.stop()
            gateway_process.start()

    assert missing_from(queue, receipts, gateway_process) == set()
    assert len(receipts) >= 300


def test_a_stop_signal_lets_every_request_finish(gateway_process: GatewayProcess, queue: IntakeQueue) -> None:
    with senders(gateway_process, 6) as receipts:
        _after(receipts, 50)
        assert gateway_process.process is not None
        gateway_process.process.send_signal(signal.SIGTERM)
        gateway_process.process.wait(20)
        gateway_process.start()

    assert missing_from(queue, receipts, gateway_process) == set()


def test_a_worker_ends_with_its_killed_server(gateway_process: GatewayProcess) -> None:
    assert gateway_process.process is not None
    gateway_process.process.kill()
    gateway_process.process.wait(10)

    until(lambda: not listens(gateway_process.port), 10, lambda: "an orphan keeps the port")


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _after(receipts: set[str], more: int) -> None:
    goal = len(receipts) + more
    until(lambda: len(receipts) >= goal, 30, lambda: "the gateway takes nothing in")


@pytest.mark.slow
@pytest.mark.requirement("CAP-1")
def test_a_broker_that_goes_and_comes_back_under_load_loses_nothing_and_nobody_notices(
    gateway_process: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    with senders(gateway_process, 8) as receipts:
        _after(receipts, 100)
        absent_broker.stop()
        during = len(receipts)
        until(lambda: len(receipts) >= during + 400, 60, lambda: "forms showed the outage")
        refused = counted(gateway_process, 'outcome="refused"')
        spooled = counted(gateway_process, 'outcome="spooled"')
        absent_broker.start()
        _after(receipts, 100)

    assert missing_from(queue, receipts, gateway_process) == set()
    assert spooled >= 300
    assert refused == 0


def test_a_full_spool_is_told_clearly_and_what_was_promised_before_is_kept(
    tmp_path: Path, vhost: str, queue: IntakeQueue, absent_broker: Broker
) -> None:
    gateway = GatewayProcess(tmp_path, vhost, {"LEADBUS_SPOOL_MAX_BYTES": "20000"}).start()
    try:
        absent_broker.stop()
        receipts: list[str] = []
        for number in range(200):
            body = json.dumps({"number": number}).encode()
            status, answer = gateway.post("/v1/leads?source=partner-agrimag", body, "application/json")
            if status != 202:
                break
            receipts.append(json.loads(answer)["receipt_id"])
        # A smaller one may still find its place; the next does not.
        forms = [gateway.post("/forms/contact", b"name=Lena&n=%d" % n, FORM, Accept="text/html") for n in range(20)]
        page_status, page = forms[-1]
        absent_broker.start()

        assert receipts
        assert (status, json.loads(answer)["type"]) == (503, "urn:leadbus:problem:intake_unavailable")
        assert page_status == 503
        assert b"Please send it once more" in page
        assert b'value="Lena"' in page
        assert missing_from(queue, set(receipts), gateway) == set()
        assert gateway.send_lead(number="after") not in receipts
    finally:
        gateway.kill()


def counted(gateway: GatewayProcess, label: str) -> float:
    """What the gateway counted of its inquiries."""
    _, text = gateway.get("/metrics")
    lines = [line for line in text.decode().splitlines() if line.startswith("leadbus_intakes_total") and label in line]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines)
