"""Nurture and analytics as processes of their own, on a real broker: what one publishes the other files."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared import clock
from shared.contracts import calls, capture, qualify
from shared.contracts.envelope import Envelope, encode
from shared.contracts.errors import NotFound
from shared.messaging import topology
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.messaging.rpc_client import RoomAway, RpcPool, RpcTimeout
from tests.builders import enveloped, lead_registered, response
from tests.integration.analytics.told import received
from tests.integration.nurture.told import scored

REPOSITORY = Path(__file__).parents[3]
DAY = 86_400


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    """Moves both rooms' time."""
    return tmp_path / "clock"


@pytest.fixture
def rooms(vhost: str, room_database: Callable[[str], str], clock_file: Path, tmp_path: Path) -> Iterator[None]:
    """Both rooms, running."""
    with ExitStack() as running:
        for room in ("nurture", "analytics"):
            environment = {
                "LEADBUS_AMQP_URI": vhost,
                "LEADBUS_DATABASE_URL": room_database(room),
                "LEADBUS_CLOCK_FILE": str(clock_file),
            }
            output = running.enter_context((tmp_path / f"{room}.log").open("wb"))
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.serve", room],
                env=os.environ | environment,
                cwd=REPOSITORY,
                stdout=output,
                stderr=output,
            )
            running.callback(process.wait, 40)
            running.callback(process.terminate)
        yield


@pytest.fixture
def rpc(vhost: str) -> RpcPool:
    """Asks the rooms."""
    return RpcPool(vhost, size=1, timeout_seconds=5)


def publish(uri: str, events: list[Envelope]) -> None:
    def prepare(channel: object) -> None:
        for room in ("nurture", "analytics"):
            topology.declare_inbox(channel, room, [capture.LeadRegistered, capture.InquiryReceived, qualify.LeadScored])

    publisher = ConfirmedPublisher(uri, prepare)
    messages = [OutgoingMessage(str(e.id), f"{e.source}.events", e.type, encode(e)) for e in events]
    assert set(publisher.publish(messages, 30)) == {Result.CONFIRMED}
    publisher.close()


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not come true in time"
        time.sleep(0.1)


def test_a_step_of_nurture_shows_in_the_story_of_its_lead(
    vhost: str, rooms: None, rpc: RpcPool, clock_file: Path
) -> None:
    now = clock.SystemClock().now()
    what = response(received_at=now)
    lead = lead_registered(response=what)
    told = [received(what, "registered", lead.lead_id, person_id=lead.person_id), lead, scored(lead, scored_at=now)]
    publish(vhost, [enveloped(event, time=now) for event in told])

    def happened() -> list[str]:
        try:
            return [entry.event for entry in rpc.call(calls.LEAD, lead_id=lead.lead_id).timeline]
        except (NotFound, RoomAway, RpcTimeout):
            return []

    eventually(lambda: "programme_entered" in happened())
    for steps, day in enumerate((4, 22, 61), 1):
        clock.write_offset(clock_file, day * DAY)
        eventually(lambda steps=steps: happened().count("step_due") == steps)  # type: ignore[misc]
    eventually(lambda: happened()[-1] == "programme_left")

    assert rpc.call(calls.NURTURE_LEDGER).counts["steps_taken"] == 3
    assert rpc.call(calls.ANALYTICS_LEDGER).counts["balance"] == 0
    assert rpc.call(calls.FUNNEL).new_leads == 1
