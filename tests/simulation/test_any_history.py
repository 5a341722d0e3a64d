"""Whatever happens in whatever order: the guarantees hold at every step, and at rest everything adds up.

A failing seed plays the same history again: `LEADBUS_SIMULATION_SEEDS=17 make test-simulation`.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.analytics import service as analytics
from services.capture import service as capture
from services.capture.usecases import answering
from services.fulfillment import service as fulfillment
from services.fulfillment.channels.letter import Letter
from services.fulfillment.channels.print import HotFolder
from services.nurture import service as nurture
from services.qualify import service as qualify
from services.router import service as router
from services.router import store as router_store
from shared.database.plumbing import DUE, EFFECT, FAILED_MESSAGE
from shared.database.unit_of_work import UnitOfWork
from shared.room import Done, Room
from tests.simulation.managers import manage, reassign
from tests.simulation.marketers import (
    every_open_lead_is_under_the_rules_that_are_live,
    make_rules,
    screen,
    whatever_was_said_can_be_asked_again,
)
from tests.simulation.people import answer, inquire, tell_of_purchase
from tests.simulation.world import World

COMPANY = Path(__file__).parents[2] / "deploy" / "company"
ROOMS = {
    "capture": capture.room, "qualify": qualify.room, "router": router.room,
    "nurture": nurture.room, "analytics": analytics.room,
}  # fmt: skip
SEEDS = [int(seed) for seed in os.environ.get("LEADBUS_SIMULATION_SEEDS", "1,2").split(",")]
STEPS = int(os.environ.get("LEADBUS_SIMULATION_STEPS", "150"))


@pytest.fixture(params=SEEDS)
def world(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    room_database: Callable[[str], str],
    tmp_path: Path,
) -> Iterator[World]:
    """All rooms of the example company at one seed. The mail server takes everything; printing draws nothing."""
    monkeypatch.setenv("LEADBUS_SECRET", "a secret of the simulated world, long enough")

    def print_and_post(uow: UnitOfWork) -> Room:
        outside = fulfillment.Outside(
            begin=uow.begin,
            deliver=lambda message: Done(str(message["Message-ID"])),
            render=lambda html: Letter(pdf=b"%PDF-1.7", pages=1),
            folder=HotFolder(tmp_path),
            links=fulfillment.links(),
        )
        return fulfillment.room(COMPANY, outside)

    builders = {name: partial(_without_outside, room) for name, room in ROOMS.items()}
    rooms = {name: (build, room_database(name)) for name, build in builders.items()}
    rooms["fulfillment"] = (print_and_post, room_database("fulfillment"))
    world = World(request.param, rooms, real=frozenset({"fulfillment"}))
    yield world
    world.close()


def _without_outside(room: Callable[[Path], Room], _uow: UnitOfWork) -> Room:
    return room(COMPANY)


def test_the_guarantees_hold_at_every_step_and_everything_adds_up_at_rest(world: World) -> None:
    for _ in range(STEPS):
        match world.rng.random():
            case chance if chance < 0.15:
                inquire(world)
            case chance if chance < 0.2:
                answer(world, COMPANY)
            case chance if chance < 0.22:
                tell_of_purchase(world, COMPANY)
            case chance if chance < 0.23:
                reassign(world, COMPANY)
            case chance if chance < 0.27:
                manage(world, COMPANY)
            case chance if chance < 0.35:
                world.pass_time(timedelta(hours=12))
            case chance if chance < 0.36:
                # Long enough for owners to fall silent.
                world.pass_time(timedelta(days=50))
            case chance if chance < 0.42:
                screen(world, COMPANY)
            case chance if chance < 0.46:
                make_rules(world, COMPANY)
        world.step()
        every_live_lead_has_an_owner_and_a_next_due_time(world)
        every_score_is_the_sum_of_its_lines(world)
        nothing_goes_out_twice(world)

    world.settle_down()
    every_live_lead_has_an_owner_and_a_next_due_time(world)
    nothing_goes_out_twice(world)
    nothing_is_parked(world)
    every_receipt_resolves_and_the_ledger_balances(world)
    the_rooms_agree(world)
    every_open_lead_is_under_the_rules_that_are_live(world, COMPANY)
    assert whatever_was_said_can_be_asked_again(world, COMPANY) > 5


def every_live_lead_has_an_owner_and_a_next_due_time(world: World) -> None:
    rules = router.desk(COMPANY).rules
    with Session(world.players["router"].engine) as session:
        assert router_store.leads_without_duty(session, rules.owners.keys()) == []


def every_score_is_the_sum_of_its_lines(world: World) -> None:
    points = "SELECT coalesce(sum((line->>'points')::int), 0) FROM jsonb_array_elements(lines) line"
    unequal = f"SELECT count(*) FROM score WHERE score <> ({points})"
    assert world.number("qualify", text(unequal)) == 0


def nothing_goes_out_twice(world: World) -> None:
    """An email never; a delivery or print job only again under the key by which its far side drops it."""
    for name in ("fulfillment", "router"):
        player = world.players[name]
        once = [kind for kind, performer in player.room.effects.items() if not performer.resend_when_unknown]
        with player.engine.connect() as connection:
            keys = connection.execute(select(EFFECT.c.key).where(EFFECT.c.kind.in_(once))).scalars()
            assert [key for key in keys if world.far_side.accepted.get(key, 0) > 1] == []


def nothing_is_parked(world: World) -> None:
    for name in world.players:
        failed = select(func.string_agg(FAILED_MESSAGE.c.error, "; "))
        with world.players[name].engine.connect() as connection:
            assert (name, connection.execute(failed).scalar()) == (name, None)
        assert world.number(name, select(func.count()).select_from(DUE).where(DUE.c.state == "parked")) == 0


def every_receipt_resolves_and_the_ledger_balances(world: World) -> None:
    with Session(world.players["capture"].engine) as session:
        states = [answering.receipt(session, receipt).state for receipt in world.receipts]
        counts = answering.ledger(session).counts
    assert "unknown" not in states
    outcomes = ("registered", "responded", "quarantined", "test", "duplicate", "withdrawn", "erased", "pending")
    assert counts["received"] == len(world.receipts) == sum(counts.get(outcome, 0) for outcome in outcomes)


def the_rooms_agree(world: World) -> None:
    """Of what was erased rooms keep different remains; of everything else they hold the same."""
    leads = _ids(world, "capture", "SELECT id FROM lead WHERE person_id IS NOT NULL AND resolution <> 'erased'")
    erased = _ids(world, "capture", "SELECT id FROM lead WHERE resolution = 'erased'")
    assert len(leads) > 5
    assert _ids(world, "qualify", "SELECT lead_id FROM profile") - erased == leads
    assert _ids(world, "router", "SELECT lead_id FROM lead WHERE registered_at IS NOT NULL") - erased == leads
    told = "FROM lead_fact WHERE registered_at IS NOT NULL"
    assert _ids(world, "analytics", f"SELECT lead_id {told}") - erased == leads
    owners = _pairs(world, "router", "SELECT lead_id, owner_id FROM assignment WHERE ended_at IS NULL")
    journal = _pairs(world, "analytics", f"SELECT lead_id, owner_id {told}")
    assert {lead: journal[lead] for lead in leads} == {lead: owners[lead] for lead in leads}
    everybody_agrees_whose_a_lead_is(world, leads)


def everybody_agrees_whose_a_lead_is(world: World, leads: set[object]) -> None:
    """Through merges and back; and nobody is in two programmes, but for a day that they named."""
    whose = _pairs(world, "capture", "SELECT id, person_id FROM lead")
    tables = {
        "qualify": "profile",
        "router": "lead",
        "nurture": "lead",
        "fulfillment": "lead",
        "analytics": "lead_fact",
    }
    for room, table in tables.items():
        told = _pairs(world, room, f"SELECT lead_id, person_id FROM {table}")
        assert {lead: (room, told[lead]) for lead in leads} == {lead: (room, whose[lead]) for lead in leads}
    twice = (
        "SELECT person_id FROM enrolment WHERE state = 'active' AND resume_at IS NULL GROUP BY 1 HAVING count(*) > 1"
    )
    assert _ids(world, "nurture", twice) == set()


def _ids(world: World, room: str, query: str) -> set[object]:
    with world.players[room].engine.connect() as connection:
        return set(connection.execute(text(query)).scalars())


def _pairs(world: World, room: str, query: str) -> dict[object, object]:
    with world.players[room].engine.connect() as connection:
        return dict(connection.execute(text(query)).all())
