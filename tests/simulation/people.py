"""What people and owners do in the simulated world."""

import json
import random
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select

from services.router import service as router
from services.router.domain.status import ACTIONS
from services.router.models import Assignment, Lead, PurchaseQuestion, Share
from services.router.usecases import purchases, sharing
from services.router.usecases.saying import Word, say
from shared import settings
from shared.contracts.calls import TellPurchaseRequest
from shared.contracts.errors import WireError
from shared.contracts.signed_ids import purchase_tokens
from tests.simulation.world import Crash, World

FAMILIES = ("Lee", "Miller", "Olson", "Nguyen", "Schmidt", "Garcia", "Novak", "Becker")
TOWNS = (("Ames", "IA", "50010"), ("Peoria", "IL", "61602"), ("Fargo", "ND", "58102"), ("Columbia", "MO", "65201"))
PRODUCTS = ("grain-dryer", "compact-tractor", "zero-turn-mower", "feed-mixer", "spare-parts")


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
        "need": "it broke",
        **(_eager(rng) if rng.random() < 0.5 else _idle(rng)),
    }
    return {name: value for name, value in answers.items() if name == "email" or rng.random() < 0.95}


def _eager(rng: random.Random) -> dict[str, str]:
    """Somebody whom sales wants to hear of."""
    return {
        "budget": rng.choice(("45000", "250000")), "role": "owner", "timing": "now", "industry": "crop",
        "interest": "quote", "acres": "900",
    }  # fmt: skip


def _idle(rng: random.Random) -> dict[str, str]:
    return {
        "budget": str(rng.choice((0, 900, 45000, 250000))),
        "role": rng.choice(("owner", "manager", "employee", "other")),
        "timing": rng.choice(("now", "3m", "12m", "later", "none")),
        "industry": rng.choice(("crop", "livestock", "student")),
        "interest": rng.choice(("quote", "literature")),
    }


def answer(world: World, company: Path) -> None:
    """An owner says something of a lead in some way, perhaps of one that is no longer theirs."""
    player = world.players["router"]
    with player.engine.connect() as connection:
        handed_over = Assignment.owner_id != "marketing"
        held = connection.execute(
            select(Assignment.id, Assignment.lead_id).where(handed_over).order_by(Assignment.id)
        ).all()
        shared = connection.execute(select(Share.id, Share.lead_id).order_by(Share.id)).all()
    rows = [*held, *shared]
    if not rows:
        return
    row, rng = world.rng.choice(rows), world.rng
    action = rng.choice(ACTIONS)
    fields = {
        "reason": rng.choice(("price", "no capacity", "wrong number")), "note": "said so",
        "amount": rng.choice(("12500", "9,000.50", "a lot")), "lost_to": "Acme",
        "until": (world.time + timedelta(days=rng.choice((-3, 40)))).date().isoformat(), "to": rng.choice(ACTIONS),
    }  # fmt: skip
    word = Word(action, fields, rng.choice(("link", "email", "portal", "api", "csv", "crm")))
    try:
        with player.uow.begin() as tx:
            lead, entry = tx.get(Lead, row.lead_id), sharing.entry_of(tx, row.id)
            assert lead is not None
            assert entry is not None
            say(tx, lead, entry, word, rules=router.desk(company).rules)
    except (WireError, Crash):
        player.engine.dispose()


def tell_of_purchase(world: World, company: Path) -> None:
    """A prospect who was asked says whether they bought, and may say something else the next day."""
    player = world.players["router"]
    with player.engine.connect() as connection:
        asked = connection.execute(select(PurchaseQuestion).order_by(PurchaseQuestion.lead_id)).all()
    if not asked:
        return
    question, rng = world.rng.choice(asked), world.rng
    tokens = purchase_tokens(settings.get("LEADBUS_SECRET"))
    request = TellPurchaseRequest(
        token=tokens.make(question.lead_id, question.expires_at),
        answer=rng.choice(("bought", "elsewhere", "looking", "no_interest")),
        fields={"bought_from": "Acme", "until": (world.time + timedelta(days=60)).date().isoformat()},
        wants_contact=rng.random() < 0.5,
    )
    try:
        with player.uow.begin() as tx:
            purchases.tell(tx, request, rules=router.desk(company).rules, tokens=tokens)
    except (WireError, Crash):
        player.engine.dispose()
