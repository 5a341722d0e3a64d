"""Fulfillment on a database of its own, with a real mail server and a real hot folder."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from services.fulfillment import service
from services.fulfillment.channels import drawing
from services.fulfillment.channels.print import HotFolder
from services.fulfillment.channels.smtp import MailServer
from services.fulfillment.models import Piece
from services.fulfillment.service import Outside
from shared.database import engine as engines
from shared.database.unit_of_work import UnitOfWork
from shared.work import effects
from shared.work.effects import Claimed
from tests.integration.fulfillment.sink import MailSink
from tests.played_room import MovedClock, PlayedRoom
from tests.unit.fulfillment.builders import COMPANY, LINKS


@dataclass
class House(PlayedRoom):
    """The room, and the hands that send what it plans."""

    folder: Path = Path()

    def claim(self) -> list[Claimed]:
        """Takes what is to be sent now."""
        return effects.claim_planned(self.uow, self.room, 500)

    def send(self) -> int:
        """Sends what is to be sent now, and records it. Returns how many were tried."""
        claimed = self.claim()
        results = [(one, effects.perform(self.room, one)) for one in claimed]
        effects.settle(self.uow, self.room, results)
        return len(claimed)

    def expire(self) -> int:
        """Gives up on what was claimed and never recorded."""
        return effects.expire_claims(self.uow, self.room, timedelta(0))

    def states(self) -> dict[str, str]:
        """The state of every piece by name; one per name."""
        return {row["piece"]: row["state"] for row in self.rows(Piece)}

    def jobs(self) -> list[Path]:
        """Print jobs that lie in the hot folder."""
        return sorted(self.folder.glob("*.zip"))


@pytest.fixture
def sink() -> Iterator[MailSink]:
    """A mail server of this test."""
    running = MailSink()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def make_house(room_database: Callable[[str], str], sink: MailSink, tmp_path: Path) -> Iterator[Callable[[], House]]:
    """Builds a house: the example company, at noon on 2 March 2026."""
    made: list[tuple[House, MailServer]] = []

    def build() -> House:
        engine, clock = engines.create(room_database("fulfillment")), MovedClock()
        server, folder = MailServer(sink.url, timeout=5), tmp_path / f"hot{len(made)}"
        begin = UnitOfWork(engines.sessions(engine), clock).begin
        world = Outside(begin, server.deliver, drawing.render, HotFolder(folder), LINKS)
        made.append((House(service.room(COMPANY, world), engine, clock, folder=folder), server))
        return made[-1][0]

    yield build
    for house, server in made:
        server.close()
        house.engine.dispose()


@pytest.fixture
def house(make_house: Callable[[], House]) -> House:
    """One house."""
    return make_house()
