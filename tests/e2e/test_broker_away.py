"""The broker is away for minutes while partners go on sending, and the gateway is killed in the middle of it."""

import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import requests

from deploy.stack import Stack
from deploy.stack.instance import REPOSITORY
from tests.e2e.outside import document, eventually

#: Seconds that the broker is away.
AWAY_SECONDS = float(os.environ.get("LEADBUS_AWAY_SECONDS", "180"))
SENDERS = 8
#: Seconds between two inquiries of one sender: about 80 a second by all of them.
PAUSE = 0.1
#: A sender that has no answer after so long would show its visitor an error page.
LONGEST_WAIT = 10.0


@pytest.fixture
def front_desk() -> Iterator[Stack]:
    """Broker, database, capture and gateway."""
    folder = REPOSITORY / ".leadbus" / f"e2e-{os.getpid()}-{Path(__file__).stem}"
    shutil.rmtree(folder, ignore_errors=True)
    with Stack(folder, rooms=("capture",), mail=False) as running:
        yield running
    running.instance.remove()


@dataclass
class Partners:
    """Programs that send without rest. Each repeats an inquiry with its key until it has a receipt for it."""

    url: str
    key: str
    receipts: dict[int, str] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    stopped: threading.Event = field(default_factory=threading.Event)

    def run(self) -> list[threading.Thread]:
        """Starts them; they end with their inquiry after `stopped` is set."""
        threads = [threading.Thread(target=self._send_on, args=(place,)) for place in range(SENDERS)]
        for thread in threads:
            thread.start()
        return threads

    def _send_on(self, place: int) -> None:
        number = place
        with requests.Session() as session:
            session.trust_env = False
            while not self.stopped.is_set():
                self._send(session, number)
                number += SENDERS
                self.stopped.wait(PAUSE)

    def _send(self, session: requests.Session, number: int) -> None:
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"inquiry-{number}"}
        while number not in self.receipts:
            began = time.monotonic()
            try:
                answer = session.post(
                    f"{self.url}/v1/leads?source=partner-agrimag", json=document(number), headers=headers, timeout=60
                )
            except requests.RequestException:
                # The gateway was killed with this request in it.
                time.sleep(0.05)
                continue
            self.waits.append(time.monotonic() - began)
            if answer.status_code == 202:
                self.receipts[number] = answer.json()["receipt_id"]
            else:
                self.refused[answer.status_code] += 1
                time.sleep(0.05)


@pytest.mark.long
@pytest.mark.requirement("CAP-1")
def test_minutes_without_the_broker_and_a_kill_of_the_gateway_lose_and_double_nothing(front_desk: Stack) -> None:
    partners = Partners(front_desk.gateway_url, front_desk.new_key("partners", ["intake"], ["partner-agrimag"]))
    threads = partners.run()
    try:
        eventually(lambda: len(partners.receipts) > 200, 60, "something was taken in before")
        front_desk.stop_broker()
        began, during = time.monotonic(), len(partners.receipts)
        killed = False
        while (gone := time.monotonic() - began) < AWAY_SECONDS:
            if gone > AWAY_SECONDS / 2 and not killed:
                front_desk.kill("gateway")
                front_desk.wait_ready("gateway")
                killed = True
            time.sleep(0.5)
        during = len(partners.receipts) - during
        front_desk.start_broker()
        back = len(partners.receipts)
        eventually(lambda: len(partners.receipts) > back + 200, 120, "inquiries are taken in afterwards")
    finally:
        partners.stopped.set()
        for thread in threads:
            thread.join(90)

    receipts = Counter(partners.receipts.values())
    assert set(receipts.values()) == {1}
    eventually(
        lambda: _registered(front_desk).keys() >= receipts.keys(), 900, "everything with a receipt is registered"
    )
    registered = _registered(front_desk)
    assert set(registered.values()) <= {("registered", 1), ("responded", 1)}, "each is registered, once"
    assert registered.keys() == receipts.keys(), "nothing was registered that nobody has a receipt for"
    assert partners.refused == {}, "an outage was shown"
    assert max(partners.waits) < LONGEST_WAIT
    print(
        f"{len(receipts)} inquiries, {during} of them within {AWAY_SECONDS:.0f} s without broker; "
        f"longest wait {max(partners.waits):.2f} s"
    )


def _registered(stack: Stack) -> dict[str, tuple[str, int]]:
    """What became of each receipt: the outcome, and how many inquiries have it."""
    with psycopg.connect(stack.database_url("capture").replace("+psycopg", "")) as connection:
        found = connection.execute("SELECT receipt_id::text, max(outcome), count(*) FROM inquiry GROUP BY 1")
        return {receipt: (outcome, number) for receipt, outcome, number in found}
