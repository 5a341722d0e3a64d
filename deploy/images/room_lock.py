"""Print the part of requirements.lock that one room needs, hashes included.

`python room_lock.py capture` starts from the project's dependencies and the room's extra and follows the lock's own
"via" comments, so that an image installs exactly the locked files and nothing that only another room uses.
`core` stands for no extra at all; `--only NAME` starts from that package alone. Exits with 1 when a name is unknown.
"""

import argparse
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==")


def canonical(requirement: str) -> str:
    """The name in a requirement line, as indexes compare names (PEP 503)."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    if name is None:
        raise ValueError(f"not a requirement: {requirement!r}")
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def entries(lock: str) -> dict[str, list[str]]:
    """The lines of each package in the lock, by canonical name."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in lock.splitlines():
        pinned = PINNED.match(line)
        if pinned:
            current = found.setdefault(canonical(pinned[1]), [])
        if pinned or line.startswith("    "):
            current.append(line)
    return found


def needs(packages: Mapping[str, list[str]]) -> dict[str, set[str]]:
    """What each package pulls in: the lock says it the other way round, in its "via" comments."""
    pulled: dict[str, set[str]] = {name: set() for name in packages}
    for name, lines in packages.items():
        for line in lines:
            comment = line.strip()
            if comment.startswith("#"):
                parent = comment.lstrip("# ").removeprefix("via").strip()
                if parent and canonical(parent) in pulled:
                    pulled[canonical(parent)].add(name)
    return pulled


def closure(roots: Iterable[str], pulled: Mapping[str, set[str]]) -> set[str]:
    """The roots and everything below them. Raises KeyError for a root that is not locked."""
    reached: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(pulled[name])
    return reached


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rooms", nargs="*", help="names of extras; core for none")
    parser.add_argument("--only", action="append", default=[], metavar="PACKAGE")
    parser.add_argument("--project", type=Path, default=Path("pyproject.toml"))
    parser.add_argument("--lock", type=Path, default=Path("requirements.lock"))
    asked = parser.parse_args()
    project = tomllib.loads(asked.project.read_text())["project"]
    packages = entries(asked.lock.read_text())
    try:
        wanted = list(asked.only)
        for room in asked.rooms:
            wanted += project["dependencies"]
            wanted += [] if room == "core" else project["optional-dependencies"][room]
        names = closure(map(canonical, wanted), needs(packages))
    except KeyError as unknown:
        print(f"room_lock: {unknown} is neither an extra nor a locked package", file=sys.stderr)
        return 1
    for name in sorted(names):
        print("\n".join(line for line in packages[name] if not line.strip().startswith("#")))
    return 0


if __name__ == "__main__":
    sys.exit(main())
