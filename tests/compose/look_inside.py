"""Run inside an image, with nothing but its own Python: print as JSON what it holds and as whom it runs."""

import importlib.util
import json
import os
import sys
from importlib.metadata import distributions
from pathlib import Path


def folders(path: Path) -> list[str]:
    """Names of the packages in a folder; none when there is no such folder."""
    return sorted(child.parent.name for child in path.glob("*/__init__.py"))


def writable(*roots: str) -> list[str]:
    """Files and folders below `roots` that this user could change."""
    found = [root for root in roots if os.access(root, os.W_OK)]
    for root in roots:
        for folder, names, files in os.walk(root):
            paths = [os.path.join(folder, name) for name in names + files]
            found += [path for path in paths if not os.path.islink(path) and os.access(path, os.W_OK)]
    return found


def letter_drawn() -> bool:
    """Whether WeasyPrint and the libraries below it work here."""
    if importlib.util.find_spec("weasyprint") is None:
        return False
    import weasyprint

    return bytes(weasyprint.HTML(string="<p>Grüße</p>").write_pdf()).startswith(b"%PDF")


print(
    json.dumps(
        {
            "user": os.getuid(),
            "writable": writable("/app", sys.prefix),
            "code": folders(Path("/app")),
            "rooms": folders(Path("/app/services")),
            "files": sorted(child.name for child in Path("/app").iterdir()),
            "deploy": sorted(child.name for child in Path("/app/deploy").glob("*.py")),
            "packages": sorted({found.name.lower().replace("_", "-").replace(".", "-") for found in distributions()}),
            "draws": letter_drawn(),
        }
    )
)
