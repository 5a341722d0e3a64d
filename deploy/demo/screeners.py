"""The call centre of the demo: takes leads out of the queues, asks what the script says, and reports."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

from deploy.demo.sending import Gateway

#: Leads that are called at most; the rest shows what a queue looks like.
CALLS = 12
SCREENER = "Robin (call centre)"
ANSWERS = {
    "acres": ("120", "480", "900", "1400"),
    "budget": ("12000", "35000", "60000", "95000"),
    "role": ("owner", "owner", "manager"),
    "timing": ("now", "3m", "6m", "12m"),
    "need": ("dry the corn before it spoils", "mow two hundred acres of road side", "replace the old one"),
    "currently_owns": ("a 20 year old dryer", "another make's tractor"),
    "industry": ("crop", "livestock"),
}
OUTCOMES = ("qualified", "qualified", "qualified", "not_now", "unqualified", "unreachable")


def call(gateway: Gateway, today: date, chance: random.Random) -> Counter[str]:
    """Works the queues. Returns what was reported how often."""
    reported: Counter[str] = Counter()
    for _ in range(CALLS):
        taken = gateway.post("/v1/screening/claim", {"by": SCREENER})["screening"]
        if taken is None:
            break
        outcome = chance.choice(OUTCOMES)
        said: dict[str, Any] = {"claim": taken["claim"], "outcome": outcome, "by": SCREENER}
        if outcome in ("qualified", "not_now"):
            said["answers"] = _answers(taken, chance)
            said["note"] = "Friendly; wants to see one at work before the season."
        if outcome == "not_now":
            said["until"] = str(today + timedelta(days=150))
        gateway.post(f"/v1/screening/{taken['entry']['lead_id']}/report", said)
        reported[outcome] += 1
    return reported


def _answers(taken: dict[str, Any], chance: random.Random) -> dict[str, str]:
    """What the prospect answers to the script's questions that nobody has asked yet."""
    questions = [question for step in taken["script"] for question in step["questions"] if question["known"] is None]
    return {one["answer"]: chance.choice(ANSWERS[one["answer"]]) for one in questions if one["answer"] in ANSWERS}
