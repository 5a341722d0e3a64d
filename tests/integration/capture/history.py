"""A spring of inquiries: a dozen people, some of them twice, some at two addresses, with double clicks and noise."""

import random
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shared.room import RawInquiry
from tests.integration.capture.desk import form, partner, sheet

DAY = 24 * 60
PEOPLE = [
    {"your-name": name, "your-email": email, "your-phone": phone}
    for name, email, phone in (
        ("Ann Lee", "ann@lee.example", "515 555 0101"),
        ("HILL, BOB", "bob@hill.example", "515 555 0102"),
        ("Cy Hill", "cy@hill.example", "515 555 0102"),
        ("Dee Olson", "dee@olson.example", ""),
        ("Eve Olson", "", "515 555 0105"),
        ("Finn Berg", "finn@berg.example", "515 555 0106"),
    )
]


def inquiries(seed: int) -> list[RawInquiry]:
    """Raw inquiries in the order in which they were received; the same seed gives the same."""
    dice = random.Random(seed)
    made: list[RawInquiry] = []
    for person in PEOPLE:
        # Responses of one episode lie within days, episodes of one person months apart.
        for episode in range(dice.choice((1, 2))):
            for day in sorted(dice.sample(range(8), dice.choice((1, 2, 3)))):
                made += _visit(dice, person, episode * 60 * DAY + day * DAY + dice.randrange(600))
    made += [
        form({"your-name": "Nobody"}, minutes=50, receipt_id=_receipt(dice)),
        partner({"test_mode": "yes", "email": "t@t.example"}, minutes=60, receipt_id=_receipt(dice)),
        sheet(
            "Name,Email\nAnn Lee,ann@lee.example\nGus Falk,gus@falk.example\n", minutes=70, receipt_id=_receipt(dice)
        ),
    ]
    return sorted(made, key=lambda raw: (raw.intake.received_at, raw.intake.receipt_id))


def _visit(dice: random.Random, person: Mapping[str, str], minutes: int) -> list[RawInquiry]:
    fields = {name: value for name, value in person.items() if value}
    extra: dict[str, Any] = {"message": f"At minute {minutes}", "your-company": dice.choice(("", "Farm", "Farm & Co"))}
    if dice.random() < 0.3:
        extra["newsletter"] = dice.choice(("yes", "no"))
    clicks = dice.choice((1, 1, 1, 2))
    return [
        form({**fields, **extra}, minutes=minutes + click * 3, receipt_id=_receipt(dice)) for click in range(clicks)
    ]


def _receipt(dice: random.Random) -> UUID:
    return UUID(int=dice.getrandbits(128), version=4)
