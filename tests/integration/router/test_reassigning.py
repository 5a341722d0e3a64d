"""Leads that somebody gives to somebody else by hand."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from services.router.usecases import reassigning
from services.router.usecases.answering import Desk
from services.router.usecases.reassigning import Reassigned
from shared.contracts import router as published
from shared.contracts.calls import ReassignRequest
from shared.contracts.capture import PersonErased
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.plumbing import EFFECT
from tests.integration.router.receivers import MailServer, perform
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

HAWKEYE, CEDAR = "hawkeye-implement", "cedar-valley-tractor"


def reassign(router: PlayedRoom, desk: Desk, to: str | None, *lead_ids: UUID, **over: str) -> list[Reassigned]:
    said = {"by": "Pat (north region)", "because": "on holiday"} | over
    with router.uow.begin() as tx:
        return reassigning.reassign(tx, lead_ids, to, **said, rules=desk.rules)


def handed_over(router: PlayedRoom, **where: Any) -> UUID:
    lead = lead_in(**where)
    router.hear(lead, qualified(lead))
    return lead.lead_id


def test_a_lead_is_somebody_elses_at_once_with_a_new_clock_and_who_did_it_and_why(
    router: PlayedRoom, desk: Desk
) -> None:
    lead = handed_over(router)
    press(router, desk, token(router, desk, lead, "accept"))
    router.clock.forward(hours=20)
    (verdict,) = reassign(router, desk, CEDAR, lead)

    assert (verdict.done, verdict.owner_id, owner_id(router, lead)) == (True, CEDAR, CEDAR)
    before, now = assignments(router, lead)[-2:]
    assert (before["owner_id"], before["ended_at"], before["ended_because"]) == (HAWKEYE, router.clock.now(), "manual")
    assert (now["by"], now["because"], now["occasion"]) == ("Pat (north region)", "on holiday", "manual")
    row = lead_row(router, lead)
    assert (row["clock"].partition("_")[0], row["clock_started_at"], row["status"]) == (
        "accept",
        router.clock.now(),
        "assigned",
    )
    event = router.published(published.LeadAssigned)[-1]
    assert (event.by, event.because, event.previous_owner_id) == ("Pat (north region)", "on holiday", HAWKEYE)
    assert without_duty(router, desk) == []


def test_both_owners_are_told(delivering: PlayedRoom, desk: Desk, mail: MailServer) -> None:
    lead = handed_over(delivering, postcode="50613")
    reassign(delivering, desk, "southern-iowa-farm", lead)
    perform(delivering)

    (gone,) = mail.to("sales@cedar-valley-tractor.example")
    assert "No longer yours" in gone["Subject"]
    assert "on holiday" in gone.get_content()
    assert len(mail.to("leads@southern-iowa-farm.example")) == 1


def test_the_next_candidate_is_somebody_who_has_not_had_it(router: PlayedRoom, desk: Desk) -> None:
    lead = handed_over(router)
    first = owner_id(router, lead)
    (second,) = reassign(router, desk, None, lead)
    (third,) = reassign(router, desk, None, lead)

    owners = [first, second.owner_id, third.owner_id]
    assert len(set(owners)) == 3
    assert owners[:2] == [HAWKEYE, CEDAR]
    explained = {line.owner_id: line.because for line in router.published(published.LeadAssigned)[-1].explanation}
    assert explained[HAWKEYE] == "had it before: given to somebody else by hand"


def test_each_lead_of_many_has_its_verdict(router: PlayedRoom, desk: Desk) -> None:
    sold, theirs, moved, unknown = handed_over(router), handed_over(router), handed_over(router), uuid4()
    press(router, desk, token(router, desk, sold, "won"), amount="9000")
    reassign(router, desk, CEDAR, theirs)
    verdicts = reassign(router, desk, CEDAR, sold, theirs, moved, unknown, moved)

    assert [(one.lead_id, one.done) for one in verdicts] == [
        (sold, False),
        (theirs, False),
        (moved, True),
        (unknown, False),
    ]
    assert [one.because for one in verdicts][0::1][:2] == ["it is closed: won", "it is theirs already"]
    assert verdicts[3].because == "no such lead"
    assert owner_id(router, sold) == HAWKEYE


def test_who_moved_it_by_hand_counts_for_more_than_a_rule(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead)
    reassign(router, desk, HAWKEYE, lead.lead_id, because="their neighbour")
    router.hear(disqualified(lead))

    assert owner_id(router, lead.lead_id) == HAWKEYE


def test_a_duty_that_was_overdue_is_missed_and_one_that_was_not_is_not(router: PlayedRoom, desk: Desk) -> None:
    late, early = handed_over(router), handed_over(router)
    press(router, desk, token(router, desk, late, "contacted"))
    router.clock.forward(days=8)
    reassign(router, desk, CEDAR, late)
    missed = [event for event in router.published(published.DutyEnded) if event.outcome == "missed"]
    assert [event.lead_id for event in missed] == [late]
    assert early != late


def test_open_leads_are_counted_where_they_are(router: PlayedRoom, desk: Desk) -> None:
    leads = [handed_over(router) for _ in range(3)]
    reassign(router, desk, CEDAR, *leads[:2])
    with router.uow.begin() as tx:
        from services.router.usecases.standings import all_standings

        standings = all_standings(tx, desk.rules)
    assert (standings[HAWKEYE].open, standings[CEDAR].open) == (1, 2)
    assert len([row for row in router.rows(EFFECT) if row["key"].startswith("gone/")]) == 2


@pytest.mark.parametrize(("field", "value"), [("because", " "), ("by", ""), ("lead_ids", [])])
def test_who_moves_leads_says_who_they_are_and_why(router: PlayedRoom, desk: Desk, field: str, value: Any) -> None:
    request = {"lead_ids": [uuid4()], "by": "key ops", "because": "holiday", "to": CEDAR} | {field: value}
    with router.uow.begin() as tx, pytest.raises(ContractViolation) as error:
        reassigning.answer_reassign(tx, ReassignRequest(**request), rules=desk.rules)
    assert field in error.value.fields


def test_an_owner_whom_nobody_knows_gets_nothing(router: PlayedRoom, desk: Desk) -> None:
    lead = handed_over(router)
    with pytest.raises(NotFound):
        reassign(router, desk, "nobody", lead)
    (verdict,) = reassign(router, desk, "sandhills-ranch-supply", lead)
    assert not verdict.done
    assert owner_id(router, lead) == HAWKEYE


@pytest.mark.parametrize("to", [None, CEDAR])
def test_a_lead_whose_person_is_erased_stays_where_it_is(router: PlayedRoom, desk: Desk, to: str | None) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    router.hear(
        PersonErased(
            erasure_id=UUID(int=7), person_ids=[lead.person_id], lead_ids=[lead.lead_id], erased_at=router.clock.now()
        )
    )

    (verdict,) = reassign(router, desk, to, lead.lead_id)

    assert not verdict.done
    assert "closed" in verdict.because
