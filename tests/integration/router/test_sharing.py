"""Leads that several owners work on, and what they pay for them."""

from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.router import service
from services.router.links import Link
from services.router.models import Charge, Lead, OwnerRow, Share
from services.router.usecases import answering, charging
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.calls import ActReply, StatementRequest
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from shared.database.plumbing import EFFECT
from tests.company_folder import edited_company
from tests.integration.router.told import (
    assignments,
    disqualified,
    lead_in,
    lead_row,
    owner_id,
    press,
    qualified,
    token,
    without_duty,
)
from tests.played_room import PlayedRoom

A, B, C = "champaign-grain", "mclean-county-implement", "illinois-valley-ag"
#: Two share each lead of three owners; hot ones cost 60, and what costs nothing is cold.
TERRITORY = f"owners: [{A}, {B}, {C}], share: 2, price: {{hot: 60, warm: 35}}}}"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return edited_company(
        tmp_path,
        ("territories.yml", "owners: [champaign-grain, mclean-county-implement]}", TERRITORY),
        ("owners.yml", "name: Illinois Valley Ag\n", "name: Illinois Valley Ag\n    price: 20\n"),
    )


@pytest.fixture
def desk(router_settings: None, company: Path) -> Desk:
    return service.desk(company)


@pytest.fixture
def router(router_settings: None, company: Path, room_database: Callable[[str], str]) -> Iterator[PlayedRoom]:
    played = PlayedRoom.on(room_database("router"), service.room(company))
    yield played
    played.engine.dispose()


def shared_lead(router: PlayedRoom, **over: Any) -> UUID:
    lead = lead_in("61801", state="IL", products=["grain-dryer"])
    router.hear(lead, qualified(lead, **over))
    return lead.lead_id


def shares(router: PlayedRoom, lead: UUID) -> list[dict[str, Any]]:
    rows = [row for row in router.rows(Share) if row["lead_id"] == lead]
    return sorted(rows, key=lambda row: row["assigned_at"])


def sharer(router: PlayedRoom, lead: UUID) -> str:
    (one,) = [row["owner_id"] for row in shares(router, lead) if row["ended_at"] is None]
    return one


def press_as_sharer(router: PlayedRoom, desk: Desk, lead: UUID, action: Any, **fields: str) -> ActReply:
    """Who shares a lead uses the link of their own message."""
    share = shares(router, lead)[0]["id"]
    link = desk.links.token(Link(lead, share, action, router.clock.now() + desk.rules.links_valid))
    with router.uow.begin() as tx:
        return answering.act(tx, link, fields, desk=desk)


def test_one_is_responsible_and_the_other_has_a_share_and_both_have_it_delivered(
    router: PlayedRoom, desk: Desk
) -> None:
    lead = shared_lead(router)

    assert {owner_id(router, lead), sharer(router, lead)} == {A, B}
    assert lead_row(router, lead)["shares"] == 1
    told = {row["payload"]["owner_id"] for row in router.rows(EFFECT) if row["payload"]["notice"] == "lead"}
    assert told == {A, B}
    (event,) = router.published(published.LeadShared)
    assert (event.owner.owner_id, event.place, event.of) == (sharer(router, lead), 2, 2)
    explained = {line.owner_id: line.because for line in router.published(published.LeadAssigned)[-1].explanation}
    assert explained[sharer(router, lead)] == "shares it, 2 of 2"
    assert without_duty(router, desk) == []


def test_turns_of_being_responsible_and_of_sharing_are_both_fair(router: PlayedRoom) -> None:
    leads = [shared_lead(router) for _ in range(12)]

    assert Counter(owner_id(router, lead) for lead in leads) == {A: 4, B: 4, C: 4}
    assert Counter(sharer(router, lead) for lead in leads) == {A: 4, B: 4, C: 4}
    assert {row["owner_id"]: row["open"] for row in router.rows(OwnerRow)} == {A: 8, B: 8, C: 8}


def test_who_sells_it_becomes_responsible_and_the_others_are_told_that_it_is_gone(
    router: PlayedRoom, desk: Desk
) -> None:
    lead = shared_lead(router)
    first, second = owner_id(router, lead), sharer(router, lead)
    press(router, desk, token(router, desk, lead, "contacted"))
    assert press_as_sharer(router, desk, lead, "won", amount="42000").status == "won"

    row = lead_row(router, lead)
    assert (row["status"], row["shares"]) == ("won", 0)
    assert owner_id(router, lead) == second
    (won,) = router.published(published.LeadWon)
    assert (won.owner_id, won.amount) == (second, Decimal(42000))
    gone = [row["payload"]["owner_id"] for row in router.rows(EFFECT) if row["key"].startswith("gone/")]
    assert gone == [first]
    assert {one["owner_id"]: one["open"] for one in router.rows(OwnerRow)} == {first: 0, second: 0}


def test_when_the_responsible_one_sells_it_the_others_are_told(router: PlayedRoom, desk: Desk) -> None:
    lead = shared_lead(router)
    second = sharer(router, lead)
    press(router, desk, token(router, desk, lead, "won"), amount="42000")

    assert [row["payload"]["owner_id"] for row in router.rows(EFFECT) if row["key"].startswith("gone/")] == [second]
    assert shares(router, lead)[0]["ended_because"] == "somebody else sold it"
    with pytest.raises(NotAllowed):
        press_as_sharer(router, desk, lead, "contacted")


@pytest.mark.parametrize("how", ["decline", "lapse", "lost"])
def test_whoever_shares_it_comes_before_anybody_new_and_goes_on_from_where_they_stand(
    router: PlayedRoom, desk: Desk, how: str
) -> None:
    lead = shared_lead(router)
    first, second = owner_id(router, lead), sharer(router, lead)
    press_as_sharer(router, desk, lead, "contacted")
    if how == "lapse":
        router.pass_days(3)
    else:
        press(router, desk, token(router, desk, lead, how), reason="no time")  # type: ignore[arg-type]

    row = lead_row(router, lead)
    assert (owner_id(router, lead), row["status"], row["shares"]) == (second, "contacted", 0)
    assert row["clock"].startswith("update")
    assert first in row["had_before"]
    deliveries = [one for one in router.rows(EFFECT) if one["payload"]["notice"] == "lead"]
    assert len(deliveries) == 2, "who shares it has it already"
    assert without_duty(router, desk) == []


def test_a_share_that_is_declined_leaves_the_lead_with_its_owner(router: PlayedRoom, desk: Desk) -> None:
    lead = shared_lead(router)
    first = owner_id(router, lead)
    assert press_as_sharer(router, desk, lead, "decline", reason="too far").status == "declined"

    assert (owner_id(router, lead), lead_row(router, lead)["shares"]) == (first, 0)
    assert [event.because for event in router.published(published.ShareEnded)] == ["declined"]
    assert router.published(published.LeadDeclined) == []


def test_what_a_sharer_says_is_not_the_status_of_the_lead(router: PlayedRoom, desk: Desk) -> None:
    lead = shared_lead(router)
    press_as_sharer(router, desk, lead, "quoted", amount="900")

    assert lead_row(router, lead)["status"] == "assigned"
    (said,) = router.published(published.ShareStatusChanged)
    assert (said.status, said.previous) == ("quoted", "assigned")
    assert not press_as_sharer(router, desk, lead, "contacted").changed


def test_a_lead_that_goes_back_to_marketing_is_shared_no_longer(router: PlayedRoom, desk: Desk) -> None:
    waiting = lead_in("61801", state="IL")
    router.hear(waiting, qualified(waiting))
    router.hear(disqualified(waiting, 2))

    assert owner_id(router, waiting.lead_id) == "marketing"
    assert lead_row(router, waiting.lead_id)["shares"] == 0
    assert {row["owner_id"]: row["open"] for row in router.rows(OwnerRow)} == {A: 0, B: 0}


def test_who_takes_a_lead_on_pays_for_it_once_and_who_does_not_pays_nothing(router: PlayedRoom, desk: Desk) -> None:
    lead = shared_lead(router)
    first, second = owner_id(router, lead), sharer(router, lead)
    press(router, desk, token(router, desk, lead, "accept"))
    press(router, desk, token(router, desk, lead, "contacted"))
    press_as_sharer(router, desk, lead, "decline", reason="too far")

    (row,) = router.rows(Charge)
    assert (row["owner_id"], row["amount"], row["currency"]) == (first, Decimal("60.00"), "USD")
    assert row["because"] == "price of the territory, hot lead"
    assert second != first


def test_an_owners_own_price_counts_and_a_rank_without_price_costs_nothing(router: PlayedRoom, desk: Desk) -> None:
    leads = [shared_lead(router, rank="cold") for _ in range(3)]
    for lead in leads:
        press(router, desk, token(router, desk, lead, "accept"))

    (row,) = router.rows(Charge)
    assert (row["owner_id"], row["amount"], row["because"]) == (C, Decimal("20.00"), "own price, cold lead")


def test_a_charge_is_credited_once_also_when_the_share_became_the_lead(router: PlayedRoom, desk: Desk) -> None:
    lead = shared_lead(router)
    press_as_sharer(router, desk, lead, "accept")
    press(router, desk, token(router, desk, lead, "decline"), reason="no time")
    assignment = lead_row(router, lead)["assignment_id"]
    with router.uow.begin() as tx:
        assert charging.credit(tx, assignment, "wrong number", by="Pat")
    with router.uow.begin() as tx:
        assert not charging.credit(tx, assignment, "again", by="Pat")

    (charged,), (credited,) = router.published(published.LeadCharged), router.published(published.LeadCredited)
    assert (charged.entry_id, charged.amount) == (credited.entry_id, credited.amount)
    assert credited.entry_id == shares(router, lead)[0]["id"] != assignment


def test_a_statement_has_charges_and_credits_in_their_own_months(router: PlayedRoom, desk: Desk) -> None:
    lead = shared_lead(router)
    press(router, desk, token(router, desk, lead, "accept"))
    first = owner_id(router, lead)
    router.clock.forward(days=31)
    with router.uow.begin() as tx:
        charging.credit(tx, lead_row(router, lead)["assignment_id"], "returned: wrong number", by="Pat")
    march, april = (statement(router, desk, month=month) for month in ("2026-03", "2026-04"))

    assert [(line.owner_id, line.amount) for line in march] == [(first, Decimal("60.00"))]
    assert [(line.amount, line.because) for line in april] == [(Decimal("-60.00"), "returned: wrong number")]
    assert statement(router, desk, month="2026-03", owner_id="hawkeye-implement") == []
    with pytest.raises(ContractViolation):
        statement(router, desk, month="March")
    with pytest.raises(NotFound):
        statement(router, desk, owner_id="nobody")


def statement(router: PlayedRoom, desk: Desk, **asked: Any) -> list[Any]:
    with router.uow.begin() as tx:
        return charging.statement(tx, StatementRequest(**asked), rules=desk.rules).lines


def test_every_assignment_of_a_shared_lead_is_on_record(router: PlayedRoom, desk: Desk) -> None:
    lead = shared_lead(router)
    press(router, desk, token(router, desk, lead, "decline"), reason="no time")

    assert [row["occasion"] for row in assignments(router, lead)] == ["initial", "qualified", "declined"]
    assert (
        next(row for row in router.rows(Lead) if row["lead_id"] == lead)["assignment_id"]
        == (shares(router, lead)[0]["assignment_id"])
    )
