"""Qualification on a database of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from services.qualify import service
from tests.played_room import PlayedRoom

COMPANY = Path(__file__).parents[3] / "deploy" / "company"


@pytest.fixture
def qualification(room_database: Callable[[str], str]) -> Iterator[PlayedRoom]:
    """The room with the example company's rules, at noon on 2 March 2026."""
    played = PlayedRoom.on(room_database("qualify"), service.room(COMPANY))
    yield played
    played.engine.dispose()
