"""The code that an image gets: all that it imports, and nothing of another room. No engine is needed to see that."""

import ast
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.images.room_lock import canonical

REPOSITORY = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())
OURS = ("shared", "services", "gateway", "deploy", "tests")
IMAGES = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics", "gateway", "demo", "prediction")


def cut(room: str, folder: Path) -> Path:
    """The code of one image, as the build puts it into /app."""
    script = REPOSITORY / "deploy/images/room_code.sh"
    subprocess.run(["sh", script, room, REPOSITORY, folder], check=True)
    return folder


def imports(file: Path) -> set[str]:
    """Modules of ours that a file names, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return {name for name in found if name.split(".")[0] in OURS}


@pytest.mark.parametrize("room", IMAGES)
def test_every_module_that_is_imported_is_inside(room: str, tmp_path: Path) -> None:
    app = cut(room, tmp_path)
    missing = {
        f"{file.relative_to(app)} imports {module}"
        for file in app.rglob("*.py")
        for module in imports(file)
        if not (app / module.replace(".", "/")).is_dir() and not (app / f"{module.replace('.', '/')}.py").is_file()
    }
    assert missing == set()


@pytest.mark.parametrize("room", IMAGES)
def test_builder_is_sent_every_file_that_is_copied(room: str, tmp_path: Path) -> None:
    app = cut(room, tmp_path)
    allowed = (REPOSITORY / ".dockerignore").read_text().split()
    programs = [f"!deploy/{found.name}" for found in app.glob("deploy/*")]
    assert [program for program in programs if program not in allowed] == []


def test_room_gets_no_other_room(tmp_path: Path) -> None:
    app = cut("router", tmp_path)
    assert [folder.name for folder in (app / "services").iterdir() if folder.is_dir()] == ["router"]
    assert not (app / "gateway").exists()


def test_only_the_job_that_learns_carries_what_learning_needs(tmp_path: Path) -> None:
    room, job = cut("qualify", tmp_path / "room"), cut("prediction", tmp_path / "job")

    assert not (room / "services/qualify/prediction/learning").exists()
    assert (job / "services/qualify/prediction/learning/job.py").exists()
    assert "prediction" in packages_asked_for("prediction")
    assert "prediction" not in packages_asked_for("qualify")


def packages_asked_for(room: str) -> list[str]:
    """What the compose file has room_lock.py look up for an image."""
    arguments: dict[str, str] = COMPOSE["services"][room]["build"]["args"]
    return arguments.get("PACKAGES", room).split()


@pytest.mark.parametrize("room", IMAGES)
def test_every_package_that_is_imported_is_installed(room: str, tmp_path: Path) -> None:
    app = cut(room, tmp_path)
    script = REPOSITORY / "deploy/images/room_lock.py"
    printed = subprocess.run(
        [sys.executable, script, *packages_asked_for(room)],
        cwd=REPOSITORY,
        check=True,
        text=True,
        stdout=subprocess.PIPE,
    )
    inside = {canonical(line) for line in printed.stdout.splitlines() if "==" in line}
    homes = packages_distributions()
    missing = {
        f"{file.relative_to(app)} imports {module}"
        for file in reached(app, starts(app, room))
        for module in names(file) - set(OURS)
        if module in homes and not {canonical(home) for home in homes[module]} & inside
    }
    assert missing == set()


def starts(app: Path, room: str) -> set[Path]:
    """The files that a container begins with: all of its own code."""
    own = {"gateway": "gateway", "demo": "deploy/demo", "prediction": "services/qualify"}.get(room, f"services/{room}")
    programs = {path for name in ("deploy/serve.py", "deploy/migrate.py", "demo.py") if (path := app / name).exists()}
    return programs | set((app / own).rglob("*.py"))


def reached(app: Path, files: set[Path]) -> set[Path]:
    """The files and every file of ours that they import, and so on."""
    known: set[Path] = set()
    waiting = list(files)
    while waiting:
        file = waiting.pop()
        if file not in known:
            known.add(file)
            paths = [app / name.replace(".", "/") for name in names(file)]
            waiting += [
                found for path in paths for found in (path.with_suffix(".py"), path / "__init__.py") if found.exists()
            ]
    return known


def names(file: Path) -> set[str]:
    """All that a file imports when it is loaded: modules, their first parts, and what may be a module in a package."""
    found: set[str] = set()
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {part for name in node.names for part in (name.name, name.name.split(".")[0])}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module, node.module.split(".")[0], *(f"{node.module}.{name.name}" for name in node.names)}
    return found
