"""Which requirements a passing test proves: `pytest --requirements` or `make requirements`.

A test names what it proves with `@pytest.mark.requirement("CAP-3")`. All ids are in
acceptance/requirements.txt.
"""

from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parent / "acceptance" / "requirements.txt"


def all_requirements() -> dict[str, str]:
    """Every requirement id with its title, in order."""
    lines = [line.strip() for line in REQUIREMENTS.read_text().splitlines()]
    rows = (line.split(maxsplit=1) for line in lines if line and not line.startswith("#"))
    return {row[0]: row[1] for row in rows}


class RequirementsReport:
    """A pytest plugin that follows the outcomes of marked tests and lists the requirements at the end."""

    def __init__(self) -> None:
        self._claims: dict[str, set[str]] = {}
        self._passed: set[str] = set()
        self._broken: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        known = all_requirements()
        for item in items:
            for mark in item.iter_markers("requirement"):
                for identifier in mark.args:
                    if identifier not in known:
                        raise pytest.UsageError(
                            f"{item.nodeid} proves {identifier}, which {REQUIREMENTS} does not know"
                        )
                    self._claims.setdefault(identifier, set()).add(item.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._broken.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self._passed.add(report.nodeid)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        known = all_requirements()
        good = self._passed - self._broken
        proven = [
            name for name in known if self._claims.get(name, set()) & good and not self._claims[name] & self._broken
        ]
        broken = [name for name in known if self._claims.get(name, set()) & self._broken]
        terminalreporter.section("requirements")
        for identifier, title in known.items():
            tests = len(self._claims.get(identifier, set()))
            state = "proven" if identifier in proven else "BROKEN" if identifier in broken else "open"
            terminalreporter.write_line(f"{state:7} {identifier:8} {tests:2} tests  {title}")
        terminalreporter.write_line(f"{len(proven)} of {len(known)} requirements proven, {len(broken)} broken")
