"""The code that an image gets: all that it imports, and nothing of another room. No engine is needed to see that."""

import ast
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
OURS = ("shared", "services", "gateway", "deploy", "tests")
IMAGES = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics", "gateway", "demo")


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
