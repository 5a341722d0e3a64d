"""The front desk on a database of its own."""

from collections.abc import Callable, Iterator

import pytest

from tests.integration.capture.desk import FrontDesk, desk_on


@pytest.fixture
def desk(room_database: Callable[[str], str]) -> Iterator[FrontDesk]:
    """The front desk of the example company, at noon on 2 March 2026."""
    played = desk_on(room_database("capture"))
    yield played
    played.engine.dispose()
