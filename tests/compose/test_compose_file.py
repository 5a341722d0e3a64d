"""What a reader of docker-compose.yml relies on, checked without an engine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docker-compose.yml").read_text()
SERVICES: dict[str, Any] = yaml.safe_load(TEXT)["services"]
ROOMS = sorted(folder.parent.name for folder in (REPOSITORY / "services").glob("*/__init__.py"))


def test_every_room_and_the_gateway_has_a_container() -> None:
    assert set(SERVICES) >= {*ROOMS, "gateway", "broker", "database", "mail", "demo"}


@pytest.mark.parametrize("room", ROOMS)
def test_room_starts_after_its_own_migration_and_healthy_servers(room: str) -> None:
    waits = {name: asked["condition"] for name, asked in SERVICES[room]["depends_on"].items()}
    assert waits[f"{room}-migrate"] == "service_completed_successfully"
    assert waits["broker"] == waits["database"] == "service_healthy"
    assert SERVICES[f"{room}-migrate"]["image"] == SERVICES[room]["image"]


@pytest.mark.parametrize("room", ROOMS)
def test_room_knows_the_password_of_its_own_database_only(room: str) -> None:
    named = set(re.findall(r"\{(\w+)_DATABASE_PASSWORD", str(SERVICES[room]["environment"])))
    assert named == {room.upper()}


def test_gateway_knows_no_database() -> None:
    assert "DATABASE" not in str(SERVICES["gateway"]["environment"])


def test_no_secret_has_a_value_in_the_file() -> None:
    secrets = re.findall(r"\$\{(\w*(?:PASSWORD|SECRET)\w*)(:-[^}]+)", TEXT)
    assert secrets == []


def test_pages_are_published_on_loopback_unless_asked() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published
    assert [port for port in published if not port.startswith("${LEADBUS_BIND:-127.0.0.1}:")] == []


def test_every_variable_is_explained_in_the_example_settings() -> None:
    example = REPOSITORY / ".env.example"
    if not example.exists():
        pytest.skip("there is no .env.example yet")
    explained = set(re.findall(r"^#?\s?(\w+)=", example.read_text(), re.MULTILINE))
    assert set(re.findall(r"\$\{(\w+)", TEXT)) - explained == set()
