"""What dealers do in the demo: they answer through the signed links of the leads that they were sent."""

import json
import random
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit

import requests

from deploy.demo.sending import SECONDS

#: What becomes of a lead at a dealer's, and how often. The rest is left lying, as leads are.
PATHS: tuple[tuple[int, tuple[tuple[str, dict[str, str]], ...]], ...] = (
    (3, (("accept", {}), ("contacted", {}), ("quoted", {"amount": "48500", "currency": "USD"}))),
    (
        2,
        (
            ("accept", {}),
            ("quoted", {"amount": "61200", "currency": "USD"}),
            ("won", {"amount": "59900", "currency": "USD"}),
        ),
    ),
    (2, (("accept", {}), ("lost", {"lost_to": "Acme Ag", "reason": "price"}))),
    (1, (("decline", {"reason": "No technician for dryers this season"}),)),
    (1, (("accept", {}), ("not_ready", {"reason": "Waits for the harvest", "until": "2027-03-01"}))),
    (2, (("accept", {}), ("appointment", {}))),
    (3, ()),
)


def answer_leads(received: Path, gateway_url: str, rng: random.Random) -> Counter[str]:
    """Plays the dealers with a system of their own; counts of what they did."""
    done: Counter[str] = Counter()
    for line in received.read_text().splitlines() if received.exists() else ():
        body = json.loads(line)["body"]
        if body["type"] != "lead.assigned":
            continue
        steps = rng.choices([path for _, path in PATHS], [weight for weight, _ in PATHS])[0]
        for action, fields in steps:
            link = gateway_url + urlsplit(body["data"]["links"][action]).path
            answer = requests.post(link, data=fields, timeout=SECONDS)
            done[action if answer.ok else f"{action}: {answer.status_code}"] += 1
    return done
