"""Everything else that owners say: returns, wrong territories, what blocks them, corrections, pauses."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from services.router.models import LeadReturn, OwnerRow, OwnerWord
from services.router.usecases import deciding
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.database.plumbing import EFFECT
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


def say(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned, action: str, **fields: str) -> bool:
    """What the owner says through the link of the newest message."""
    return press(router, desk, token(router, desk, handed.lead_id, action), **fields).changed  # type: ignore[arg-type]


def words(router: PlayedRoom) -> list[tuple[str, str, str]]:
    rows = sorted(router.rows(OwnerWord), key=lambda row: row["number"])
    return [(row["action"], row["before"], row["after"]) for row in rows]


# --- corrections -----------------------------------------------------------------------------------------------------


def test_won_was_a_mistake(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    say(router, desk, handed, "quoted", amount="9800")
    say(router, desk, handed, "won", amount="9800")
    router.clock.forward(hours=1)
    correction = token(router, desk, handed.lead_id, "correct")

    assert press(router, desk, correction).changed
    assert not press(router, desk, correction).changed
    row = lead_row(router, handed.lead_id)
    assert (row["status"], row["closed_at"], row["quoted_amount"]) == ("quoted", None, Decimal("9800.00"))
    assert without_duty(router, desk) == []
    (reopened,) = router.published(published.LeadReopened)
    (won,) = router.published(published.LeadWon)
    assert (reopened.was, reopened.revision > won.revision) == ("won", True)
    assert words(router) == [
        ("quoted", "assigned", "quoted"), ("won", "quoted", "won"), ("correct", "quoted", "quoted"),
    ]  # fmt: skip
    corrected = {row["number"]: row["corrected_by"] for row in router.rows(OwnerWord)}
    assert corrected == {1: None, 2: 3, 3: None}


def test_another_amount_takes_the_place_of_the_first(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    say(router, desk, handed, "won", amount="12500")
    router.clock.forward(minutes=5)
    assert say(router, desk, handed, "correct", to="won", amount="13000")
    assert not say(router, desk, handed, "correct", to="won", amount="13000")
    assert say(router, desk, handed, "correct", to="won", amount="13100")

    assert [event.amount for event in router.published(published.LeadWon)] == [
        Decimal("12500.00"), Decimal("13000.00"), Decimal("13100.00"),
    ]  # fmt: skip
    revisions = [event.revision for event in router.published(published.LeadWon)]
    voids = [event.revision for event in router.published(published.LeadReopened)]
    assert [revision for revision in revisions if revision >= max(voids)] == revisions[-1:]
    assert lead_row(router, handed.lead_id)["closed_at"] is not None
    (owner,) = [row for row in router.rows(OwnerRow) if row["owner_id"] == "hawkeye-implement"]
    assert owner["open"] == 0
    assert [(month["ended"], month["won"]) for month in owner["results"].values()] == [(1, 1)]


def test_a_quote_that_was_taken_back_leaves_the_one_before(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    for amount in ("9800", "98000"):
        say(router, desk, handed, "quoted", amount=amount)
    say(router, desk, handed, "correct")

    row = lead_row(router, handed.lead_id)
    assert (row["status"], row["quoted_amount"], row["quoted_currency"]) == ("quoted", Decimal("9800.00"), "USD")


def test_what_went_on_to_somebody_else_cannot_be_corrected(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    link = token(router, desk, handed.lead_id, "correct")
    with pytest.raises(NotAllowed, match="assigned"):
        press(router, desk, link)
    say(router, desk, handed, "decline", reason="too far")

    with pytest.raises(NotAllowed, match="somebody else"):
        press(router, desk, link, to="won")


# --- returns ---------------------------------------------------------------------------------------------------------


def test_a_return_that_the_rule_accepts_goes_back_at_once(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    link = token(router, desk, handed.lead_id, "return")
    with pytest.raises(ContractViolation) as missing:
        press(router, desk, link, reason="wrong contact data")
    assert missing.value.fields == {"evidence": ["This is needed."]}

    given = {"reason": "wrong contact data", "evidence": "the number is a pizza place's"}
    first, second = (press(router, desk, link, **given) for _ in range(2))
    assert (first.status, first.changed, second.status, second.changed) == ("returned", True, "returned", False)
    (returned,) = router.published(published.LeadReturned)
    assert (returned.reason, returned.accepted_by) == ("wrong contact data", "rule")
    # Nobody can sell to a wrong number: another dealer does not get it either.
    assert owner_id(router, handed.lead_id) == "marketing"
    assert without_duty(router, desk) == []


@pytest.mark.parametrize(("accepted", "then"), [(True, "cedar-valley-tractor"), (False, "hawkeye-implement")])
def test_the_manager_decides_about_the_others(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned, accepted: bool, then: str
) -> None:
    given = {"reason": "not what was promised", "evidence": "they want a car"}
    assert say(router, desk, handed, "return", **given)
    assert not say(router, desk, handed, "return", **given)
    # Meanwhile it is theirs, and so is the duty.
    assert owner_id(router, handed.lead_id) == "hawkeye-implement"
    assert without_duty(router, desk) == []

    decision = deciding.link_for(desk, handed.lead_id, handed.assignment_id, accepted, router.clock.now())
    with router.uow.begin() as tx:
        seen = deciding.describe_decision(tx, decision, desk=desk)
    assert (seen.possible, seen.reason, seen.evidence) == (True, "not what was promised", "they want a car")
    changed = []
    for _ in range(2):
        with router.uow.begin() as tx:
            changed.append(deciding.decide(tx, decision, "", desk=desk).changed)
    assert changed == [True, False]
    assert owner_id(router, handed.lead_id) == then
    assert [row["state"] for row in router.rows(LeadReturn)] == ["accepted" if accepted else "refused"]
    if not accepted:
        with pytest.raises(NotAllowed, match="stays yours"):
            say(router, desk, handed, "return", **given)
        notices = [row["payload"]["notice"] for row in router.rows(EFFECT)]
        assert "return_refused" in notices


def test_a_lead_cannot_be_returned_after_the_window(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    say(router, desk, handed, "contacted")
    router.clock.forward(days=14)

    assert look(router, desk, token(router, desk, handed.lead_id, "return")).possible is False
    with pytest.raises(NotAllowed, match="until 2026-03-16"):
        say(router, desk, handed, "return", reason="wrong contact data", evidence="none")


# --- the rest --------------------------------------------------------------------------------------------------------


def test_a_wrong_territory_goes_on_and_never_back(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    assert say(router, desk, handed, "wrong_territory", note="that is Cedar Valley's county")

    (declined,) = router.published(published.LeadDeclined)
    assert (declined.reason, declined.wrong_territory) == (
        "wrong territory: that is Cedar Valley's county", handed.territory,
    )  # fmt: skip
    assert owner_id(router, handed.lead_id) == "cedar-valley-tractor"
    assert lead_row(router, handed.lead_id)["had_before"] == {"hawkeye-implement": "wrong territory"}


def test_what_blocks_an_owner_is_kept_and_their_duty_stays(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    say(router, desk, handed, "contacted")
    due = lead_row(router, handed.lead_id)["due_at"]
    router.clock.forward(hours=2)

    assert say(router, desk, handed, "blocked", reason="No stock", note="the 40 hp")
    assert not say(router, desk, handed, "blocked", reason="no stock", note="the 40 hp")
    row = lead_row(router, handed.lead_id)
    assert (row["status"], row["blocked"], row["due_at"]) == ("contacted", "no stock: the 40 hp", due)
    told = router.published(published.LeadStatusChanged)[-1]
    assert (told.status, told.previous, told.blocked, told.via) == (
        "contacted", "contacted", "no stock: the 40 hp", "link",
    )  # fmt: skip
    say(router, desk, handed, "quoted", amount="9800")
    assert lead_row(router, handed.lead_id)["blocked"] is None


def test_an_appointment_has_its_day_and_another_day_is_another_one(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    changed = [
        say(router, desk, handed, "appointment", at=at)
        for at in ("2026-03-10T15:00", "2026-03-10T15:00", "2026-03-11T09:00")
    ]

    assert changed == [True, False, True]
    moments = [event.appointment_at for event in router.published(published.LeadStatusChanged)]
    # Three in the afternoon in Iowa, after the clocks went forward.
    assert moments == [None, datetime(2026, 3, 10, 20, tzinfo=UTC), datetime(2026, 3, 11, 14, tzinfo=UTC)]


def test_pause_me_works_from_any_message_whoever_has_the_lead(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    link = token(router, desk, handed.lead_id, "pause_me")
    say(router, desk, handed, "decline", reason="too far")

    assert press(router, desk, link, until="2026-03-20").changed
    assert not press(router, desk, link, until="2026-03-20").changed
    (owner,) = [row for row in router.rows(OwnerRow) if row["owner_id"] == "hawkeye-implement"]
    assert (owner["paused"], owner["paused_until"]) == (True, datetime(2026, 3, 20, 5, tzinfo=UTC))
    other = lead_in(person={"email": "bob@owns.example"})
    router.hear(other, qualified(other))
    assert owner_id(router, other.lead_id) != "hawkeye-implement"


def test_an_owners_word_counts_for_more_than_the_prospects(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    from services.router.models import Assignment, Lead
    from services.router.usecases.saying import Word
    from services.router.usecases.saying import say as say_word

    with router.uow.begin() as tx:
        lead, assignment = tx.get(Lead, handed.lead_id), tx.get(Assignment, handed.assignment_id)
        assert lead is not None
        assert assignment is not None
        word = Word("lost", {"reason": "bought from a competitor"}, via="prospect")
        assert say_word(tx, lead, assignment, word, rules=desk.rules).changed
    router.clock.forward(days=1)

    assert say(router, desk, handed, "won", amount="47000")
    assert lead_row(router, handed.lead_id)["status"] == "won"
    assert [event.told_by for event in router.published(published.LeadLost)] == ["prospect"]
    assert [event.told_by for event in router.published(published.LeadWon)] == ["owner"]
    assert len(assignments(router, handed.lead_id)) == 2
