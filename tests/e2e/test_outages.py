"""Kills and restarts in the middle of a stream: every receipt resolves, and nothing goes out twice."""

import os
import threading
import time
from collections import Counter

import pytest

from deploy import ROOMS
from deploy.stack import Stack
from tests.e2e.outside import FarSide, Sender, document, eventually, name

LEADS = int(os.environ.get("LEADBUS_OUTAGE_LEADS", "500"))
ROUNDS = int(os.environ.get("LEADBUS_OUTAGE_ROUNDS", "1"))
RESOLVED = {"registered", "responded", "quarantined"}


@pytest.mark.requirement("CAP-1")
def test_every_receipt_resolves_and_nothing_is_sent_twice(stack: Stack, sender: Sender, far_side: FarSide) -> None:
    """kill -9 of every room, of the gateway, the broker and the database, and their restarts, amid the stream."""
    progress = [0]
    outages = threading.Thread(target=_break_everything, args=(stack, progress))
    outages.start()
    bodies = [document(number, **_unlike(number)) for number in range(LEADS)]
    receipts = sender.send_all(bodies, lambda number: progress.__setitem__(0, number))
    outages.join()
    stack.wait_ready(*ROOMS, "gateway")

    eventually(lambda: sender.counts("capture").get("received", 0) >= LEADS, 180, "everything received")
    states = Counter(sender.state(receipt) for receipt in set(receipts))
    assert set(states) <= RESOLVED, states
    assert len(set(receipts)) == LEADS

    leads = sender.counts("capture")["leads"]
    eventually(lambda: sender.counts("analytics").get("leads") == leads, 120, "the journal has every lead")
    eventually(lambda: _unfinished(sender) == 0, 240, "everything planned is done")
    capture, router = sender.counts("capture"), sender.counts("router")
    assert capture["received"] == sum(capture[name] for name in ("registered", "responded", "quarantined", "duplicate"))
    assert capture["duplicate"] == 0
    assert (router["live_without_owner"], router["live"]) == (0, leads)
    assert sender.counts("analytics")["balance"] == 0
    assert far_side.mails_twice() == []
    told = Counter((one["body"]["type"], one["body"]["data"]["assignment_id"]) for one in far_side.webhooks)
    assert {key: number for key, number in told.items() if key[0] == "lead.assigned" and number > 1} == {}
    print(f"{LEADS} inquiries, {leads} leads, {dict(states)}; unknown: {_unknown(sender)}")


def _unlike(number: int) -> dict[str, object]:
    """Every tenth gets a printed letter, every seventh is not ready, every tenth is of somebody known already."""
    address = {} if number % 10 == 3 else {"address": {"city": "Ames", "state": "IA", "zip": "50010"}}
    idle = {"budget_usd": None, "buying_horizon": "6m", "job_function": "employee", "requests": "literature"}
    return address | (idle if number % 7 == 0 else {}) | _as_repeat(number)


def _as_repeat(number: int) -> dict[str, object]:
    if number % 10 or not number:
        return {}
    reader = {"name": name(number - 5), "mail": f"ann{number - 5}@leefarms{number - 5}.example"}
    return {"reader": reader, "comment": f"Another question, number {number}"}


def _break_everything(stack: Stack, progress: list[int]) -> None:
    victims = [*ROOMS, "gateway", "broker", "database", "broker restart", "database restart"] * ROUNDS
    for index, victim in enumerate(victims):
        target = LEADS * (index + 1) // (len(victims) + 2)
        while progress[0] < target:
            time.sleep(0.02)
        match victim:
            case "broker restart":
                stack.restart_broker()
            case "database restart":
                stack.restart_database()
            case _:
                stack.kill(victim)


def _unfinished(sender: Sender) -> int:
    """Pieces and deliveries that are planned or claimed; -1 while a room is away."""
    rooms = [sender.counts("router"), sender.counts("fulfillment")]
    if not all(rooms):
        return -1
    return sum(number for counts in rooms for name, number in counts.items() if name.endswith(("planned", "claimed")))


def _unknown(sender: Sender) -> int:
    rooms = [sender.counts("router"), sender.counts("fulfillment")]
    return sum(number for counts in rooms for name, number in counts.items() if name.endswith("unknown"))
