"""A known account keeps its rep: the next lead of a company or person goes to whoever accepted the last one."""

from uuid import uuid4

from services.router.models import Account
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.capture import LeadRegistered
from tests.integration.router.told import lead_in, owner_id, press, qualified, token
from tests.played_room import PlayedRoom

COMPANY = {"company_id": uuid4(), "company": "Nordgren Grain"}
ELSEWHERE = {"postcode": "66502", "state": "KS"}


def assigned(router: PlayedRoom, lead: LeadRegistered) -> published.LeadAssigned:
    """The lead is registered and qualified."""
    router.hear(lead)
    router.hear(qualified(lead))
    event: published.LeadAssigned = router.published(published.LeadAssigned)[-1]
    return event


def accepted(router: PlayedRoom, desk: Desk, lead: LeadRegistered) -> str:
    """The lead is accepted by the owner it was given to."""
    owner = assigned(router, lead).owner.owner_id
    assert press(router, desk, token(router, desk, lead.lead_id, "accept")).changed
    return owner


def test_a_colleague_elsewhere_goes_to_the_companys_own_rep(router: PlayedRoom, desk: Desk) -> None:
    rep = accepted(router, desk, lead_in("50010", person=COMPANY))
    event = assigned(router, lead_in(**ELSEWHERE, person=COMPANY))

    assert (event.owner.owner_id, event.territory) == (rep, None)
    reasons = {line.owner_id: line.because for line in event.explanation}
    assert reasons[rep] == "serves this account already"
    assert reasons["flint-hills-tractor"] == "the account's own rep comes first"


def test_somebody_of_another_company_there_goes_to_the_territory(router: PlayedRoom, desk: Desk) -> None:
    accepted(router, desk, lead_in("50010", person=COMPANY))

    assert (
        assigned(router, lead_in(**ELSEWHERE, person={"company_id": uuid4()})).owner.owner_id == "flint-hills-tractor"
    )


def test_a_person_without_company_comes_back_to_their_own_rep(router: PlayedRoom, desk: Desk) -> None:
    first = lead_in("61801", state="IL")
    rep = accepted(router, desk, first)
    again = [lead_in("61801", state="IL", person={"person_id": first.person_id}) for _ in range(3)]

    assert [assigned(router, lead).owner.owner_id for lead in again] == [rep] * 3


def test_leads_of_one_batch_find_the_rep_too(router: PlayedRoom, desk: Desk) -> None:
    rep = accepted(router, desk, lead_in("50010", person=COMPANY))
    leads = [lead_in(**ELSEWHERE, person=COMPANY) for _ in range(4)]
    router.hear(*leads, *(qualified(lead) for lead in leads))

    assert {owner_id(router, lead.lead_id) for lead in leads} == {rep}


def test_a_rep_who_does_not_sell_it_is_passed_over_with_the_reason(router: PlayedRoom, desk: Desk) -> None:
    rep = accepted(router, desk, lead_in("52401", products=["zero-turn-mower"], person=COMPANY))
    assert rep == "linn-county-outdoor"
    event = assigned(router, lead_in("52401", products=["grain-dryer"], person=COMPANY))

    assert event.owner.owner_id == "river-bend-tractor"
    reasons = {line.owner_id: line.because for line in event.explanation}
    assert reasons[rep] == "serves this account, but: does not sell grain-dryer"


def test_a_rep_who_declines_does_not_get_the_same_lead_again(router: PlayedRoom, desk: Desk) -> None:
    rep = accepted(router, desk, lead_in("50010", person=COMPANY))
    lead = lead_in(**ELSEWHERE, person=COMPANY)
    assigned(router, lead)
    press(router, desk, token(router, desk, lead.lead_id, "decline"), reason="too far")

    assert owner_id(router, lead.lead_id) == "flint-hills-tractor"
    assert router.published(published.LeadAssigned)[-1].previous_owner_id == rep


def test_whoever_accepts_last_is_the_rep(router: PlayedRoom, desk: Desk) -> None:
    accepted(router, desk, lead_in("50010", person=COMPANY))
    lead = lead_in(**ELSEWHERE, person=COMPANY)
    assigned(router, lead)
    press(router, desk, token(router, desk, lead.lead_id, "decline"), reason="too far")
    press(router, desk, token(router, desk, lead.lead_id, "accept"))

    row = next(row for row in router.rows(Account) if row["account"] == f"company:{COMPANY['company_id']}")
    assert (row["owner_id"], row["lead_id"]) == ("flint-hills-tractor", lead.lead_id)
    assert assigned(router, lead_in("50010", person=COMPANY)).owner.owner_id == "flint-hills-tractor"


def test_a_rep_who_left_the_company_is_forgotten(router: PlayedRoom, desk: Desk) -> None:
    accepted(router, desk, lead_in("50010", person=COMPANY))
    with router.engine.begin() as connection:
        connection.execute(Account.__table__.update().values(owner_id="gone-long-ago"))

    assert assigned(router, lead_in(**ELSEWHERE, person=COMPANY)).owner.owner_id == "flint-hills-tractor"
