"""The floor: rows and messages written with the bare drivers, with nothing of ours around them.

The same server and the same broker as the rest of the run. Rows go into one table of a database of its own (a UUID key
and a JSON document), messages persistent and confirmed through a topic exchange into one quorum queue, which is how
events travel. Rows and messages are written side by side by one process each.
"""

import json
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any
from uuid import uuid4

import amqp
import psycopg

from deploy.stack import Stack
from shared.messaging.connection import drop, open_connection
from shared.messaging.topology import QUEUE_ARGUMENTS
from tests.bench.machine import cpu_seconds

DATABASE = "floor"
EXCHANGE = "floor.events"
QUEUE = "floor.inbox"
#: About the size of an event, and of a row.
BODY = json.dumps({"id": str(uuid4()), "type": "lead_registered", "data": {"text": "x" * 900}}).encode()
DOCUMENT = json.dumps({"id": str(uuid4()), "text": "x" * 250})
CONNECTIONS = 8
#: Leads per transaction, and messages sent before their confirms are awaited: what rooms use (LEADBUS_INBOX_BATCH).
BATCH = 200


@dataclass(frozen=True)
class Floor:
    """What was written, how long it took, and the CPU seconds of drivers, broker and database."""

    what: str
    leads: int
    rows: int
    messages: int
    seconds: float
    cpu: float

    @property
    def rate(self) -> float:
        """Leads per second."""
        return self.leads / self.seconds

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds per lead."""
        return self.cpu / self.leads * 1000


class Bare:
    """Two processes, one with psycopg and one with py-amqp."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._url = stack.database.ensure_room(DATABASE).replace("+psycopg", "")
        self._uri = stack.amqp_uri
        self._pool = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS written (id uuid PRIMARY KEY, document jsonb NOT NULL)")
        _declare(self._uri)
        # Both processes are up, and have imported what they need.
        _both(self._pool.submit(_publish, self._uri, 200, 200), self._pool.submit(_write_batches, self._url, 10, 1, 10))

    def close(self) -> None:
        """Ends both processes."""
        self._pool.shutdown()

    def singly(self, leads: int) -> Floor:
        """One row and one message per lead; every row in a transaction of its own, on eight connections."""
        return self._written("1 row + 1 message per lead, one transaction per row", leads, 1, 1, _write_singly)

    def batched(self, leads: int, rows: float = 1, messages: float = 1) -> Floor:
        """So many rows and messages per lead; 200 leads per transaction."""
        what = f"{rows:.3g} rows + {messages:.3g} messages per lead, {BATCH} leads per transaction"
        return self._written(what, leads, rows, messages, _write_batches)

    def messages_only(self, messages: int) -> Floor:
        """Messages alone: what stands behind an intake."""
        return self._written("1 message per lead, no row", messages, 0, 1, _write_batches)

    def _written(self, what: str, leads: int, rows: float, messages: float, write: Callable[..., float]) -> Floor:
        servers = {name: pid for name, pid in self._stack.processes.items() if name in ("broker", "database")}
        rows_in_all, messages_in_all = round(leads * rows), round(leads * messages)
        before, began = cpu_seconds(servers), time.perf_counter()
        drivers = _both(
            self._pool.submit(_publish, self._uri, messages_in_all, BATCH),
            self._pool.submit(write, self._url, rows_in_all, max(rows, 1), BATCH),
        )
        seconds = time.perf_counter() - began
        served = (cpu_seconds(servers) - before).total()
        _purge(self._uri)
        return Floor(what, leads, rows_in_all, messages_in_all, seconds, served + drivers)


def _both(*writing: Future[float]) -> float:
    return sum(one.result() for one in writing)


def _declare(uri: str) -> None:
    connection = open_connection(uri)
    channel = connection.channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
    channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments=QUEUE_ARGUMENTS)
    channel.queue_bind(QUEUE, EXCHANGE, "written")
    drop(connection)


def _purge(uri: str) -> None:
    connection = open_connection(uri)
    connection.channel().queue_purge(QUEUE)
    drop(connection)


def _publish(uri: str, number: int, batch: int) -> float:
    """Publishes `number` messages, `batch` of them before their confirms are awaited. Returns CPU seconds."""
    cpu = time.process_time()
    connection = open_connection(uri)
    channel = connection.channel()
    channel.confirm_select()
    confirmed = 0

    def note(tag: int, multiple: bool) -> None:
        nonlocal confirmed
        confirmed = max(confirmed, tag) if multiple else confirmed + 1

    channel.events["basic_ack"].add(note)
    message: Any = amqp.Message(BODY, delivery_mode=2, content_type="application/json")
    sent = 0
    while sent < number:
        for _ in range(min(batch, number - sent)):
            channel.basic_publish(message, EXCHANGE, "written")
            sent += 1
        while confirmed < sent:
            connection.drain_events(timeout=30)
    drop(connection)
    return time.process_time() - cpu


def _write_singly(url: str, rows: int, _rows_per_lead: float, _batch: int) -> float:
    """Each row in its own transaction. Returns CPU seconds."""
    cpu = time.process_time()

    def write(share: int) -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            for _ in range(share):
                connection.execute("INSERT INTO written VALUES (%s, %s)", [uuid4(), DOCUMENT])

    shares = [rows // CONNECTIONS + (place < rows % CONNECTIONS) for place in range(CONNECTIONS)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(write, shares))
    return time.process_time() - cpu


def _write_batches(url: str, rows: int, rows_per_lead: float, batch: int) -> float:
    """The rows of `batch` leads in each transaction, sent in one pipeline. Returns CPU seconds."""
    cpu = time.process_time()
    at_once = max(1, round(batch * rows_per_lead))
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for start in range(0, rows, at_once):
            chunk = [(uuid4(), DOCUMENT) for _ in range(min(at_once, rows - start))]
            cursor.executemany("INSERT INTO written VALUES (%s, %s)", chunk)
            connection.commit()
    return time.process_time() - cpu
