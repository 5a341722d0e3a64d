"""What the company's own people do in the simulated world: they put right, merge, tell apart, and erase."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from services.capture.models import Inquiry, Person, PersonMerge
from services.capture.present import Present
from services.capture.usecases import merging, privacy, repairing
from services.capture.usecases.merging import Grounds
from services.router import service as router
from services.router.models import Lead
from services.router.usecases import reassigning
from shared.contracts.calls import EraseRequest, ReleaseRequest
from shared.contracts.errors import WireError
from shared.database.unit_of_work import Transaction
from tests.simulation.world import Crash, World

BY = "the office"


def manage(world: World, company: Path) -> None:
    """Somebody of the company does something, perhaps with somebody who is gone or merged by then."""
    act = world.rng.choices((release, merge, unmerge, erase), (4, 3, 2, 1))[0]
    player = world.players["capture"]
    try:
        with player.uow.begin() as tx:
            act(world, tx, company)
    except (WireError, Crash):
        player.engine.dispose()


def release(world: World, tx: Transaction, company: Path) -> None:
    """An inquiry in quarantine is given an address, and released."""
    found = _any(world, tx, select(Inquiry.id).where(Inquiry.outcome == "quarantined").order_by(Inquiry.id))
    if found:
        address = {"person.email": f"put.right{world.rng.randrange(5)}@farm.example", "person.family_name": "Yoder"}
        request = ReleaseRequest(inquiry_id=found, by=BY, corrections=address, trusted=True)
        repairing.release(tx, request, Present(company).company(tx))


def merge(world: World, tx: Transaction, _: Path) -> None:
    """Two people are said to be one."""
    one, other = (_any(world, tx, select(Person.id).order_by(Person.id)) for _ in range(2))
    if one and other:
        merging.merge(tx, one, other, Grounds(by=BY))


def unmerge(world: World, tx: Transaction, _: Path) -> None:
    """And told apart again."""
    found = _any(world, tx, select(PersonMerge.id).order_by(PersonMerge.id))
    if found:
        merging.unmerge(tx, found, BY)


def erase(world: World, tx: Transaction, _: Path) -> None:
    """Somebody asked to be forgotten."""
    found = _any(world, tx, select(Person.id).order_by(Person.id))
    if found:
        privacy.erase(tx, EraseRequest(person_id=found, reason="asked by letter", by=BY), secret="a secret")


def reassign(world: World, company: Path) -> None:
    """A sales manager gives leads to somebody by hand, or to whoever is next."""
    player, rules, rng = world.players["router"], router.desk(company).rules, world.rng
    with player.engine.connect() as connection:
        leads = connection.execute(select(Lead.lead_id).order_by(Lead.lead_id)).scalars().all()
    some = rng.sample(leads, min(len(leads), rng.randint(1, 3)))
    to = rng.choice([None, *sorted(rules.owners)])
    try:
        with player.uow.begin() as tx:
            reassigning.reassign(tx, some, to, by=BY, because="by hand", rules=rules)
    except (WireError, Crash):
        player.engine.dispose()


def _any(world: World, tx: Transaction, query: Any) -> Any:
    ids = list(tx.session.scalars(query))
    return world.rng.choice(ids) if ids else None
