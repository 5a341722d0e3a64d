"""Qualification as a process: events in over RabbitMQ, events out, and a call answered."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from services.qualify.service import room
from shared.contracts import calls
from shared.contracts.envelope import decode, encode
from shared.contracts.errors import NotFound
from shared.messaging import topology
from shared.messaging.connection import open_connection
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from tests.builders import enveloped, lead_registered, response
from tests.integration.plumbing.conftest import depth, eventually, read_all
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.told import READY

REPOSITORY = Path(__file__).parents[3]


@pytest.fixture
def process(vhost: str, room_database: Callable[[str], str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The room, running on a broker and a database of its own."""
    settings = {
        "LEADBUS_AMQP_URI": vhost,
        "LEADBUS_DATABASE_URL": room_database("qualify"),
        "LEADBUS_COMPANY": str(COMPANY),
    }
    log = tmp_path / "log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "deploy.serve", "qualify"]
        running = subprocess.Popen(command, env=os.environ | settings, cwd=REPOSITORY, stdout=output, stderr=output)
        yield running
        running.terminate()
        assert running.wait(timeout=40) == 0, log.read_text()[-2000:]


@pytest.fixture
def published(vhost: str) -> str:
    """A queue that hears what qualification publishes."""
    connection = open_connection(vhost)
    channel = connection.channel()
    channel.exchange_declare("qualify.events", "topic", durable=True, auto_delete=False)
    channel.queue_declare("published", durable=True, auto_delete=False)
    channel.queue_bind("published", "qualify.events", "#")
    connection.collect()
    return "published"


def test_a_lead_that_comes_twice_is_scored_once_published_and_explained(
    published: str, vhost: str, process: subprocess.Popen[bytes]
) -> None:
    # Just now, by the clock of the process: points fade.
    now = datetime.now(UTC)
    lead = lead_registered(response=response(answers=READY, received_at=now), registered_at=now)
    envelope = enveloped(lead)
    hears = room(COMPANY).hears
    publisher = ConfirmedPublisher(vhost, lambda channel: topology.declare_inbox(channel, "qualify", hears))
    message = OutgoingMessage(str(envelope.id), "capture.events", "lead_registered", encode(envelope))
    assert set(publisher.publish([message, message], 30)) == {Result.CONFIRMED}
    publisher.close()

    eventually(lambda: depth(vhost, published) == 5, 60, "four events, and the first rules")
    events = [each for each in map(decode, read_all(vhost, published)) if each.type != "rules_published"]
    assert {event.type for event in events} == {"lead_scored", "lead_qualified", "stage_changed", "profile_enriched"}
    assert {event.correlation_id for event in events} == {envelope.correlation_id}

    reply = asked(vhost, lead.lead_id)
    assert (reply.lead_id, reply.decision, reply.rank) == (lead.lead_id, "qualified", "hot")
    with pytest.raises(NotFound):
        asked(vhost, uuid4())
    assert process.poll() is None


def asked(vhost: str, lead_id: UUID) -> calls.ScoreReply:
    """The room's answer about a lead, once it answers."""
    pool = RpcPool(vhost, size=1, timeout_seconds=5)
    replies: list[calls.ScoreReply] = []

    def answered() -> bool:
        try:
            replies.append(pool.call(calls.SCORE, lead_id=lead_id))
        except (RoomAway, RpcTimeout):
            return False
        return True

    eventually(answered, 30, "an answer")
    return replies[0]
