"""What owners can still take: limits in their own days, open leads, their own word, and the hours they keep."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.router.models import Assignment, OwnerRow
from services.router.usecases import availability
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.calls import AvailabilityRequest, OwnerNow
from shared.contracts.capture import LeadRegistered
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.plumbing import EFFECT
from tests.integration.router.test_replicas import retry_failed, side_by_side
from tests.integration.router.told import lead_in, owner_id, press, qualified, token
from tests.played_room import PlayedRoom

#: Mowers there are sold by Linn County Outdoor (4 a day at most) and River Bend in turn.
MOWERS = {"postcode": "52401", "products": ["zero-turn-mower"]}
LINN, RIVER = "linn-county-outdoor", "river-bend-tractor"


def given(router: PlayedRoom, number: int, **where: Any) -> list[str]:
    """Who gets so many leads, one after the other."""
    leads = [lead_in(**(where or MOWERS)) for _ in range(number)]
    for lead in leads:
        router.hear(lead, qualified(lead))
    return [owner_id(router, lead.lead_id) for lead in leads]


def say(router: PlayedRoom, desk: Desk, owner: str, **said: Any) -> OwnerNow:
    with router.uow.begin() as tx:
        return availability.set_availability(tx, AvailabilityRequest(owner_id=owner, **said), rules=desk.rules).owners[
            0
        ]


def now(router: PlayedRoom, desk: Desk, owner: str) -> OwnerNow:
    with router.uow.begin() as tx:
        found = availability.owners_now(tx, rules=desk.rules).owners
    return next(one for one in found if one.owner_id == owner)


def reason(router: PlayedRoom, owner: str) -> str:
    """What the newest explanation says of an owner."""
    lines = router.published(published.LeadAssigned)[-1].explanation
    return next(line.because for line in lines if line.owner_id == owner)


def test_an_owner_who_is_full_for_today_gets_nothing_more_until_their_own_tomorrow(
    router: PlayedRoom, desk: Desk
) -> None:
    # Noon in UTC is the morning in Iowa.
    assert given(router, 12).count(LINN) == 4
    assert reason(router, LINN) == "full: 4 of 4 today"
    assert now(router, desk, LINN).not_taking == "full: 4 of 4 today"

    router.clock.moment = datetime(2026, 3, 3, 5, 59, tzinfo=UTC)
    assert given(router, 2) == [RIVER, RIVER]
    router.clock.moment = datetime(2026, 3, 3, 6, 0, tzinfo=UTC)
    # Who was full does not catch up on what they missed.
    assert sorted(given(router, 4)) == [LINN, LINN, RIVER, RIVER]


def test_a_limit_holds_within_one_batch_too(router: PlayedRoom) -> None:
    leads = [lead_in(**MOWERS) for _ in range(14)]
    router.hear(*leads, *(qualified(lead) for lead in leads))

    assert [owner_id(router, lead.lead_id) for lead in leads].count(LINN) == 4


def test_two_replicas_never_give_out_the_same_last_place(router: PlayedRoom) -> None:
    first, second = ([lead_in(**MOWERS) for _ in range(10)] for _ in range(2))
    results = side_by_side(
        lambda: router.hear(*first, *(qualified(lead) for lead in first)),
        lambda: router.hear(*second, *(qualified(lead) for lead in second)),
    )
    if any(isinstance(result, Exception) for result in results):
        retry_failed(router)

    owners = [owner_id(router, lead.lead_id) for lead in (*first, *second)]
    assert (owners.count(LINN), owners.count(RIVER)) == (4, 16)


def test_an_owners_own_limit_and_pause_count_at_once_and_end_by_themselves(router: PlayedRoom, desk: Desk) -> None:
    assert say(router, desk, LINN, daily_limit=1).daily_limit == 1
    assert given(router, 4).count(LINN) == 1
    assert say(router, desk, LINN, daily_limit=0).daily_limit is None
    assert given(router, 2).count(LINN) == 1

    until = router.clock.now() + timedelta(days=2)
    assert say(router, desk, LINN, paused=True, until=until).not_taking == f"paused until {until:%Y-%m-%d}"
    assert LINN not in given(router, 3)
    router.clock.forward(days=2)
    assert LINN in given(router, 2)

    say(router, desk, LINN, paused=True)
    assert LINN not in given(router, 2)
    assert say(router, desk, LINN, paused=False).not_taking is None
    assert LINN in given(router, 2)


def test_leads_that_are_closed_or_given_on_are_open_no_longer(router: PlayedRoom, desk: Desk) -> None:
    leads = [lead_in(**MOWERS) for _ in range(4)]
    for lead in leads:
        router.hear(lead, qualified(lead))
    with_linn = [lead for lead in leads if owner_id(router, lead.lead_id) == LINN]
    assert now(router, desk, LINN).open == 2

    press(router, desk, token(router, desk, with_linn[0].lead_id, "won"), amount="8900")
    press(router, desk, token(router, desk, with_linn[1].lead_id, "decline"), reason="too busy")
    linn = now(router, desk, LINN)
    assert (linn.open, linn.ended, linn.won) == (0, 2, 1)
    assert now(router, desk, RIVER).open == 3


def test_what_marketing_keeps_is_no_ones_open_lead(router: PlayedRoom, desk: Desk) -> None:
    router.hear(*(lead_in() for _ in range(3)))

    assert now(router, desk, "marketing").open == 0


def test_open_leads_are_those_of_the_assignments(router: PlayedRoom, desk: Desk) -> None:
    leads = [lead_in(**MOWERS) for _ in range(9)]
    router.hear(*leads, *(qualified(lead) for lead in leads))
    actions: list[tuple[Any, dict[str, str]]] = [
        ("accept", {}), ("decline", {"reason": "far"}), ("won", {"amount": "10"}), ("lost", {"reason": "price"}),
        ("not_ready", {}), ("contacted", {}),
    ]  # fmt: skip
    for lead, (action, fields) in zip(leads, actions, strict=False):
        press(router, desk, token(router, desk, lead.lead_id, action), **fields)
    router.pass_days(3)

    with router.engine.connect() as connection:
        counted = connection.execute(select(Assignment.owner_id).where(Assignment.counted)).scalars().all()
    rows = {row["owner_id"]: row["open"] for row in router.rows(OwnerRow) if row["open"]}
    assert rows == {name: counted.count(name) for name in set(counted)}


def test_a_lead_for_somebody_who_is_closed_is_theirs_at_once_and_sent_when_they_open(
    router: PlayedRoom, desk: Desk
) -> None:
    router.clock.moment = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
    lead = lead_in("64111", state="MO", products=["zero-turn-mower"])
    router.hear(lead, qualified(lead))

    assert owner_id(router, lead.lead_id) == "kc-landscape-supply"
    (effect,) = [row for row in router.rows(EFFECT) if "deliver/" in row["key"]]
    # Monday, 8 o'clock in Missouri, on the day after the clocks went forward.
    assert effect["next_attempt_at"] == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert now(router, desk, "kc-landscape-supply").opens_at == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


def test_named_accounts_and_industries_have_their_own_desks(router: PlayedRoom) -> None:
    account = lead_in("50010", person={"company": "Heartland  Farm Cooperatives"})
    domain = lead_in("50010", person={"email": "ann@heartland-coop.example"})
    town = lead_in("52401", answers={"industry": "Municipal"})
    router.hear(account, domain, town, qualified(account), qualified(domain), qualified(town))

    owners = [owner_id(router, lead.lead_id) for lead in (account, domain, town)]
    assert owners[:2] == ["national-desk", "national-desk"]
    assert owners[2] in (LINN, RIVER), "a postcode is more specific than a state, whatever the industry"


def test_who_is_unknown_and_what_makes_no_sense_is_refused(router: PlayedRoom, desk: Desk) -> None:
    with pytest.raises(NotFound):
        say(router, desk, "nobody", paused=True)
    with pytest.raises(ContractViolation):
        say(router, desk, LINN, daily_limit=-1)


def test_a_lead_is_counted_again_by_whoever_gets_it_next(router: PlayedRoom, desk: Desk) -> None:
    lead: LeadRegistered = lead_in(**MOWERS)
    router.hear(lead, qualified(lead))
    first = owner_id(router, lead.lead_id)
    router.pass_days(3)
    second = owner_id(router, lead.lead_id)

    assert {first, second} == {LINN, RIVER}
    assert (now(router, desk, first).open, now(router, desk, second).open) == (0, 1)
