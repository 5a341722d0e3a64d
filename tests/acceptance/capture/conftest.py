"""The front desk on a database of its own."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from gateway import entrypoints
from gateway.application import create_app
from gateway.drain import Drainer
from gateway.intakes import Intakes
from gateway.keys import KeyRing
from gateway.limits import RateLimits
from gateway.publisher import IntakePublisher
from gateway.repeats import Repeats
from gateway.spool import Spool
from gateway.state import Gateway
from gateway.timetrap import TimeTrap
from tests.acceptance.capture.counter import Counter, RoomsBehind
from tests.integration.capture.desk import COMPANY, FrontDesk, desk_on
from tests.unit.gateway.conftest import FakeBroker, FakeLink


@pytest.fixture
def desk(room_database: Callable[[str], str]) -> Iterator[FrontDesk]:
    """The front desk of the example company, at noon on 2 March 2026."""
    played = desk_on(room_database("capture"))
    yield played
    played.engine.dispose()


@pytest.fixture
def counter(desk: FrontDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """The gateway and the front desk of the example company, without a broker between them."""
    monkeypatch.setenv("LEADBUS_SECRET", "a secret of at least thirty-two characters")
    broker = FakeBroker()
    publisher = IntakePublisher(partial(FakeLink, broker), 0.5)
    spool = Spool(tmp_path / "spool", max_bytes=1_000_000)
    intakes = Intakes(publisher, spool, Drainer(spool, FakeBroker(), publisher.wake))
    gateway = Gateway(
        entrypoints=entrypoints.load(COMPANY),
        keys=KeyRing(tmp_path / "keys.yml"),
        limits=RateLimits(),
        intakes=intakes,
        rooms=RoomsBehind(desk),
        clock=desk.clock,
        public_url="https://leads.prairieline.example",
        repeats=Repeats(desk.clock.now),
        timetrap=TimeTrap(b"a key of the tests"),
    )
    assert desk.room.begin is not None
    with desk.uow.begin() as tx:
        desk.room.begin(tx)
    intakes.start()
    yield Counter(create_app(gateway).test_client(), desk, broker, tmp_path / "keys.yml")
    intakes.stop()
