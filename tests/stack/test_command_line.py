"""The command line: what it prints for people and for scripts, and what it says when something is wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.cli.clock import seconds_in
from deploy.cli.status import duration
from deploy.stack import StackError
from deploy.stack.instance import REPOSITORY
from gateway.keys import KeyRing


def leadbus(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADBUS_")}
    return subprocess.run(
        [sys.executable, "-c", "from deploy.cli.main import app; app()", *words],
        cwd=REPOSITORY,
        env=kept | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("text", "seconds"), [("+3d", 259200), ("+2h30m", 9000), ("+1w", 604800), ("+45min", 2700), ("+2y", 63072000)]
)
def test_the_clock_moves_by_a_readable_amount(text: str, seconds: int) -> None:
    assert seconds_in(text) == seconds


@pytest.mark.parametrize("text", ["3d", "-1d", "+", "+3", "+3x", "tomorrow"])
def test_the_clock_refuses_what_is_not_a_way_forward(text: str) -> None:
    with pytest.raises(StackError, match="Time only moves on"):
        seconds_in(text)


@pytest.mark.parametrize(("seconds", "text"), [(0, "0 s"), (59, "59 s"), (3700, "1 h 1 min"), (273600, "3 d 4 h")])
def test_durations_show_their_two_largest_units(seconds: int, text: str) -> None:
    assert duration(seconds) == text


def test_the_clock_of_an_instance_adds_up_and_returns(tmp_path: Path) -> None:
    folder = str(tmp_path / "instance")
    (tmp_path / "instance").mkdir()
    leadbus("clock", "+3d", "-i", folder)
    ahead = json.loads(leadbus("clock", "+1h", "--json", "-i", folder).stdout)
    back = json.loads(leadbus("clock", "reset", "--json", "-i", folder).stdout)

    assert ahead["offset_seconds"] == 262800
    assert back["offset_seconds"] == 0


def test_a_key_works_until_it_is_revoked_and_is_never_stored(tmp_path: Path) -> None:
    file = tmp_path / "keys.yml"
    made = json.loads(leadbus("key", "add", "Fair", "--scope", "intake", "--json", LEADBUS_KEYS_FILE=str(file)).stdout)
    accepted = KeyRing(file).authenticate(made["key"])
    stored = file.read_text()
    leadbus("key", "revoke", made["id"], LEADBUS_KEYS_FILE=str(file))
    listed = json.loads(leadbus("key", "list", "--json", LEADBUS_KEYS_FILE=str(file)).stdout)

    assert accepted
    assert accepted.name == "Fair"
    assert made["key"].split("_", 2)[2] not in stored
    assert file.stat().st_mode & 0o077 == 0
    assert KeyRing(file).authenticate(made["key"]) is None
    assert [(row["name"], row["revoked"]) for row in listed] == [("Fair", True)]


def test_status_of_an_instance_that_is_down_names_the_next_step(tmp_path: Path) -> None:
    done = leadbus("status", "-i", str(tmp_path / "none"))

    assert done.returncode == 1
    assert "leadbus up" in done.stderr


def test_doctor_answers_scripts(tmp_path: Path) -> None:
    done = leadbus("doctor", "--json", "-i", str(tmp_path / "none"))
    states = {finding["check"]: finding["state"] for finding in json.loads(done.stdout)}

    assert states["packages"] == "ok"
    assert states["instance"] == "look"


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["serve", "kitchen"], "the rooms are capture"),
        (["up", "kitchen"], "the rooms are capture"),
        (["up", "--replicas", "capture"], "like --replicas qualify=2"),
        (["key", "add", "Fair", "--scope", "everything"], "intake"),
        (["migrate"], "--all"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_the_way_out(tmp_path: Path, words: list[str], hint: str) -> None:
    done = leadbus(*words, LEADBUS_INSTANCE=str(tmp_path / "none"))

    assert done.returncode == 1
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
