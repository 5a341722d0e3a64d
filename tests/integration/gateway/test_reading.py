"""Rooms that are away or silent: a clear answer in time, and inquiries go on."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.messaging.connection import open_connection
from tests.integration.gateway.conftest import GatewayProcess

RECEIPT = "/v1/receipts/01890000-0000-7000-8000-000000000000"


def problem(answer: tuple[int, bytes]) -> tuple[int, str]:
    return answer[0], str(json.loads(answer[1])["type"]).rpartition(":")[2]


def test_a_room_that_never_ran_is_away(gateway_process: GatewayProcess) -> None:
    assert problem(gateway_process.get(RECEIPT)) == (503, "room_away")


def test_without_a_broker_rooms_are_away(tmp_path: Path) -> None:
    process = GatewayProcess(tmp_path, "amqp://guest:guest@127.0.0.1:1//").start()
    try:
        began = time.monotonic()
        answer = problem(process.get(RECEIPT))
        took = time.monotonic() - began
    finally:
        process.kill()

    assert answer == (503, "room_away")
    assert took < 2


@pytest.fixture
def silent_capture(vhost: str) -> None:
    """nameko's durable queue of a room that is stopped: it takes requests, and nobody answers."""
    connection = open_connection(vhost)
    channel = connection.channel()
    channel.exchange_declare("nameko-rpc", "topic", durable=True, auto_delete=False)
    channel.queue_declare("rpc-capture", durable=True, auto_delete=False)
    channel.queue_bind("rpc-capture", "nameko-rpc", "capture.*")
    connection.close()


@pytest.mark.usefixtures("silent_capture")
def test_a_silent_room_keeps_no_inquiry_waiting(tmp_path: Path, vhost: str) -> None:
    process = GatewayProcess(tmp_path, vhost, {"LEADBUS_RPC_TIMEOUT_MS": "1500"}).start()
    try:
        with ThreadPoolExecutor(40) as readers:
            asked = [readers.submit(process.get, RECEIPT) for _ in range(40)]
            began = time.monotonic()
            for number in range(5):
                process.send_lead(number=number)
            took = time.monotonic() - began
            answers = {problem(answer.result(30)) for answer in asked}
    finally:
        process.kill()

    assert took < 1.5
    assert answers <= {(503, "room_slow"), (503, "too_busy")}
