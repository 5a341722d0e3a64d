"""What people and owners do in the simulated world."""

import json
import random
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from services.router import service as router
from services.router.links import Link
from services.router.models import Assignment
from shared.contracts.errors import WireError
from tests.simulation.world import Crash, World

FAMILIES = ("Lee", "Miller", "Olson", "Nguyen", "Schmidt", "Garcia", "Novak", "Becker")
TOWNS = (("Ames", "IA", "50010"), ("Peoria", "IL", "61602"), ("Fargo", "ND", "58102"), ("Columbia", "MO", "65201"))
PRODUCTS = ("grain-dryer", "compact-tractor", "zero-turn-mower", "feed-mixer", "spare-parts")
ACTIONS = ("accept", "decline", "contacted", "appointment", "quoted", "won", "lost", "not_ready")


def inquire(world: World) -> None:
    """Somebody inquires: new or known, eager or idle, and sometimes it is junk."""
    rng = world.rng
    kind = rng.random()
    if kind < 0.1:
        world.send("json", "partner-agrimag", rng.choice([b"{", b"\xff\xfe\x00", b"[]", b"{}"]), "application/json")
    elif kind < 0.55:
        world.send("json", "partner-agrimag", json.dumps(_answers(rng)).encode(), "application/json")
    else:
        body = urlencode(_answers(rng)).encode()
        world.send("form", "website-contact", body, "application/x-www-form-urlencoded", test=rng.random() < 0.05)


def _answers(rng: random.Random) -> dict[str, str]:
    number = rng.randrange(25)
    town, state, postcode = rng.choice(TOWNS)
    answers = {
        "first_name": "Pat",
        "last_name": FAMILIES[number % len(FAMILIES)],
        "email": f"person{number}@farm{number}.example",
        "phone": f"+1515555{number:04}",
        "company": f"Farm {number}",
        "street": f"{number} Main St",
        "city": town,
        "state": state,
        "zip": postcode,
        "product": rng.choice(PRODUCTS),
        "budget": str(rng.choice((0, 900, 45000, 250000))),
        "role": rng.choice(("owner", "manager", "employee", "other")),
        "timing": rng.choice(("now", "3m", "12m", "later", "none")),
        "need": "it broke",
        "industry": rng.choice(("crop", "livestock", "student")),
        "interest": rng.choice(("quote", "literature")),
    }
    return {name: value for name, value in answers.items() if name == "email" or rng.random() < 0.9}


def answer(world: World, company: Path) -> None:
    """An owner uses a link of a lead, perhaps of one that is no longer theirs."""
    player = world.players["router"]
    with player.engine.connect() as connection:
        rows = connection.execute(select(Assignment.id, Assignment.lead_id).order_by(Assignment.id)).all()
    if not rows:
        return
    row = world.rng.choice(rows)
    desk = router.desk(company)
    action = world.rng.choice(ACTIONS)
    token = desk.links.token(Link(row.lead_id, row.id, action, world.time + timedelta(days=1)))  # type: ignore[arg-type]
    fields = {"reason": "no capacity", "amount": "12500", "lost_to": "Acme", "until": "2026-09-01"}
    try:
        with player.uow.begin() as tx:
            router.answering.act(tx, token, fields, desk=desk)
    except (WireError, Crash):
        player.engine.dispose()
