"""The router on a fresh database, with the example company."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from services.router import service
from services.router.domain.rules import Rules
from services.router.links import Links
from services.router.usecases.answering import Desk
from tests.integration.router.receivers import DealerServer, MailServer
from tests.played_room import PlayedRoom

COMPANY = Path(__file__).parents[3] / "deploy" / "company"


@pytest.fixture
def router_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the router needs to be told; nothing is remembered from another test."""
    monkeypatch.setenv("LEADBUS_SECRET", "a secret of at least thirty-two characters")
    monkeypatch.setenv("LEADBUS_PUBLIC_URL", "https://leads.prairie-line.example")
    monkeypatch.setenv("LEADBUS_ALLOW_PRIVATE_WEBHOOKS", "1")
    service.desk.cache_clear()
    yield
    service.desk.cache_clear()


@pytest.fixture
def desk(router_settings: None) -> Desk:
    """The example company's rules and links."""
    return service.desk(COMPANY)


@pytest.fixture
def rules(desk: Desk) -> Rules:
    return desk.rules


@pytest.fixture
def links(desk: Desk) -> Links:
    return desk.links


@pytest.fixture
def router(router_settings: None, room_database: Callable[[str], str]) -> Iterator[PlayedRoom]:
    """The router, with a clock that the test moves."""
    played = PlayedRoom.on(room_database("router"), service.room(COMPANY))
    yield played
    played.engine.dispose()


@pytest.fixture
def dealer() -> Iterator[DealerServer]:
    """Takes the webhooks of every owner, under /<host>/<path>."""
    with DealerServer() as server:
        yield server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """Takes every email."""
    with MailServer() as server:
        yield server


@pytest.fixture
def delivering(
    router_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    room_database: Callable[[str], str],
    dealer: DealerServer,
    mail: MailServer,
) -> Iterator[PlayedRoom]:
    """The router between a dealer's web server and a mail server."""
    monkeypatch.setenv("LEADBUS_WEBHOOK_STAND_IN", dealer.url)
    monkeypatch.setenv("LEADBUS_SMTP_URL", mail.url)
    played = PlayedRoom.on(room_database("router"), service.room(COMPANY))
    yield played
    played.engine.dispose()


@pytest.fixture
def delivering_by(
    router_settings: None,
    monkeypatch: pytest.MonkeyPatch,
    room_database: Callable[[str], str],
    dealer: DealerServer,
    mail: MailServer,
    tmp_path: Path,
) -> Iterator[Callable[[str], PlayedRoom]]:
    """The router with the example company, in which Hawkeye Implement receives by these ways (YAML of one list)."""
    monkeypatch.setenv("LEADBUS_WEBHOOK_STAND_IN", dealer.url)
    monkeypatch.setenv("LEADBUS_SMTP_URL", mail.url)
    played: list[PlayedRoom] = []

    def make(ways: str) -> PlayedRoom:
        shutil.copytree(COMPANY, tmp_path / "company", dirs_exist_ok=True)
        file = tmp_path / "company" / "owners.yml"
        owners = yaml.safe_load(file.read_text())
        (owner,) = [one for one in owners["owners"] if one["id"] == "hawkeye-implement"]
        owner["deliveries"] = yaml.safe_load(ways)
        file.write_text(yaml.safe_dump(owners, sort_keys=False))
        played.append(PlayedRoom.on(room_database("router"), service.room(tmp_path / "company")))
        return played[-1]

    yield make
    for one in played:
        one.engine.dispose()
