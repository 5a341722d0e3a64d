"""A copy of the example company with some of its texts replaced."""

import shutil
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "deploy" / "company"


def edited_company(folder: Path, *edits: tuple[str, str, str]) -> Path:
    """The company in `folder`, each edit (file, old text, new text) done once."""
    target = folder / "company"
    shutil.copytree(EXAMPLE, target)
    for name, old, new in edits:
        text = (target / name).read_text()
        assert old in text, f"{name} has no {old!r}"
        (target / name).write_text(text.replace(old, new, 1))
    return target
