"""Companies that do not exist: how likely each of their leads is to buy is known."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import exp
from typing import Any

from services.qualify.prediction.examples import Example

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
ROLES = {"owner": 1.1, "manager": 0.3, "employee": -0.9, None: -0.2}
TIMINGS = {"now": 1.2, "3m": 0.6, "6m": -0.1, "later": -1.3, None: -0.3}
PRODUCTS = {"grain-dryer": 0.7, "mower": -0.2, "parts": -0.8}
#: Facts that say nothing, whatever they look like.
NOISE = ("colour", "browser", "lucky_number")


@dataclass(frozen=True)
class Known:
    """An example, and the chance that it was drawn by."""

    example: Example
    chance: float


def company(leads: int, seed: int = 0, average: float = -1.6) -> Iterator[Known]:
    """A company whose sales follow role, timing, acreage, phone and products, and nothing else."""
    draw = random.Random(seed)
    for place in range(leads):
        role, timing = draw.choice(list(ROLES)), draw.choice(list(TIMINGS))
        acres = draw.lognormvariate(5.0, 1.2) if draw.random() < 0.8 else None
        products = tuple(sorted(draw.sample(list(PRODUCTS), draw.choice((1, 1, 2)))))
        phone = draw.random() < 0.7
        odds = average + ROLES[role] + TIMINGS[timing] + (0.5 if phone else -0.5) + sum(map(PRODUCTS.get, products))  # type: ignore[arg-type]
        odds += 0.0 if acres is None else max(-1.0, min(1.2, (acres - 200) / 300))
        chance = 1 / (1 + exp(-odds))
        facts: dict[str, Any] = {
            "role": role,
            "timing": timing,
            "acres": acres,
            "products": products,
            "has_phone": phone,
            "colour": draw.choice(("red", "green", "blue")),
            "browser": draw.choice(("one", "two", None)),
            "lucky_number": draw.random(),
            "currently_owns": f"machine {place}" if draw.random() < 0.3 else None,
        }
        begun = START + timedelta(hours=place)
        yield Known(Example(begun, begun + timedelta(days=20), draw.random() < chance, facts), chance)
