"""When an inquiry belongs to the open lead."""

from datetime import UTC, datetime, timedelta

import pytest

from services.capture.domain.lead import belongs

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
MONTH = 30 * DAY


@pytest.mark.parametrize(
    ("resolution", "after", "joins"),
    [
        ("open", 29 * DAY, True),
        ("open", 30 * DAY, True),
        ("open", 31 * DAY, False),
        ("open", -2 * DAY, True),
        ("recycled", 2 * DAY, True),
        ("won", DAY, False),
        ("lost", DAY, False),
    ],
)
def test_an_inquiry_joins_while_the_lead_is_open_and_young(resolution: str, after: timedelta, joins: bool) -> None:
    assert belongs(resolution, MONDAY, MONDAY, MONDAY + after, MONTH) is joins


def test_the_window_counts_from_the_last_response() -> None:
    assert belongs("open", MONDAY, MONDAY + 25 * DAY, MONDAY + 50 * DAY, MONTH)
