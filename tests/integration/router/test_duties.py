"""How each duty of an owner ended is told: in time, late, or not at all, and what the answer left out."""

import pytest

from services.router.usecases.answering import Desk
from shared.contracts import router as published
from tests.integration.router.told import lead_in, press, qualified, token
from tests.played_room import PlayedRoom


@pytest.fixture
def handed(router: PlayedRoom) -> published.LeadAssigned:
    """A lead that waits for Hawkeye Implement."""
    lead = lead_in()
    router.hear(lead, qualified(lead))
    event: published.LeadAssigned = router.published(published.LeadAssigned)[-1]
    return event


def ended(router: PlayedRoom) -> list[tuple[str, str, str | None, list[str]]]:
    """Clock, outcome, what was done, what was left out: of every duty so far."""
    events = router.published(published.DutyEnded)
    return [(event.clock, event.outcome, event.did, event.left_out) for event in events]


def test_what_is_done_in_time_is_told_once(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    for action, fields in (
        ("accept", {}),
        ("contacted", {}),
        ("quoted", {"amount": "48500"}),
        ("won", {}),
    ):
        link = token(router, desk, handed.lead_id, action)  # type: ignore[arg-type]
        press(router, desk, link, **fields)
        press(router, desk, link, **fields)

    assert ended(router) == [
        ("accept", "in_time", "accept", []),
        ("contact", "in_time", "contacted", []),
        ("update", "in_time", "quoted", []),
        ("update", "in_time", "won", ["amount"]),
    ]
    first = router.published(published.DutyEnded)[0]
    assert (first.owner_id, first.owner_name) == (handed.owner.owner_id, handed.owner.name)
    assert (first.due_at, first.assignment_id) == (handed.due_at, handed.assignment_id)


def test_who_works_a_lead_without_a_word_has_accepted_it_in_time(
    router: PlayedRoom, desk: Desk, handed: published.LeadAssigned
) -> None:
    press(router, desk, token(router, desk, handed.lead_id, "lost"), reason="price")

    assert ended(router) == [("accept", "in_time", "accept", []), ("contact", "in_time", "lost", ["lost_to"])]


def test_what_is_done_after_its_time_is_late(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    press(router, desk, token(router, desk, handed.lead_id, "accept"))
    router.pass_days(3)
    press(router, desk, token(router, desk, handed.lead_id, "contacted"))

    assert ended(router)[-1] == ("contact", "late", "contacted", [])


def test_a_lead_that_lapses_is_a_duty_missed_by_whoever_had_it(
    router: PlayedRoom, handed: published.LeadAssigned
) -> None:
    router.pass_days(2)

    (event,) = router.published(published.DutyEnded)
    assert (event.owner_id, event.clock, event.outcome, event.did) == (handed.owner.owner_id, "accept", "missed", None)
    assert router.published(published.LeadAssigned)[-1].owner.owner_id != handed.owner.owner_id


def test_every_round_of_silence_counts(router: PlayedRoom, desk: Desk, handed: published.LeadAssigned) -> None:
    press(router, desk, token(router, desk, handed.lead_id, "contacted"))
    router.pass_days(15)

    assert [one[:2] for one in ended(router)[2:]] == [("update", "missed"), ("update", "missed")]


def test_what_marketing_keeps_is_nobodys_duty(router: PlayedRoom) -> None:
    router.hear(lead_in())
    router.pass_days(70)

    assert ended(router) == []
