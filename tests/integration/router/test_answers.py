"""Owners answer by signed links: looking changes nothing, pressing twice happens once."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.router.links import Link
from services.router.models import OwnerWord
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed
from tests.integration.router.told import (
    assignments,
    lead_in,
    lead_row,
    look,
    owner_id,
    press,
    qualified,
    token,
    without_duty,
)
from tests.played_room import PlayedRoom


@pytest.fixture
def handed(router: PlayedRoom) -> published.LeadAssigned:
    """A lead that waits for Hawkeye Implement."""
    lead = lead_in()
    router.hear(lead, qualified(lead))
    event: published.LeadAssigned = router.published(published.LeadAssigned)[-1]
    return event


def test_looking_at_a_link_changes_nothing(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    link = token(router, desk, handed.lead_id, "accept")
    before = (router.envelopes(), lead_row(router, handed.lead_id))
    for _ in range(5):
        seen = look(router, desk, link)

    assert (router.envelopes(), lead_row(router, handed.lead_id)) == before
    assert (seen.possible, seen.action, seen.status, seen.person.name) == (True, "accept", "assigned", "Ann Lee")
    assert press(router, desk, link).changed


def test_a_lead_goes_from_accepted_to_won(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    lead_id = handed.lead_id
    for action, fields in (
        ("accept", {}),
        ("contacted", {"note": "spoke to Ann"}),
        ("appointment", {}),
        ("quoted", {"amount": "48,500"}),
        ("won", {"amount": "47000", "currency": "usd"}),
    ):
        link = token(router, desk, lead_id, action)  # type: ignore[arg-type]
        assert press(router, desk, link, **fields).changed
        assert not press(router, desk, link, **fields).changed

    moves = [(event.previous, event.status) for event in router.published(published.LeadStatusChanged)]
    assert moves == [
        ("assigned", "accepted"),
        ("accepted", "contacted"),
        ("contacted", "appointment"),
        ("appointment", "quoted"),
        ("quoted", "won"),
    ]
    assert [event.revision for event in router.published(published.LeadStatusChanged)] == [1, 2, 3, 4, 5]
    assert len(router.published(published.LeadAccepted)) == 1
    assert [event.amount for event in router.published(published.QuoteRecorded)] == [Decimal("48500.00")]
    (won,) = router.published(published.LeadWon)
    assert (won.owner_id, won.amount, won.currency) == ("hawkeye-implement", Decimal("47000.00"), "USD")


def test_a_second_offer_of_another_amount_is_another_quote(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    link = token(router, desk, handed.lead_id, "quoted")
    changed = [press(router, desk, link, amount=amount).changed for amount in ("100", "100.00", "90")]

    assert changed == [True, False, True]
    assert [event.amount for event in router.published(published.QuoteRecorded)] == [Decimal("100"), Decimal("90")]
    assert len(router.published(published.LeadAccepted)) == 1


def test_a_declined_lead_goes_to_the_next_candidate_at_once(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    link = token(router, desk, handed.lead_id, "decline")
    first, second = (press(router, desk, link, reason="too far") for _ in range(2))

    assert (first.status, first.changed) == ("declined", True)
    assert (second.status, second.changed) == ("declined", False)
    (declined,) = router.published(published.LeadDeclined)
    assert (declined.owner_id, declined.reason) == ("hawkeye-implement", "too far")
    assert owner_id(router, handed.lead_id) == "cedar-valley-tractor"
    reasons = {line.owner_id: line.because for line in router.published(published.LeadAssigned)[-1].explanation}
    assert reasons["hawkeye-implement"] == "had it before: declined"


def test_a_former_owner_is_told_so_and_sees_no_more_of_the_person(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    old = token(router, desk, handed.lead_id, "won")
    press(router, desk, token(router, desk, handed.lead_id, "decline"), reason="too far")
    seen = look(router, desk, old)

    assert not seen.possible
    assert "somebody else" in (seen.because or "")
    assert (seen.person.name, seen.person.phone, seen.person.email) == ("Ann Lee", None, None)
    with pytest.raises(NotAllowed, match="somebody else"):
        press(router, desk, old)
    assert router.published(published.LeadWon) == []


def test_not_ready_goes_back_to_marketing_until_the_day_that_was_said(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    press(router, desk, token(router, desk, handed.lead_id, "not_ready"), reason="next season", until="2026-09-01")

    (recycled,) = router.published(published.LeadRecycled)
    assert (recycled.reason, recycled.until) == ("next season", date(2026, 9, 1))
    assert owner_id(router, handed.lead_id) == "marketing"
    assert lead_row(router, handed.lead_id)["due_at"] == datetime(2026, 9, 1, tzinfo=UTC)
    assert without_duty(router, desk) == []


def test_a_lead_that_comes_back_ready_is_handed_over_again(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    press(router, desk, token(router, desk, handed.lead_id, "not_ready"))
    router.hear(qualified(lead_in(), revision=2, lead_id=handed.lead_id, person_id=handed.person_id))

    assert owner_id(router, handed.lead_id) == "hawkeye-implement"
    assert [row["occasion"] for row in assignments(router, handed.lead_id)][-2:] == ["recycled", "qualified"]


def test_lost_says_to_whom_and_why(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    link = token(router, desk, handed.lead_id, "lost")
    with pytest.raises(ContractViolation) as refused:
        press(router, desk, link, lost_to="Green Brand")
    assert refused.value.fields == {"reason": ["This is needed."]}
    assert router.published(published.LeadAccepted) == []

    press(router, desk, link, lost_to="Green Brand", reason="price")
    (lost,) = router.published(published.LeadLost)
    assert (lost.lost_to, lost.reason) == ("Green Brand", "price")
    assert lead_row(router, handed.lead_id)["closed_at"] is not None


def test_what_the_state_does_not_allow_is_refused(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    press(router, desk, token(router, desk, handed.lead_id, "won"))

    assert look(router, desk, token(router, desk, handed.lead_id, "lost")).possible is False
    with pytest.raises(NotAllowed, match="won"):
        press(router, desk, token(router, desk, handed.lead_id, "lost"), reason="oops")


def test_links_that_are_altered_expired_or_of_another_lead_do_nothing(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    other = lead_in()
    router.hear(other)
    until = router.clock.now() + desk.rules.links_valid
    crossed = desk.links.token(Link(other.lead_id, handed.assignment_id, "won", until))
    good = token(router, desk, handed.lead_id, "won")
    for bad in (good[:-2] + "xx", crossed, "nonsense"):
        for use in (look, press):
            with pytest.raises(LinkInvalid):
                use(router, desk, bad)

    router.clock.forward(days=14)
    with pytest.raises(LinkInvalid, match="expired on 2026-03-16"):
        press(router, desk, good)
    assert router.published(published.LeadWon) == []


def test_each_word_is_kept_with_the_way_it_came(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    quote = token(router, desk, handed.lead_id, "quoted")
    for amount in ("48,500", "48500", "47000"):
        press(router, desk, quote, amount=amount)
    press(router, desk, token(router, desk, handed.lead_id, "won"), amount="47000")

    words = sorted(router.rows(OwnerWord), key=lambda row: row["number"])
    assert [(row["number"], row["action"], row["fields"].get("amount"), row["after"]) for row in words] == [
        (1, "quoted", "48500.00", "quoted"),
        (2, "quoted", "47000.00", "quoted"),
        (3, "won", "47000.00", "won"),
    ]
    assert {(row["via"], row["owner_id"], row["by"]) for row in words} == {
        ("link", "hawkeye-implement", "hawkeye-implement")
    }
