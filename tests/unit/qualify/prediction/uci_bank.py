"""UCI Bank Marketing as examples: 45,211 calls in the order of their dates, 11.7 % of them with success."""

import csv
import os
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from deploy.stack.instance import REPOSITORY
from services.qualify.prediction.examples import Example
from services.qualify.prediction.learning.table import Table

AMOUNTS = ("age", "balance", "day", "campaign", "pdays", "previous", "duration")
FLAGS = ("default", "housing", "loan")
START = datetime(2008, 5, 5, tzinfo=UTC)


def sample_data() -> Path:
    """The folder of public data sets; skips the test where there is none."""
    folder = Path(os.environ.get("LEADBUS_SAMPLE_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no sample data: LEADBUS_SAMPLE_DATA names no folder, and {folder} is none")
    return folder


def bank(left_out: Collection[str] = ()) -> Table:
    """All calls; what the bank did not know ("unknown", no earlier contact) is not known."""
    file = sample_data() / "uci-bank" / "bank-full.csv"
    if not file.exists():
        pytest.skip(f"no sample data: {file} is not there")
    with file.open() as opened:
        return Table.of(_example(place, row, left_out) for place, row in enumerate(csv.DictReader(opened)))


def _example(place: int, row: dict[str, str], left_out: Collection[str]) -> Example:
    begun = START + timedelta(minutes=15 * place)
    facts = {name: _value(name, text) for name, text in row.items() if name != "y" and name not in left_out}
    return Example(begun, begun, row["y"] == "yes", facts, frozenset())


def _value(name: str, text: str) -> float | bool | str | None:
    if text == "unknown" or (name == "pdays" and text == "-1"):
        return None
    if name in AMOUNTS:
        return float(text)
    return text == "yes" if name in FLAGS else text
