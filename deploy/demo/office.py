"""What the company's own people do in the demo: they put an inquiry right, and somebody asks to be forgotten."""

import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.demo import rulemakers, screeners
from deploy.demo.rulemakers import Change
from deploy.demo.sending import Gateway

BY = "demo"
SEED = 7
SECONDS = 60.0


@dataclass(frozen=True)
class Office:
    """What was done."""

    #: Of the inquiries that lacked an address, how many were given one and released.
    released: int
    #: Where the certificate is, and what it says.
    certificate: str
    rooms: int
    rows: int
    complete: bool
    #: Pairs of people who may be one, for a manager to decide.
    questions: int
    #: What screeners reported how often.
    screened: Counter[str]
    rules: Change


def work(gateway: Gateway, marketing: Gateway, sales: Gateway, receipts: list[str], today: date) -> Office:
    """Calls whom a call would tell more of, changes a rule, releases what had no address, and forgets somebody.

    Who is forgotten is the person of the first of these receipts that is a lead.
    """
    screened = screeners.call(gateway, today, random.Random(SEED))
    changed = rulemakers.change(marketing, sales)
    released = _put_right(gateway)
    certificate = _forget(gateway, _somebody(gateway, receipts))
    rooms = [room for room in certificate["rooms"] if room["erased_at"]]
    return Office(
        released=released,
        certificate=f"/v1/erasures/{certificate['erasure_id']}",
        rooms=len(rooms),
        rows=sum(sum(room["removed"].values()) for room in rooms),
        complete=certificate["state"] == "complete",
        questions=gateway.read("/v1/reviews")["open"],
        screened=screened,
        rules=changed,
    )


def _put_right(gateway: Gateway) -> int:
    released = 0
    for number, entry in enumerate(gateway.read("/v1/quarantine?reason=no_contact")["entries"]):
        said = {"corrections": {"person.email": f"found.later{number}@farmmail.example"}, "by": BY}
        answer = gateway.post(f"/v1/quarantine/{entry['inquiry_id']}/release", said)
        released += answer["outcome"] in ("registered", "responded")
    return released


def _somebody(gateway: Gateway, receipts: list[str]) -> str:
    for receipt in receipts:
        lead = gateway.read(f"/v1/receipts/{receipt}").get("lead_id")
        person = gateway.read(f"/v1/leads/{lead}")["person_id"] if lead else None
        if person:
            return str(person)
    raise LookupError("no receipt leads to a person")


def _forget(gateway: Gateway, person_id: str) -> dict[str, Any]:
    begun = gateway.post(f"/v1/people/{person_id}/erase", {"reason": "asked by letter", "by": BY})
    deadline = time.monotonic() + SECONDS
    while True:
        found: dict[str, Any] = gateway.read(f"/v1/erasures/{begun['erasure_id']}")
        if found["state"] == "complete" or time.monotonic() > deadline:
            return found
        time.sleep(0.5)
