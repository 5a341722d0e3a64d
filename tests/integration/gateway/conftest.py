"""A real gateway process on a real broker."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import amqp
import pytest

from deploy.stack import Broker
from gateway import keys
from shared.contracts.intake import HEADER, QUEUE
from shared.messaging.connection import open_connection
from shared.messaging.topology import declare_intake

DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
ENTRYPOINTS = """
forms:
  contact: {source: website-contact}
limits: {form_per_address: 100000/minute, per_key: 100000/minute}
"""


@dataclass
class GatewayProcess:
    """`python -m gateway` with a folder of its own."""

    folder: Path
    uri: str
    environment: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    key: str = ""

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        (self.folder / "entrypoints.yml").write_text(ENTRYPOINTS)
        issued, self.key = keys.issue("test", "tests", ["intake", "read"])
        keys.save(self.folder / "keys.yml", [issued])

    def start(self) -> "GatewayProcess":
        environment = os.environ | {
            "LEADBUS_AMQP_URI": self.uri,
            "LEADBUS_COMPANY": str(self.folder),
            "LEADBUS_KEYS_FILE": str(self.folder / "keys.yml"),
            "LEADBUS_SPOOL_DIR": str(self.spool),
            "LEADBUS_PUBLIC_URL": self.url,
            **self.environment,
        }
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gateway", "--port", str(self.port)],
                env=environment,
                cwd=Path(__file__).parents[3],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until(lambda: self._answers(), 20)
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def stop(self) -> None:
        """SIGTERM, and the wait for the end."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(20)

    def kill(self) -> None:
        """SIGKILL of the server and its worker, as a power cut would do."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    def segments(self) -> list[Path]:
        return sorted(self.spool.glob("[0-9]*.segment"))

    def get(self, path: str) -> tuple[int, bytes]:
        return self._send(urllib.request.Request(self.url + path, headers={"X-Api-Key": self.key}))

    def post(self, path: str, body: bytes, content_type: str, **headers: str) -> tuple[int, bytes]:
        named = {"Content-Type": content_type, "X-Api-Key": self.key}
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._send(urllib.request.Request(self.url + path, body, named, method="POST"))

    def _send(self, request: urllib.request.Request) -> tuple[int, bytes]:
        try:
            with DIRECT.open(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def send_lead(self, **lead: Any) -> str:
        """Posts a JSON inquiry that must be taken; gives the receipt id."""
        status, answer = self.post("/v1/leads?source=partner-agrimag", json.dumps(lead).encode(), "application/json")
        assert status == 202, answer
        return str(json.loads(answer)["receipt_id"])


@dataclass
class IntakeQueue:
    """The broker's side of a queue that the gateway publishes to."""

    uri: str
    name: str = QUEUE

    def read(self, count: int, seconds: float = 15) -> list[amqp.Message]:
        """`count` messages, in order, waiting for them; each is acknowledged."""
        connection = open_connection(self.uri)
        try:
            channel = connection.channel()
            # As bytes: what a sender claims of the encoding must not decode its body here.
            channel.auto_decode = False
            declare_intake(channel, self.name)
            found: list[amqp.Message] = []
            until(lambda: self._collect(channel, found, count), seconds, lambda: f"{len(found)} of {count} came")
            return found
        finally:
            connection.close()

    def read_all(self) -> list[amqp.Message]:
        """Everything that is in the queue now."""
        connection = open_connection(self.uri)
        try:
            channel = connection.channel()
            channel.auto_decode = False
            found: list[amqp.Message] = []
            while (message := channel.basic_get(self.name, no_ack=True)) is not None:
                found.append(message)
            return found
        finally:
            connection.close()

    def _collect(self, channel: Any, found: list[amqp.Message], count: int) -> bool:
        while len(found) < count and (message := channel.basic_get(self.name, no_ack=True)) is not None:
            found.append(message)
        return len(found) >= count


def described(message: amqp.Message) -> dict[str, Any]:
    """What the gateway wrote of an intake."""
    loaded: dict[str, Any] = json.loads(message.headers[HEADER])
    return loaded


def until(done: Callable[[], bool], seconds: float, reason: Callable[[], str] = lambda: "not in time") -> None:
    """Waits until `done`, asking every 50 ms."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, reason()
        time.sleep(0.05)


@pytest.fixture
def queue(vhost: str) -> IntakeQueue:
    return IntakeQueue(vhost)


@pytest.fixture
def gateway_process(tmp_path: Path, vhost: str) -> Iterator[GatewayProcess]:
    """A running gateway; the test may stop, kill and start it."""
    process = GatewayProcess(tmp_path, vhost).start()
    yield process
    process.kill()


@pytest.fixture
def absent_broker(broker: Broker) -> Iterator[Broker]:
    """The session's broker, which the test may stop; it runs again afterwards."""
    if broker.given_uri:
        pytest.skip("AMQP_URI points to a broker that tests must not stop")
    yield broker
    if not broker.answers():
        broker.start()
