"""The company's files are read again when they change, and what cannot be used changes nothing."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from services.capture.present import Present
from tests.integration.capture.desk import COMPANY


class Time:
    """Of this test: files are written at its `at`."""

    at = 1_700_000_000.0

    def now(self) -> float:
        return self.at


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = Path(shutil.copytree(COMPANY, tmp_path / "company"))
    for file in found.glob("*.yml"):
        os.utime(file, (Time.at - 100, Time.at - 100))
    return found


def written(folder: Path, time: Time, old: str, new: str) -> None:
    file = folder / "sources.yml"
    file.write_text(file.read_text().replace(old, new, 1))
    os.utime(file, (time.at, time.at))


def target(present: Present) -> str | None:
    """Where the website's newsletter box leads."""
    known: Any = present._up_to_date()
    found: str | None = known._files.sources["website-contact"].fields.get("newsletter")
    return found


def test_a_changed_mapping_holds_within_seconds(folder: Path) -> None:
    time = Time()
    present = Present(folder, quiet_seconds=1.0, now=time.now)
    assert target(present) == "consent.email"

    written(folder, time, "newsletter: consent.email", "newsletter: consent.post")
    time.at += 0.9
    assert target(present) == "consent.email", "somebody may still be writing"
    time.at += 1.1
    assert target(present) == "consent.post"
    assert present.remarks() == []


def test_between_two_looks_no_file_is_looked_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time()
    present = Present(folder, quiet_seconds=1.0, now=time.now)
    target(present)
    monkeypatch.setattr(Path, "glob", lambda *_: pytest.fail("looked"))
    time.at += 0.5

    assert target(present) == "consent.email"


@pytest.mark.parametrize("broken", [b"sources: [", b"\xff\xfe\x00", b"sources: {website-contact: {name: 1}}", b""])
def test_files_that_cannot_be_used_leave_the_register_and_are_told_until_they_are_put_right(
    folder: Path, broken: bytes
) -> None:
    time = Time()
    present = Present(folder, quiet_seconds=1.0, now=time.now)
    target(present)
    good = (folder / "sources.yml").read_bytes()

    (folder / "sources.yml").write_bytes(broken)
    os.utime(folder / "sources.yml", (time.at, time.at))
    time.at += 2
    assert target(present) == "consent.email"
    [remark] = present.remarks()
    assert ".yml: " in remark

    (folder / "sources.yml").write_bytes(good)
    os.utime(folder / "sources.yml", (time.at, time.at))
    time.at += 2
    assert (target(present), present.remarks()) == ("consent.email", [])


def test_a_file_that_is_away_for_a_moment_is_no_change(folder: Path) -> None:
    time = Time()
    present = Present(folder, quiet_seconds=1.0, now=time.now)
    target(present)
    (folder / "sources.yml").rename(folder / "sources.yml.swap")
    time.at += 2

    assert target(present) == "consent.email"
