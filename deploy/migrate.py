"""Brings databases to the state that the code needs: `python -m deploy.migrate capture`, or `--all`.

A room's database is LEADBUS_<ROOM>_DATABASE_URL, or LEADBUS_DATABASE_URL for a single room.
"""

import sys

from deploy import ROOMS
from deploy.rooms import DatabaseNotNamed, url_of, versions_of
from shared.database import engine as engines
from shared.database import migrations


def migrate(room: str, url: str) -> list[str]:
    """Runs what is pending. Returns the revisions that were run."""
    engine = engines.create(url, pool_size=2, application="leadbus-migrate")
    try:
        before = migrations.pending(engine, versions_of(room))
        migrations.upgrade(engine, versions_of(room))
        return before
    finally:
        engine.dispose()


def main(argv: list[str]) -> int:
    """Migrates the rooms that are named. Returns the exit code."""
    rooms = ROOMS if argv[1:] == ["--all"] else tuple(argv[1:])
    if not rooms or any(room not in ROOMS for room in rooms):
        print(f"usage: python -m deploy.migrate --all | {' | '.join(ROOMS)}", file=sys.stderr)
        return 2
    for room in rooms:
        try:
            done = migrate(room, url_of(room))
        except DatabaseNotNamed as problem:
            print(f"leadbus: {problem}", file=sys.stderr)
            return 2
        print(f"{room}: {', '.join(done) if done else 'nothing to do'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
