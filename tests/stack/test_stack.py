"""The local stack keeps its processes running, and leaves none behind however it ends."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from deploy.stack import Broker, Process, Stack, StackError
from deploy.stack.instance import REPOSITORY, Instance
from deploy.stack.process import leftovers, recorded_pid, start_time, tail, wait_until

WORKER = Process("worker", ("sleep", "1000"), priority=60)


@pytest.fixture
def folder(tmp_path: Path, broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Of an instance that uses the session's broker: its own takes long to start."""
    monkeypatch.setenv("AMQP_URI", broker.uri)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    tmp_path.chmod(0o755)
    return tmp_path / "instance"


@pytest.fixture
def stack(folder: Path) -> Iterator[Stack]:
    with Stack(folder, rooms=(), gateway=False, mail=False, extra=[WORKER]) as running:
        yield running


def test_a_killed_process_is_started_again(stack: Stack) -> None:
    before = stack.processes["worker"]
    stack.kill("worker")
    stack.wait_ready("worker")

    assert stack.processes["worker"] != before


def test_a_stopped_process_stays_down_until_it_is_started(stack: Stack) -> None:
    stack.stop_process("worker")
    down = "worker" not in stack.processes
    stack.start_process("worker")

    assert down
    assert "worker" in stack.processes


def test_the_database_keeps_its_rows_over_a_kill_and_a_restart(stack: Stack) -> None:
    url = stack.database.ensure_room("capture").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE leads AS SELECT 7 AS id")
    stack.kill("database")
    stack.wait_ready("database")
    stack.restart_database()
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT id FROM leads").fetchone()

    assert row == (7,)


def test_a_second_start_joins_and_does_not_stop_what_it_did_not_start(stack: Stack, folder: Path) -> None:
    before = stack.processes
    with Stack(folder, rooms=(), gateway=False, mail=False, extra=[WORKER]):
        pass

    assert stack.processes == before


def test_a_process_can_be_added_while_the_stack_runs(stack: Stack) -> None:
    stack.add(Process("dealer", ("sleep", "1000"), priority=70))

    assert "dealer" in stack.processes


def test_a_process_that_keeps_dying_is_told_with_the_end_of_its_log(stack: Stack) -> None:
    with pytest.raises(StackError, match="cannot reach the moon"):
        stack.add(Process("broken", ("sh", "-c", "echo cannot reach the moon; exit 1"), ready=lambda: False))


def test_mails_end_in_a_mailbox_that_can_be_read(folder: Path) -> None:
    import smtplib

    with Stack(folder, rooms=(), gateway=False) as stack:
        host, _, port = stack.smtp_url.removeprefix("smtp://").partition(":")
        with smtplib.SMTP(host, int(port)) as server:
            server.sendmail("us@example.com", ["pat@example.com"], "Subject: Your catalogue\r\n\r\nHere it is.")
        subjects = [mail["Subject"] for mail in stack.mails()]

    assert subjects == ["Your catalogue"]


def test_the_next_start_ends_what_a_killed_supervisor_left(folder: Path) -> None:
    first = Stack(folder, rooms=(), gateway=False, mail=False, extra=[WORKER])
    first.start()
    left = first.processes
    os.kill(recorded_pid(first.instance, "supervisor") or 0, signal.SIGKILL)
    assert wait_until(lambda: not first.running, 5)
    survivors = {pid for pid in left.values() if start_time(pid)}
    with Stack(folder, rooms=(), gateway=False, mail=False, extra=[WORKER]) as second:
        ended = all(start_time(pid) is None for pid in survivors)
        anew = set(second.processes)

    assert survivors == set(left.values())
    assert ended
    assert anew == {"database", "worker"}


SCRIPT = """
    import faulthandler, signal
    faulthandler.register(signal.SIGUSR1)
    # Whoever runs the tests in the background of a shell has them ignore it, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from deploy.stack import Process, Stack

    worker = Process("worker", ("sleep", "1000"), priority=60)
    with Stack({folder!r}, rooms=(), gateway=False, mail=False, extra=[worker], progress=print) as stack:
        print("UP", flush=True)
        signal.pause()
"""


def start_elsewhere(folder: Path, until: str) -> subprocess.Popen[str]:
    """A process that runs a stack and has come as far as printing `until`."""
    script = textwrap.dedent(SCRIPT.format(folder=str(folder)))
    process = subprocess.Popen([sys.executable, "-u", "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    for line in process.stdout:
        if until in line:
            break
    return process


@pytest.mark.parametrize("moment", ["UP", "waiting for database"])
def test_ctrl_c_leaves_nothing_behind(folder: Path, moment: str) -> None:
    process = start_elsewhere(folder, moment)
    process.send_signal(signal.SIGINT)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGUSR1)  # it writes where it hangs
        pytest.fail(tail(Instance(folder).logs / "supervisor.log"))

    assert leftovers(Instance(folder)) == set()


def test_the_kill_of_its_owner_leaves_nothing_behind(folder: Path) -> None:
    process = start_elsewhere(folder, "UP")
    process.kill()
    process.wait()

    assert wait_until(lambda: not leftovers(Instance(folder)), 30)


def test_two_instances_run_side_by_side(folder: Path, stack: Stack) -> None:
    with Stack(folder.with_name("other"), rooms=(), gateway=False, mail=False, extra=[WORKER]) as other:
        both = stack.processes["worker"] != other.processes["worker"]
        ports = stack.database.port != other.database.port

    assert both
    assert ports
    assert "worker" in stack.processes


@pytest.mark.slow
def test_its_own_broker_comes_back_with_what_was_confirmed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kombu import Connection

    monkeypatch.delenv("AMQP_URI")
    with Stack(folder, rooms=(), gateway=False, mail=False) as stack:
        with Connection(stack.amqp_uri, transport_options={"confirm_publish": True}) as connection:
            queue = connection.SimpleQueue("leads")
            queue.put({"lead": 1})
        stack.kill("broker")
        stack.wait_ready("broker")
        stack.restart_broker()
        with Connection(stack.amqp_uri) as connection:
            message = connection.SimpleQueue("leads").get(timeout=5)
            lead = message.payload
            message.ack()

    assert lead == {"lead": 1}
