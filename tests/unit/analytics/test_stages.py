"""Where a lead stands, and the shares that go on."""

from datetime import UTC, datetime, timedelta

import pytest

from services.analytics.domain.stages import Reached, conversions, stage

MARCH = datetime(2026, 3, 2, tzinfo=UTC)
LATER = MARCH + timedelta(days=9)


@pytest.mark.parametrize(
    ("reached", "where"),
    [
        (Reached(), "inquiry"),
        (Reached(qualified_at=MARCH), "qualified"),
        (Reached(qualified_at=MARCH, accepted_at=MARCH), "accepted"),
        (Reached(quoted_at=MARCH), "quoted"),
        (Reached(quoted_at=MARCH, won_at=LATER), "won"),
        (Reached(quoted_at=MARCH, lost_at=LATER), "lost"),
        (Reached(accepted_at=MARCH, lost_at=MARCH, recycled_at=LATER), "accepted"),
        (Reached(accepted_at=MARCH, lost_at=LATER, recycled_at=MARCH), "lost"),
    ],
)
def test_a_lead_stands_at_its_furthest_stage_unless_it_was_lost_for_good(reached: Reached, where: str) -> None:
    assert stage(reached) == where


def test_a_conversion_is_the_share_of_the_stage_before() -> None:
    shares = conversions({"inquiry": 200, "qualified": 30, "accepted": 24, "quoted": 0, "won": 0, "lost": 5})

    assert shares == {"inquiry": None, "qualified": 0.15, "accepted": 0.8, "quoted": 0.0, "won": None}
