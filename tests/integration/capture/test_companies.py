"""One id for everybody of a company, whatever of it they name."""

from typing import Any

import pytest

from services.capture.models import CompanyKey, Person
from services.capture.usecases import merging, privacy, profiles
from services.capture.usecases.merging import Grounds
from shared.contracts.calls import EraseRequest
from shared.contracts.capture import LeadRegistered, PersonUpdated
from tests.integration.capture.desk import FrontDesk, form

IOWA = {"city": "Ames", "state": "IA", "zip": "50010"}


def _who(name: str, email: str, company: str = "", **over: str) -> dict[str, str]:
    return {"your-name": name, "your-email": email, "your-company": company, **IOWA} | over


def _ids(desk: FrontDesk) -> dict[str, Any]:
    return {row["given_name"]: row["company_id"] for row in desk.rows(Person)}


BOTH = _who("Ann Lee", "ann@leegrain.example", "Lee Grain Inc.")
DOMAIN = _who("Bob Hill", "bob@leegrain.example")
NAME = _who("Cy Berg", "cyberg@gmail.com", "The Lee Grain Company")
ELSEWHERE = _who("Dee Olson", "dee.olson@gmail.com", "Lee Grain", city="Topeka", state="KS", zip="66603")
NOBODY = _who("Eve Ring", "eve.ring@gmail.com")


@pytest.mark.parametrize("together", [True, False])
def test_who_shares_a_domain_or_a_name_in_one_state_is_of_one_company(desk: FrontDesk, together: bool) -> None:
    told = [form(who, minutes=at) for at, who in enumerate((BOTH, DOMAIN, NAME, ELSEWHERE, NOBODY))]
    for batch in [told] if together else [[one] for one in told]:
        desk.receive(*batch)
    ids = _ids(desk)

    assert ids["Ann"] == ids["Bob"] == ids["Cy"] != ids["Dee"]
    assert ids["Ann"] is not None
    assert ids["Dee"] is not None
    assert ids["Eve"] is None
    assert {event.person.given_name: event.person.company_id for event in desk.published(LeadRegistered)} == ids


def test_a_name_that_was_known_first_lends_its_id_to_the_domain(desk: FrontDesk) -> None:
    for who in (NAME, BOTH, DOMAIN):
        desk.receive(form(who))

    assert len(set(_ids(desk).values())) == 1
    assert len(desk.rows(CompanyKey)) == 2


def test_another_employer_is_another_company_and_is_told(desk: FrontDesk) -> None:
    desk.receive(form(NAME))
    before = _ids(desk)["Cy"]
    desk.receive(form(NAME | {"your-company": "Prairie Coop"}, minutes=60))

    assert _ids(desk)["Cy"] not in (None, before)
    assert desk.published(PersonUpdated)[-1].person.company_id == _ids(desk)["Cy"]


def test_colleagues_are_shown_though_one_gave_the_domain_and_the_other_the_name(desk: FrontDesk) -> None:
    desk.receive(*(form(who, minutes=at) for at, who in enumerate((BOTH, DOMAIN, NAME, ELSEWHERE))))
    bob = next(row["id"] for row in desk.rows(Person) if row["given_name"] == "Bob")
    with desk.uow.begin() as tx:
        related = profiles.person(tx.session, bob).related

    sure = {one.name: one.confidence for one in related if one.kind == "company"}
    assert sure == {"Ann Lee": 0.95, "Cy Berg": 0.9}
    assert all(one.because for one in related)


def test_who_became_part_of_somebody_else_is_shown_as_those(desk: FrontDesk) -> None:
    desk.receive(form({"your-name": "Gus Falk", "your-phone": "515 555 0177"}))
    desk.clock.forward(minutes=1)
    desk.receive(form(BOTH), form(DOMAIN))
    ids = {row["given_name"]: row["id"] for row in desk.rows(Person)}
    with desk.uow.begin() as tx:
        merge = merging.merge(tx, ids["Bob"], ids["Gus"], Grounds(by="test"))
    assert merge is not None
    with desk.uow.begin() as tx:
        related = profiles.person(tx.session, ids["Ann"]).related

    assert merge.survivor_id == ids["Gus"]
    assert {one.person_id for one in related} == {ids["Gus"]}


def test_an_erased_person_leaves_no_company_of_their_own(desk: FrontDesk) -> None:
    desk.receive(form(BOTH), form(_who("Gus Falk", "gus@falk.example", "Falk Orchards")))
    ids = {row["given_name"]: row["id"] for row in desk.rows(Person)}
    with desk.uow.begin() as tx:
        privacy.erase(tx, EraseRequest(person_id=ids["Gus"], reason="asked", by="test"), secret="s" * 32)

    assert not [row["key"] for row in desk.rows(CompanyKey) if "falk" in row["key"]]
    assert len(desk.rows(CompanyKey)) == 2
