"""Processes are found again and ended by pid and start time, never by name."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.stack import Process, StackError
from deploy.stack.instance import Instance
from deploy.stack.process import BOOT_ID, TOKEN, Running, end, leftovers, pid_file, recorded_pid, start_time, wait_until


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return Instance(tmp_path / "instance")


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else, running the same command."""
    process = subprocess.Popen(["sleep", "300"])
    yield process
    process.kill()
    process.wait()


SLEEPER = Process("sleeper", ("sleep", "300"))


def test_what_an_instance_started_is_found_and_ended_and_nothing_else(
    instance: Instance, bystander: subprocess.Popen[bytes]
) -> None:
    running = Running(instance, SLEEPER)
    # Before that it is a shell, with a child that writes the record.
    assert wait_until(lambda: Path(f"/proc/{running.pid}/comm").read_text() == "sleep\n", 10)
    found = leftovers(instance)
    end(found)

    assert found == {running.pid}
    assert start_time(running.pid) is None
    assert bystander.poll() is None


def test_a_recorded_pid_that_another_process_has_by_now_is_not_ours(
    instance: Instance, bystander: subprocess.Popen[bytes]
) -> None:
    line = Path(f"/proc/{bystander.pid}/stat").read_text()
    started = start_time(bystander.pid)
    assert started
    instance.make_folders()
    record, boot = pid_file(instance, "sleeper"), BOOT_ID.read_text()
    record.write_text(line + boot)
    of_this_very_process = recorded_pid(instance, "sleeper")
    record.write_text(line.replace(f" {started} ", f" {started - 1} ") + boot)

    assert of_this_very_process == bystander.pid
    assert recorded_pid(instance, "sleeper") is None
    assert leftovers(instance) == set()


def test_a_record_from_before_a_reboot_is_void(instance: Instance) -> None:
    running, record = Running(instance, SLEEPER), pid_file(instance, "sleeper")
    assert wait_until(lambda: recorded_pid(instance, "sleeper") == running.pid, 10)
    line = record.read_text().splitlines()[0]
    record.write_text(f"{line}\n00000000-0000-0000-0000-000000000000\n")

    assert recorded_pid(instance, "sleeper") is None
    running.stop()


def test_a_child_that_outlived_its_parent_is_found_by_the_token_of_the_instance(instance: Instance) -> None:
    mark = {TOKEN: instance.secret("token")}
    orphan = subprocess.Popen(["sleep", "300"], env=mark)

    assert leftovers(instance) == {orphan.pid}
    orphan.kill()
    orphan.wait()


def test_a_process_that_ignores_the_first_signal_is_killed(instance: Instance) -> None:
    stubborn = Process("stubborn", ("sh", "-c", "trap '' TERM; echo deaf; while :; do sleep 1; done"))
    Running(instance, stubborn)
    log = instance.logs / "stubborn.log"
    assert wait_until(lambda: "deaf" in log.read_text(), 10)
    end(leftovers(instance), patience=0.2)

    # The shell may have begun one more `sleep 1` since it was looked at; that ends by itself.
    assert wait_until(lambda: leftovers(instance) == set(), 5)


def test_one_that_dies_at_the_start_shows_the_end_of_its_log(instance: Instance) -> None:
    broken = Process("broken", ("sh", "-c", "echo no such table; exit 3"), ready=lambda: False)

    with pytest.raises(StackError, match="no such table"):
        Running(instance, broken).wait_ready()
