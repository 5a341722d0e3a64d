"""Every event is told in a plain sentence."""

import pytest

from services.analytics.domain.sentences import SENTENCES, place, sentence
from shared.contracts import schema
from shared.contracts.event import Event
from tests.contract.documents import declared_events
from tests.contract.examples import example, least

EVENTS = [pytest.param(event, id=f"{event.room}.{event.name}") for event in declared_events()]


@pytest.mark.parametrize("event", EVENTS)
def test_every_declared_event_has_a_sentence(event: type[Event]) -> None:
    assert (event.room, event.name) in SENTENCES


@pytest.mark.parametrize("event", EVENTS)
def test_a_sentence_is_one_whatever_is_left_out(event: type[Event]) -> None:
    for told in (example(event), least(event)):
        text = sentence(event.room, event.name, schema.dump(told))

        assert text.endswith(".")
        assert "None" not in text
        assert "_" not in text
        assert "  " not in text


def test_a_score_is_told_with_its_parts_and_what_changed() -> None:
    raw = {"score": 42, "fit": 30, "engagement": 12, "rank": "warm", "previous_rank": "cold", "decision": "not_ready"}

    assert sentence("qualify", "lead_scored", raw) == (
        "Scored 42 points (30 fit + 12 engagement): warm, cold before, not ready."
    )


def test_an_assignment_is_told_with_its_reason_and_its_date() -> None:
    raw = {
        "owner": {"name": "Ames Tractor", "kind": "dealer"},
        "explanation": [{"chosen": False, "because": "too far"}, {"chosen": True, "because": "serves ZIP 50010"}],
        "occasion": "qualified",
        "clock": "accept",
        "due_at": "2026-03-04T12:00:00+00:00",
    }

    assert sentence("router", "lead_assigned", raw) == (
        "Given to Ames Tractor (dealer): serves ZIP 50010. Due to accept by 2026-03-04 12:00."
    )


def test_a_typed_full_stop_is_not_doubled() -> None:
    assert sentence("router", "lead_lost", {"reason": "Too dear.", "lost_to": None}) == "Lost: Too dear."


def test_an_event_of_tomorrow_is_told_by_its_name() -> None:
    assert sentence("router", "lead_cloned", {}) == "router: lead cloned."


def test_events_of_one_moment_are_told_in_the_order_of_a_leads_life() -> None:
    assert place("capture", "inquiry_received") < place("capture", "lead_registered") < place("router", "lead_won")
    assert place("nobody", "knows") > place("fulfillment", "unsubscribed")
