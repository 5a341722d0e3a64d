"""What reaches the queue, with the broker there, away, and under alarm."""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from deploy.stack import Broker
from deploy.stack.process import recorded_pid
from tests.integration.gateway.conftest import GatewayProcess, IntakeQueue, described, until

ODD_BYTES = bytes(range(256)) + b"\x00\xff\xfe" + "Müller €\n".encode()


@pytest.mark.parametrize(
    ("path", "content_type", "dialect"),
    [
        ("/v1/lists/farm-progress-list", "text/csv", "csv"),
        ("/v1/adf?source=autobase", "text/xml", "adf"),
        ("/v1/leads?source=partner-agrimag", "application/json", "json"),
        ("/forms/contact", "application/x-www-form-urlencoded", "form"),
    ],
)
def test_the_body_reaches_the_queue_byte_for_byte(
    gateway_process: GatewayProcess, queue: IntakeQueue, path: str, content_type: str, dialect: str
) -> None:
    status, _ = gateway_process.post(path, ODD_BYTES, content_type)

    [message] = queue.read(1)
    assert status in (200, 202)
    assert message.body == ODD_BYTES
    assert described(message)["dialect"] == dialect
    assert message.properties["message_id"] == described(message)["receipt_id"]
    assert message.properties["delivery_mode"] == 2


def test_an_uploaded_file_reaches_the_queue_byte_for_byte(gateway_process: GatewayProcess, queue: IntakeQueue) -> None:
    part = b'Content-Disposition: form-data; name="file"; filename="show.csv"\r\nContent-Type: text/csv\r\n\r\n'
    body = b"--limit\r\n" + part + ODD_BYTES + b"\r\n--limit--\r\n"
    gateway_process.post("/v1/lists/farm-progress-list", body, "multipart/form-data; boundary=limit")

    [message] = queue.read(1)
    assert message.body == ODD_BYTES
    assert described(message)["filename"] == "show.csv"


def test_a_large_list_is_taken(gateway_process: GatewayProcess, queue: IntakeQueue) -> None:
    rows = b"Name,Email\n" + b"Lena Hofer,lena@example.com\n" * 300_000
    status, _ = gateway_process.post("/v1/lists/farm-progress-list", rows, "text/csv")

    [message] = queue.read(1)
    assert status == 202
    assert message.body == rows


def test_the_same_idempotency_key_gives_the_same_receipt(gateway_process: GatewayProcess) -> None:
    answers = [
        gateway_process.post("/v1/leads?source=a", b"{}", "application/json", Idempotency_Key="order 7 of 9")[1]
        for _ in range(3)
    ]

    assert len(set(answers)) == 1


def test_while_the_broker_is_away_inquiries_are_spooled_and_drained_in_order(
    gateway_process: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    before = gateway_process.send_lead(number=0)
    absent_broker.stop()
    waits = []
    receipts = []
    for number in range(1, 40):
        began = time.monotonic()
        receipts.append(gateway_process.send_lead(number=number))
        waits.append(time.monotonic() - began)
    status, ready = gateway_process.get("/readyz")
    absent_broker.start()

    messages = queue.read(40)
    assert [message.properties["message_id"] for message in messages] == [before, *receipts]
    assert [json.loads(message.body)["number"] for message in messages] == list(range(40))
    assert max(waits) < 2.5, "the visitor felt the outage"
    assert (status, json.loads(ready)["broker"]) == (200, "away: spooling")
    until(lambda: gateway_process.segments() == [], 5, lambda: "a drained file stays on the disk")


def test_during_a_broker_alarm_inquiries_are_spooled(
    gateway_process: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    gateway_process.send_lead(number=0)
    queue.read(1)
    absent_broker.control("set_vm_memory_high_watermark", "0.00001")
    try:
        with ThreadPoolExecutor(8) as clients:
            began = time.monotonic()
            receipts = set(clients.map(lambda number: gateway_process.send_lead(number=number), range(1, 60)))
            took = time.monotonic() - began
        spooled = gateway_process.segments()
    finally:
        absent_broker.control("set_vm_memory_high_watermark", "absolute", "4GB")

    assert spooled
    assert took < 10
    until(lambda: gateway_process.segments() == [], 30, lambda: "the spool was not drained after the alarm")
    arrived = {message.properties["message_id"] for message in queue.read_all()}
    assert arrived == receipts


def test_a_frozen_broker_keeps_nobody_waiting(
    gateway_process: GatewayProcess, queue: IntakeQueue, absent_broker: Broker
) -> None:
    first = gateway_process.send_lead(number=0)
    node = recorded_pid(absent_broker.instance, "broker")
    assert node is not None
    os.kill(node, signal.SIGSTOP)
    try:
        began = time.monotonic()
        receipts = [gateway_process.send_lead(number=number) for number in range(1, 20)]
        took = time.monotonic() - began
    finally:
        os.kill(node, signal.SIGCONT)

    assert took < 8, "about one deadline a second, not one per inquiry"
    until(lambda: gateway_process.segments() == [], 40, lambda: "the spool was not drained")
    arrived = {message.properties["message_id"] for message in queue.read_all()}
    assert arrived == {first, *receipts}


def test_a_missing_queue_is_declared_again(gateway_process: GatewayProcess, queue: IntakeQueue) -> None:
    from shared.contracts.intake import QUEUE
    from shared.messaging.connection import open_connection

    gateway_process.send_lead(number=0)
    connection = open_connection(queue.uri)
    connection.channel().queue_delete(QUEUE)
    connection.close()
    receipt = gateway_process.send_lead(number=1)

    until(lambda: gateway_process.segments() == [], 15, lambda: "the spool was not drained")
    assert [message.properties["message_id"] for message in queue.read(1)] == [receipt]
