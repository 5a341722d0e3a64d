"""Where the code of each room is, and how to reach its database."""

import os
from pathlib import Path

SERVICES = Path(__file__).parent.parent / "services"


class DatabaseNotNamed(RuntimeError):
    """No setting names the database of a room."""


def versions_of(room: str) -> Path:
    """Folder of a room's migrations."""
    return SERVICES / room / "migrations" / "versions"


def url_of(room: str) -> str:
    """The room's database: LEADBUS_<ROOM>_DATABASE_URL, or LEADBUS_DATABASE_URL. Raises DatabaseNotNamed."""
    variable = f"LEADBUS_{room.upper()}_DATABASE_URL"
    url = os.environ.get(variable) or os.environ.get("LEADBUS_DATABASE_URL")
    if not url:
        raise DatabaseNotNamed(f"set {variable} (or LEADBUS_DATABASE_URL) to reach the database of {room}")
    return url
