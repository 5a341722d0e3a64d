"""The toy room over a real broker and a real database."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from deploy.stack import Broker, Database
from shared.database import engine as engines
from shared.database import migrations
from shared.messaging import topology
from shared.messaging.connection import open_connection
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage
from shared.messaging.rpc_client import RpcPool

REPOSITORY = Path(__file__).parents[3]
VERSIONS = Path(__file__).parent / "toy" / "migrations" / "versions"


def eventually(holds: Callable[[], object], seconds: float = 30.0, what: str = "the condition") -> None:
    """Waits until `holds()` is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not come true within {seconds} s")
        time.sleep(0.05)


@pytest.fixture
def toy_url(database: Database) -> Iterator[str]:
    """A fresh, migrated database of the toy room."""
    database.ensure_role("toy")
    name = f"{database.prefix}toy_{uuid.uuid4().hex[:10]}"
    url = database.create(name, "toy")
    engine = engines.create(url)
    migrations.upgrade(engine, VERSIONS)
    engine.dispose()
    yield url
    database.drop(name)


@pytest.fixture
def toy_engine(toy_url: str) -> Iterator[Engine]:
    """A connection to the toy room's database."""
    engine = engines.create(toy_url)
    yield engine
    engine.dispose()


class ToyProcess:
    """The toy room as a process of its own."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **extra: str) -> None:
        """Starts it; `extra` is added to its environment."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.plumbing.toy"],
                env=os.environ | self.environment | extra,
                cwd=REPOSITORY,
                stdout=output,
                stderr=output,
            )

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def terminate(self) -> int:
        """SIGTERM, as a deploy does; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=40)

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None


@pytest.fixture
def toy(vhost: str, toy_url: str, tmp_path: Path) -> Iterator[ToyProcess]:
    """A toy room that is not started yet."""
    environment = {
        "LEADBUS_AMQP_URI": vhost,
        "LEADBUS_DATABASE_URL": toy_url,
        "LEADBUS_RETRY_SECONDS": "0.3,0.3",
        "TOY_MENDED": str(tmp_path / "mended"),
    }
    process = ToyProcess(environment, tmp_path / "toy.log")
    yield process
    if process.alive:
        process.kill()


@pytest.fixture
def publisher(vhost: str) -> Iterator[ConfirmedPublisher]:
    """Publishes as the front desk would, to a toy inbox that exists."""
    from shared.contracts import capture

    def prepare(channel: object) -> None:
        topology.declare_inbox(channel, "toy", [capture.LeadRegistered])

    publisher = ConfirmedPublisher(vhost, prepare)
    yield publisher
    publisher.close()


@pytest.fixture
def heard(vhost: str) -> str:
    """A queue that hears what the toy room publishes; give its name to `read_all`."""
    connection = open_connection(vhost)
    channel = connection.channel()
    channel.exchange_declare("toy.events", "topic", durable=True, auto_delete=False)
    channel.queue_declare("heard", durable=True, auto_delete=False)
    channel.queue_bind("heard", "toy.events", "#")
    connection.collect()
    return "heard"


def read_all(uri: str, queue: str) -> list[bytes]:
    """Takes everything that lies in a queue."""
    connection = open_connection(uri)
    channel = connection.channel()
    channel.auto_decode = False
    bodies = []
    while (message := channel.basic_get(queue, no_ack=True)) is not None:
        bodies.append(message.body if isinstance(message.body, bytes) else message.body.encode())
    connection.collect()
    return bodies


def depth(uri: str, queue: str) -> int:
    """How many messages are ready in a queue."""
    connection = open_connection(uri)
    count: int = connection.channel().queue_declare(queue, passive=True).message_count
    connection.collect()
    return count


def scalar(engine: Engine, statement: str) -> int:
    """One number from the database."""
    with engine.connect() as connection:
        return int(connection.execute(text(statement)).scalar() or 0)


@pytest.fixture
def rpc(vhost: str) -> RpcPool:
    """Calls the toy room."""
    return RpcPool(vhost, size=8, timeout_seconds=5)


__all__ = ["Broker", "OutgoingMessage", "ToyProcess", "depth", "eventually", "read_all", "scalar"]
