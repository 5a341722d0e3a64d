"""Endings that owners take back."""

from datetime import timedelta
from itertools import permutations

from services.qualify.domain.history import Closing, History
from tests.builders import NOON

LATER = NOON + timedelta(days=1)
WON = Closing(NOON, "won", revision=3, heard_at=NOON)
REOPENED = Closing(LATER, "reopened", revision=4, heard_at=LATER)
LOST = Closing(LATER, "lost", revision=5, heard_at=LATER)


def test_the_ending_that_stands_is_the_one_that_nobody_took_back() -> None:
    for told in permutations((WON, REOPENED, LOST)):
        history = History(closings=tuple(told))
        assert ([each.outcome for each in history.endings], history.closed_at) == (["lost"], LATER)
    assert History(closings=(WON, REOPENED)).closed_at is None


def test_what_was_known_before_the_correction_is_what_was_said_then() -> None:
    history = History(closings=(WON, REOPENED, LOST))

    assert [each.outcome for each in history.known_by(NOON).endings] == ["won"]
    assert history.revision == 3


def test_endings_of_before_there_were_corrections_stand() -> None:
    assert History(closings=(Closing(NOON, "won"),)).closed_at == NOON
