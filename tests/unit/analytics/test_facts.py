"""What events say of a lead, folded in any order."""

import itertools
import random
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analytics.domain.facts import OF_A_LEAD, OF_AN_INQUIRY, First, Greatest, Latest, OneMore, Saying, fold
from services.analytics.models import InquiryFact
from shared.contracts import schema
from tests.contract.documents import declared_events
from tests.contract.examples import example, least

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def row() -> SimpleNamespace:
    return SimpleNamespace(revision=None, owner=None, reached_at=None, responses=None, pieces=None)


def folded(sayings: list[Saying]) -> SimpleNamespace:
    whole = row()
    for saying in sayings:
        fold(whole, saying)
    return whole


def test_the_highest_revision_wins() -> None:
    late, early = Latest("revision", 2, {"owner": "dealer"}), Latest("revision", 1, {"owner": "marketing"})

    assert folded([early, late]) == folded([late, early])
    assert folded([late, early]).owner == "dealer"


def test_a_stage_keeps_the_first_time_it_was_reached() -> None:
    assert folded([First("reached_at", NOON), First("reached_at", NOON - timedelta(1))]).reached_at == NOON - timedelta(
        1
    )


def test_numbers_grow_and_counts_count() -> None:
    whole = folded([Greatest("responses", 3), Greatest("responses", 2), OneMore("pieces"), OneMore("pieces")])

    assert (whole.responses, whole.pieces) == (3, 2)


revisions = st.integers(1, 5)
#: Of one revision there is one truth.
latest = revisions.map(lambda revision: Latest("revision", revision, {"owner": f"owner {revision}"}))
first = st.integers(0, 9).map(lambda hour: First("reached_at", NOON + timedelta(hours=hour)))
greatest = st.integers(1, 9).map(lambda number: Greatest("responses", number))
counted = st.just(OneMore("pieces"))


@given(st.lists(st.one_of(latest, first, greatest, counted)), st.randoms(use_true_random=False))
def test_any_order_gives_the_same_row(sayings: list[Saying], chance: random.Random) -> None:
    shuffled = list(sayings)
    chance.shuffle(shuffled)

    assert folded(shuffled) == folded(sayings)


@pytest.mark.parametrize("kind", [*OF_A_LEAD, *OF_AN_INQUIRY], ids=".".join)
def test_every_saying_is_of_a_declared_event_and_can_be_read_from_its_least(kind: tuple[str, str]) -> None:
    (event,) = (event for event in declared_events() if (event.room, event.name) == kind)
    said: list[Any] = []
    for told in (example(event), least(event)):
        said += (OF_A_LEAD.get(kind) or OF_AN_INQUIRY[kind])(schema.dump(told))

    assert said


def test_a_quarantined_inquiry_that_was_released_counts_as_what_it_became_in_any_order() -> None:
    at = "2026-03-02T12:00:00+00:00"
    raw = {"inquiry_id": "i", "source": "s", "channel": "c", "received_at": at, "registered_at": at}
    first = OF_AN_INQUIRY["capture", "inquiry_quarantined"](raw)
    refetched = OF_AN_INQUIRY["capture", "inquiry_released"](raw | {"outcome": "awaiting", "repairs": 1})
    again = OF_AN_INQUIRY["capture", "inquiry_quarantined"](raw | {"repairs": 1})
    copy = OF_AN_INQUIRY["capture", "inquiry_released"](raw | {"outcome": "duplicate", "repairs": 2})
    received = OF_AN_INQUIRY["capture", "inquiry_received"](raw | {"outcome": "registered"})

    def outcome(*told: Any) -> str:
        rows = []
        for order in itertools.permutations(told):
            row = SimpleNamespace(**dict.fromkeys(InquiryFact.__table__.columns.keys()))
            for sayings in order:
                for saying in sayings:
                    fold(row, saying)
            rows.append(row)
        assert all(row == rows[0] for row in rows)
        return str(rows[0].outcome)

    assert outcome(first, refetched) == "awaiting"
    assert outcome(first, refetched, again) == "quarantined"
    assert outcome(first, refetched, again, copy) == "duplicate"
    assert outcome(first, refetched, again, received) == "registered"


@pytest.mark.parametrize("opened", [True, False])
def test_a_campaign_that_is_learnt_later_wins_in_any_order_for_the_lead_that_its_inquiry_opened(opened: bool) -> None:
    from shared.contracts.capture import InquiryAttributed, InquiryReceived, LeadRegistered

    registered, received = (schema.dump(example(kind)) for kind in (LeadRegistered, InquiryReceived))
    attributed = schema.dump(example(InquiryAttributed)) | {"campaign": "barn-tour", "opened": opened}
    of_lead = [
        *OF_A_LEAD["capture", "lead_registered"](registered),
        *OF_A_LEAD["capture", "inquiry_attributed"](attributed),
    ]
    of_inquiry = [
        *OF_AN_INQUIRY["capture", "inquiry_received"](received),
        *OF_AN_INQUIRY["capture", "inquiry_attributed"](attributed),
    ]
    for sayings, campaign in ((of_lead, "barn-tour" if opened else "spring-field-days"), (of_inquiry, "barn-tour")):
        for order in itertools.permutations(sayings):
            whole = SimpleNamespace(person_revision=None, campaign=None, campaign_at=None, responses=None, word=None)
            for saying in order:
                fold(whole, saying)
            assert whole.campaign == campaign
