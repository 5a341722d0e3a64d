"""No lead waits for ever: reminder, manager, next candidate."""

from datetime import UTC, datetime

from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.database.plumbing import EFFECT
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


def told(router: PlayedRoom, notice: str) -> list[str]:
    """Owners whom a message of this kind is planned for."""
    effects = [row["payload"] for row in router.rows(EFFECT)]
    return [payload["owner_id"] for payload in effects if payload["notice"] == notice]


def test_reminder_at_half_manager_at_36_hours_next_candidate_at_48(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))

    router.clock.forward(hours=23, minutes=59)
    router.run_due()
    assert told(router, "reminder") == []

    router.clock.forward(minutes=1)
    router.run_due()
    assert told(router, "reminder") == ["hawkeye-implement"]

    router.clock.forward(hours=12)
    router.run_due()
    (escalated,) = router.published(published.LeadEscalated)
    assert (escalated.clock, escalated.told) == ("accept", "north-region@prairie-line.example")
    assert told(router, "escalation") == ["hawkeye-implement"]

    router.clock.forward(hours=12)
    router.run_due()
    (lapsed,) = router.published(published.LeadLapsed)
    assert (lapsed.owner_id, lapsed.clock) == ("hawkeye-implement", "accept")
    assert owner_id(router, lead.lead_id) == "cedar-valley-tractor"
    assert without_duty(router, desk) == []


def test_who_let_it_lapse_does_not_get_it_again(router: PlayedRoom) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    router.pass_days(2)

    reasons = {line.owner_id: line.because for line in router.published(published.LeadAssigned)[-1].explanation}
    assert reasons["hawkeye-implement"] == "had it before: lapsed"


def test_when_nobody_answers_the_lead_ends_with_marketing_and_never_with_nobody(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))

    def owned() -> None:
        assert without_duty(router, desk) == []

    router.pass_days(40, owned)

    owners = [row["owner_id"] for row in assignments(router, lead.lead_id)]
    assert owners == [
        "marketing",
        "hawkeye-implement",
        "cedar-valley-tractor",
        "inside-sales-east",
        "inside-sales-west",
        "national-desk",
        "call-centre",
        "marketing",
    ]
    assert len(router.published(published.LeadLapsed)) == 6
    assert "marketing" in told(router, "lead")
    assert router.published(published.LeadEscalated)[-1].told == "sales-director@prairie-line.example"


def test_after_a_long_silence_of_the_system_the_manager_is_told_but_no_late_reminder_goes_out(
    router: PlayedRoom,
) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    router.clock.forward(days=3)
    router.run_due()

    assert told(router, "reminder") == []
    assert len(router.published(published.LeadEscalated)) == 1
    assert owner_id(router, lead.lead_id) == "cedar-valley-tractor"


def test_accepting_stops_the_clock_and_starts_the_one_for_contact(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    router.clock.forward(hours=47)
    press(router, desk, token(router, desk, lead.lead_id, "accept"))
    router.clock.forward(hours=2)
    router.run_due()

    assert owner_id(router, lead.lead_id) == "hawkeye-implement"
    assert router.published(published.LeadLapsed) == []
    row = lead_row(router, lead.lead_id)
    assert (row["clock"], row["due_at"]) == ("contact", datetime(2026, 3, 6, 11, tzinfo=UTC))


def test_a_lead_under_way_is_asked_after_every_week(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    press(router, desk, token(router, desk, lead.lead_id, "contacted"))
    router.pass_days(22)

    assert owner_id(router, lead.lead_id) == "hawkeye-implement"
    assert [event.clock for event in router.published(published.LeadEscalated)] == ["update"] * 3
    assert told(router, "reminder") == ["hawkeye-implement"] * 3


def test_a_closed_lead_has_no_clock(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    press(router, desk, token(router, desk, lead.lead_id, "won"), amount="48000")
    before = len(router.published())
    router.pass_days(60)

    assert len(router.published()) == before


def test_marketing_looks_at_an_unready_lead_again_and_again(router: PlayedRoom, desk: Desk) -> None:
    fresh, never = lead_in(), lead_in()
    router.hear(fresh, never, disqualified(never))
    router.pass_days(100)

    assert lead_row(router, fresh.lead_id)["due_at"] == datetime(2026, 6, 30, 12, tzinfo=UTC)
    assert lead_row(router, never.lead_id)["due_at"] == datetime(2026, 8, 29, 12, tzinfo=UTC)
    assert without_duty(router, desk) == []


def test_who_says_nothing_more_is_told_of_to_the_manager_and_then_to_whom_that_one_answers(
    router: PlayedRoom, desk: Desk
) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    press(router, desk, token(router, desk, lead.lead_id, "accept"))
    router.pass_days(3)

    levels = [(event.level, event.told) for event in router.published(published.LeadEscalated)]
    assert levels == [(1, "north-region@prairie-line.example"), (2, "sales-director@prairie-line.example")]
    recipients = [
        row["payload"]["recipient"] for row in router.rows(EFFECT) if row["payload"]["notice"] == "escalation"
    ]
    assert sorted(recipients) == ["manager", "manager_above"]


def test_a_lead_that_was_accepted_and_left_alone_goes_to_somebody_else_in_the_end(
    router: PlayedRoom, desk: Desk
) -> None:
    for words in ((), ("accept",), ("accept", "contacted"), ("quoted",)):
        lead = lead_in()
        router.hear(lead, qualified(lead))
        first = owner_id(router, lead.lead_id)
        for word in words:
            press(router, desk, token(router, desk, lead.lead_id, word), amount="100")  # type: ignore[arg-type]
        router.pass_days(45)
        assert owner_id(router, lead.lead_id) != first, words
        assert without_duty(router, desk) == []
