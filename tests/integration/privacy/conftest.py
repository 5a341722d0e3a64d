"""All rooms in one process: one person goes through all of them, and is erased."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from services.analytics import service as analytics
from services.capture import service as capture
from services.fulfillment import service as fulfillment
from services.fulfillment.channels.letter import Letter
from services.fulfillment.channels.print import HotFolder
from services.nurture import service as nurture
from services.qualify import service as qualify
from services.router import service as router
from shared.database.unit_of_work import UnitOfWork
from shared.room import Done, Room
from tests.integration.privacy.house import COMPANY, SECRET, House

ROOMS = {
    "capture": capture.room, "qualify": qualify.room, "router": router.room,
    "nurture": nurture.room, "analytics": analytics.room,
}  # fmt: skip


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """The print house's folder."""
    return tmp_path / "print"


@pytest.fixture(params=[1])
def house(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    room_database: Callable[[str], str],
    letters: Path,
) -> Iterator[House]:
    """All rooms of the example company, at one seed. The mail server takes everything; letters hold their words."""
    monkeypatch.setenv("LEADBUS_SECRET", SECRET)

    def print_and_post(uow: UnitOfWork) -> Room:
        outside = fulfillment.Outside(
            begin=uow.begin,
            deliver=lambda message: Done(str(message["Message-ID"])),
            render=lambda html: Letter(pdf=html.encode(), pages=1),
            folder=HotFolder(letters),
            links=fulfillment.links(),
        )
        return fulfillment.room(COMPANY, outside)

    rooms = {name: (partial(_plain, room), room_database(name)) for name, room in ROOMS.items()}
    rooms["fulfillment"] = (print_and_post, room_database("fulfillment"))
    played = House(request.param, rooms, real=frozenset({"fulfillment"}))
    yield played
    played.close()


def _plain(room: Callable[[Path], Room], _uow: UnitOfWork) -> Room:
    return room(COMPANY)
