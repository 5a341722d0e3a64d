"""`leadbus territories lint` on the example company, whole and with holes."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli import rules, territories
from services.router import gazetteer
from tests.company_folder import EXAMPLE, edited_company


@pytest.fixture(autouse=True)
def some_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the ZIP codes, and all of Iowa's."""
    every = dict(gazetteer.states())
    kept = {code: state for number, (code, state) in enumerate(every.items()) if state == "IA" or not number % 100}
    monkeypatch.setattr(gazetteer, "states", lambda: kept)


def run(app: Any, *words: str) -> Any:
    return CliRunner().invoke(app, [*words], env={"COLUMNS": "300"})


@pytest.mark.parametrize("app", [territories.territories, rules.rules])
def test_the_example_company_leaves_nothing_open(app: Any) -> None:
    shown = run(app, "lint", "--company", str(EXAMPLE))

    assert shown.exit_code == 0, shown.output
    assert "No gaps, no ties and no dead entries." in shown.output


def test_holes_are_told_and_end_with_1(tmp_path: Path) -> None:
    company = edited_company(
        tmp_path,
        ("territories.yml", "  - {id: us, country: US, owners: [inside-sales-east, inside-sales-west]}\n", ""),
        ("territories.yml", "  # Iowa\n", "  # Iowa\n  - {id: no-such-place, country: US, postcodes: ['00000'],"
         " owners: [hawkeye-implement]}\n"),
    )  # fmt: skip
    shown = run(territories.territories, "lint", "--company", str(company), "--json")
    found = json.loads(shown.output)

    assert shown.exit_code == 1
    assert found["dead"] == ["no-such-place"]
    assert {"TX", "FL"} <= {gap["state"] for gap in found["gaps"]}
    assert found["ownerless"] == []
    assert found["ties"] == []
