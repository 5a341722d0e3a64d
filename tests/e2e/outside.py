"""The outside world in end-to-end tests: a sender that repeats until it has a receipt, and dealers' systems."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests

from deploy.stack import Stack


def eventually(holds: Callable[[], object], seconds: float, what: str) -> None:
    """Waits until `holds()` is true; fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.2)


#: Digits as syllables: numbers become names that nobody takes for each other.
SYLLABLES = ("bar", "cor", "den", "fal", "gun", "hol", "jen", "kem", "lun", "mor")
FIRST_NAMES = ("Ann", "Boris", "Chloe", "Dmitri", "Edith", "Farid", "Greta")


def name(number: int) -> str:
    """Somebody's name."""
    family = "".join(SYLLABLES[int(digit)] for digit in str(number)).capitalize()
    return f"{FIRST_NAMES[number % len(FIRST_NAMES)]} {family}"


def document(number: int, **over: Any) -> dict[str, Any]:
    """An inquiry of a farm owner in Ames who is ready to buy a grain dryer."""
    return {
        "lead_ref": f"E2E-{number:06}",
        "reader": {"name": name(number), "mail": f"ann{number}@leefarms{number}.example"},
        "address": {"street": f"{100 + 7 * number} Prairie Road", "city": "Ames", "state": "IA", "zip": "50010"},
        "product": "grain-dryer",
        "budget_usd": 90000,
        "buying_horizon": "now",
        "job_function": "owner",
        "requests": "quote",
        "industry": "crop",
        "acres": 1500,
        "permission": {"email": True},
        "comment": "Need this before harvest",
    } | over


@dataclass
class Sender:
    """A partner's program: it repeats a request with its key until it has an answer, as it should."""

    stack: Stack
    key: str

    def send(self, body: dict[str, Any], name: str) -> str:
        """The receipt id. Repeats while nobody answers, or with 5xx."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": name}
        deadline = time.monotonic() + 120
        while True:
            try:
                answer = requests.post(
                    f"{self.stack.gateway_url}/v1/leads?source=partner-agrimag", json=body, headers=headers, timeout=10
                )
                if answer.status_code == 202:
                    return str(answer.json()["receipt_id"])
                assert answer.status_code >= 500, answer.text
            except requests.RequestException:
                pass
            assert time.monotonic() < deadline, "no receipt within two minutes"
            time.sleep(0.1)

    def send_all(self, bodies: Iterable[dict[str, Any]], told: Callable[[int], None] = lambda _: None) -> list[str]:
        """Receipt ids, in order; four senders at a time."""
        receipts = []
        with ThreadPoolExecutor(4) as pool:
            for number, receipt in enumerate(pool.map(lambda body: self.send(body, body["lead_ref"]), bodies)):
                receipts.append(receipt)
                told(number)
        return receipts

    def read(self, path: str) -> Any:
        """A JSON answer, or None when there is none at this moment."""
        try:
            answer = requests.get(
                self.stack.gateway_url + path, headers={"Authorization": f"Bearer {self.key}"}, timeout=10
            )
        except requests.RequestException:
            return None
        return answer.json() if answer.ok else None

    def state(self, receipt: str) -> str:
        """What became of a receipt, as far as somebody answers."""
        found = self.read(f"/v1/receipts/{receipt}")
        return str(found["state"]) if found else "no answer"

    def counts(self, room: str) -> dict[str, int]:
        """The ledger of one room; empty when it is away."""
        found = self.read("/v1/ledger") or {"rooms": []}
        return next((entry.get("counts", {}) for entry in found["rooms"] if entry["room"] == room), {})


@dataclass(frozen=True)
class FarSide:
    """What mail server, printer and dealers received."""

    stack: Stack

    @property
    def webhooks(self) -> list[dict[str, Any]]:
        """Each webhook that a dealer's system took, once per id: it drops repeats, as Standard Webhooks asks."""
        file = Path(self.stack.instance.part("dealers")) / "received.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def mails_twice(self) -> list[tuple[str, int]]:
        """Message ids that arrived more than once."""
        counted = Counter(str(mail["Message-ID"]) for mail in self.stack.mails())
        return [(identity, number) for identity, number in counted.items() if number > 1]

    def mails_to(self, address: str) -> list[Any]:
        """Mails to one address."""
        return [mail for mail in self.stack.mails() if address in str(mail["To"])]
