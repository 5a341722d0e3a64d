"""The rooms as their services declare them."""

import importlib
import os
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

from shared.room import Room

ROOT = Path(__file__).parents[2]
COMPANY = ROOT / "deploy" / "company"
NAMES = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics")
#: Rooms read settings when they are built; nothing connects.
ENVIRONMENT = {
    "LEADBUS_SECRET": "only-for-tests-" * 3,
    "LEADBUS_DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/nothing",
}


def services() -> dict[str, Any]:
    """The service module of every room."""
    there = [name for name in NAMES if (ROOT / "services" / name / "service.py").exists()]
    return {name: importlib.import_module(f"services.{name}.service") for name in there}


@cache
def rooms() -> dict[str, Room]:
    """What every room reacts to, with the example company's rules."""
    with patch.dict(os.environ, ENVIRONMENT):
        return {name: module.room(COMPANY) for name, module in services().items()}
