"""Analytics on a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.analytics import service
from tests.played_room import PlayedRoom

COMPANY = Path(__file__).parents[3] / "deploy" / "company"


@pytest.fixture
def analytics(room_database: Callable[[str], str]) -> Iterator[PlayedRoom]:
    """The room, at noon on 2 March 2026."""
    played = PlayedRoom.on(room_database("analytics"), service.room(COMPANY))
    yield played
    played.engine.dispose()
