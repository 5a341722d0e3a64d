"""One truth per person: repeats are responses, values keep their origin, what was merged can be told apart again."""

from typing import Any
from uuid import UUID

import pytest

from services.capture.models import Inquiry, Lead, Person, PersonMerge
from services.capture.usecases import merging, overlaying, profiles
from shared.contracts.capture import LeadRegistered, LeadResponded, PersonUpdated
from tests.integration.capture.desk import FrontDesk, form, only

HOME = {"address": "412 County Road 9", "city": "Ames", "state": "IA", "zip": "50010"}
ROBERT = {"your-name": "Robert Vandersloot", "your-email": "rvandersloot@gmail.com", **HOME}
BOB = {"your-name": "Bob Vandersloot", "your-email": "bob@slootfarms.example", "your-phone": "515 555 0142", **HOME}


@pytest.mark.requirement("DUP-2")
@pytest.mark.requirement("DUP-4")
@pytest.mark.requirement("DUP-5")
def test_a_person_who_writes_from_another_mailbox_under_a_short_name_is_one_record_with_two_responses(
    desk: FrontDesk,
) -> None:
    desk.receive(form(ROBERT))
    desk.receive(form(BOB, minutes=60))

    assert len({row["person_id"] for row in desk.rows(Inquiry)}) == 1
    assert (len(desk.published(LeadRegistered)), len(desk.published(LeadResponded))) == (1, 1)
    with desk.uow.begin() as tx:
        merge = only(profiles.person(tx.session, only(desk.rows(PersonMerge))["survivor_id"]).merges)
    assert merge.automatic
    assert {reason.field for reason in merge.reasons} >= {"given", "family", "street", "place"}


@pytest.mark.requirement("DUP-4")
def test_what_was_merged_wrongly_is_told_apart_with_nothing_lost(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT))
    desk.receive(form(BOB, minutes=60))
    desk.receive(form(BOB | {"message": "one more"}, minutes=120))
    with desk.uow.begin() as tx:
        merging.unmerge(tx, only(desk.rows(PersonMerge))["id"], "a manager")

    theirs: dict[UUID, list[Any]] = {}
    for row in desk.rows(Inquiry):
        theirs.setdefault(row["person_id"], []).append(row["parsed"]["person"]["email"])
    assert sorted(map(sorted, theirs.values())) == [
        ["bob@slootfarms.example", "bob@slootfarms.example"],
        ["rvandersloot@gmail.com"],
    ]
    assert sorted(lead["responses"] for lead in desk.rows(Lead)) == [1, 2]
    # What was answered in the other one's lead is not answered again.
    assert [event.answered for event in desk.published(LeadRegistered)] == [False, True]


@pytest.mark.requirement("ENR-1")
@pytest.mark.requirement("ENR-4")
def test_overlaid_values_fill_gaps_replace_nothing_that_was_said_and_keep_their_origin(desk: FrontDesk) -> None:
    desk.receive(form({"your-name": "Ann Lee", "your-email": "ann@lee.example"}))
    person_id = only(desk.rows(Person))["id"]
    values = {"phone": "+1 515 555 0142", "email": "other@lee.example", "company": "Lee Farms", "industry": "crop"}
    for _ in range(2):
        with desk.uow.begin() as tx:
            _, learnt, _ = overlaying.overlay(tx, person_id, values, "dealer list")
            _, _, unusable = overlaying.overlay(tx, person_id, {"phone": "call me"}, "dealer list")
    desk.receive(form({"your-email": "ann@lee.example", "your-phone": "515 555 0199"}, minutes=60))

    person = only(desk.rows(Person))
    assert (person["email"], person["phone"], person["company"]) == ("ann@lee.example", "+15155550199", "Lee Farms")
    assert {"phone", "company", "industry"} <= set(learnt)
    assert "email" not in learnt
    assert "phone" in unusable
    with desk.uow.begin() as tx:
        facts = {(fact.field, fact.value): fact for fact in profiles.person(tx.session, person_id).facts}
    company, said, overlaid = (
        facts["company", "Lee Farms"],
        facts["phone", "+15155550199"],
        facts["phone", "+15155550142"],
    )
    assert (company.kind, company.source, company.holds) == ("overlaid", "dealer list", True)
    assert (said.kind, said.source, said.holds) == ("given", "website-contact", True)
    assert (overlaid.kind, overlaid.holds) == ("overlaid", False)
    assert desk.published(PersonUpdated)[-1].person.phone == "+15155550199"


@pytest.mark.requirement("DUP-4")
def test_household_and_firm_are_shown_with_a_confidence_and_never_merged(desk: FrontDesk) -> None:
    ellen = {"your-name": "Ellen Vandersloot", "your-email": "ellen@slootfarms.example", **HOME}
    gus = {"your-name": "Gus Falk", "your-email": "gus@slootfarms.example"}
    desk.receive(form(BOB), form(ellen), form(gus))

    bob = only(row for row in desk.rows(Person) if row["given_name"] == "Bob")
    with desk.uow.begin() as tx:
        related = profiles.person(tx.session, bob["id"]).related
    assert {(one.kind, one.name) for one in related} == {
        ("household", "Ellen Vandersloot"),
        ("company", "Ellen Vandersloot"),
        ("company", "Gus Falk"),
    }
    assert all(0.9 <= one.confidence < 1 and one.because for one in related)
    assert desk.rows(PersonMerge) == []
