"""Send the inquiries to a running stack and follow them to their ends, through the gateway's HTTP only.

Prints an account; exits with 1 and a line per fault. Every wait has an end.
"""

import argparse
import json
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.compose import inquiries
from tests.compose.inquiries import Sending

#: A proxy of the caller's environment does not reach loopback.
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
WAIT_SECONDS = 180.0


class StillNot(Exception):
    """Something that was waited for did not happen in time."""


class _Stay(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer: the visitor's browser would follow it out of the stack."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True)
class Gateway:
    """The gateway as a partner with a key sees it."""

    url: str
    key: str

    def send(self, sending: Sending) -> tuple[int, bytes]:
        """Status and body of the answer to an inquiry."""
        headers = {"Content-Type": sending.content_type}
        if sending.keyed:
            headers["Authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(self.url + sending.path, sending.body, headers)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stay())
        try:
            with opener.open(request, timeout=10) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read()

    def read(self, path: str) -> dict[str, Any]:
        """The JSON at a path. Raises urllib.error.HTTPError for anything but a 2xx."""
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.key}"})
        with DIRECT.open(request, timeout=10) as answer:
            document: dict[str, Any] = json.loads(answer.read())
        return document

    def ledger(self) -> dict[str, dict[str, int]]:
        """Counts by room; of a room that is away, nothing."""
        return {entry["room"]: entry.get("counts", {}) for entry in self.read("/v1/ledger")["rooms"]}


def wait_for(what: str, look: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """What `look` gives once it is true. Raises StillNot with what was seen last."""
    until = time.monotonic() + seconds
    while True:
        try:
            seen = look()
        except (OSError, urllib.error.HTTPError) as problem:
            seen = None
            last: object = problem
        else:
            last = seen
        if seen:
            return seen
        if time.monotonic() > until:
            raise StillNot(f"{what}: not within {seconds:.0f} s (last: {last})")
        time.sleep(0.5)


def send_all(gateway: Gateway) -> list[str]:
    """Sends every inquiry. Gives the receipts of those senders that get one; raises StillNot for a refusal."""
    receipts = []
    for sending in inquiries.stream():
        status, body = gateway.send(sending)
        if status not in (200, 202, 303):
            raise StillNot(f"{sending.path}: answered {status} {body[:300]!r}")
        if sending.receipt:
            receipts.append(json.loads(body)["receipt_id"])
    return receipts


def faults_of_leads(gateway: Gateway, leads: list[str]) -> list[str]:
    """What is wrong with single leads: each has an owner, a reasoned score and a story."""
    faults = []
    for lead_id in leads:
        lead = wait_for(f"owner and rank of {lead_id}", partial(completed, gateway, lead_id))
        score = gateway.read(f"/v1/leads/{lead_id}/score")
        if sum(line["points"] for line in score["lines"]) != score["score"]:
            faults.append(f"{lead_id}: the reasons do not sum to the score {score['score']}")
        if gateway.read(f"/v1/leads/{lead_id}/assignment")["owner"] != lead["owner"]:
            faults.append(f"{lead_id}: the journal and the router name different owners")
    return faults


def completed(gateway: Gateway, lead_id: str) -> dict[str, Any] | None:
    """The lead, once its way through the rooms is known."""
    lead = gateway.read(f"/v1/leads/{lead_id}")
    rooms = {entry["room"] for entry in lead["timeline"]}
    return lead if lead["owner"] and lead["rank"] and {"capture", "qualify", "router", "fulfillment"} <= rooms else None


def follow(gateway: Gateway) -> list[str]:
    """Sends, waits, checks and prints. Gives the faults; raises StillNot when a wait ends in vain."""
    wait_for("gateway ready", lambda: gateway.read("/readyz")["broker"] == "up")
    before = gateway.ledger()
    began = time.monotonic()
    receipts = send_all(gateway)
    sent = time.monotonic()
    wait_for("front desk", lambda: all_received(before["capture"], gateway.ledger()["capture"]))
    found = [gateway.read(f"/v1/receipts/{receipt}") for receipt in receipts]
    rows = [row for receipt in found for row in receipt["rows"]]
    states = Counter(entry["state"] for entry in [*found, *rows])
    leads = sorted({entry["lead_id"] for entry in [*found, *rows] if entry["lead_id"]})
    faults = [f"receipt {receipt['receipt_id']} is unknown" for receipt in found if receipt["state"] == "unknown"]
    faults += faults_of_leads(gateway, leads)
    wait_for("every piece is out", lambda: all_sent(before["fulfillment"], gateway.ledger()["fulfillment"]))
    wait_for("router owns every lead", lambda: gateway.ledger()["router"]["live_without_owner"] == 0)
    lost = {name: number for name, number in gateway.ledger()["fulfillment"].items() if name.endswith("unknown")}
    faults += [f"fulfillment: {number} pieces are {name}" for name, number in lost.items() if number]
    account(gateway, len(receipts), states, sent - began, time.monotonic() - began)
    return faults


def all_received(before: dict[str, int], now: dict[str, int]) -> bool:
    """Whether the front desk has read everything that was sent, each as what it is."""
    expected = {
        "received": inquiries.NEW + inquiries.REPEAT + inquiries.UNREADABLE,
        "registered": inquiries.NEW,
        "responded": inquiries.REPEAT,
        "quarantined": inquiries.UNREADABLE,
    }
    return now["pending"] == 0 and all(now[name] - before[name] == number for name, number in expected.items())


def all_sent(before: dict[str, int], now: dict[str, int]) -> bool:
    """Whether no piece waits, every new inquirer got an email, and who is ready to buy a letter."""
    waiting = sum(number for name, number in now.items() if name.endswith(("planned", "claimed")))
    emails, letters = (now.get(name, 0) - before.get(name, 0) for name in ("email.sent", "post.sent"))
    return waiting == 0 and emails >= inquiries.NEW and letters >= inquiries.BY_POST


def account(gateway: Gateway, receipts: int, states: Counter[str], sending: float, whole: float) -> None:
    """Prints what became of everything."""
    funnel = gateway.read("/v1/reports/funnel")
    requests = sum(1 for _ in inquiries.stream())
    print(f"\nsent      {requests} requests in {sending:.1f} s; all followed after {whole:.1f} s")
    print(f"receipts  {receipts}: " + ", ".join(f"{number} {state}" for state, number in sorted(states.items())))
    print(
        f"funnel    {funnel['inquiries']} inquiries, {funnel['new_leads']} new leads, "
        f"{funnel['repeat_responses']} repeat, {funnel['quarantined']} quarantined"
    )
    for name in ("rank", "source", "owner"):
        print(f"by {name:7}" + ", ".join(f"{entry['leads']} {entry['key']}" for entry in funnel[f"by_{name}"]))
    for room, counts in sorted(gateway.ledger().items()):
        print(f"{room:12}" + ", ".join(f"{name} {number}" for name, number in counts.items() if number))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--key", required=True)
    asked = parser.parse_args()
    try:
        faults = follow(Gateway(asked.gateway, asked.key))
    except StillNot as problem:
        faults = [str(problem)]
    for fault in faults:
        print(f"compose: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
