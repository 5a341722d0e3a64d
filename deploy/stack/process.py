"""One process of an instance: how it is started, told apart, found again and ended.

Each is started through a line of shell that first writes the process' own line of /proc (pid and start time)
and the boot id to `<instance>/run/<name>.pid`, then becomes the command. A later command can thus end exactly
what this instance started, and nothing else, even after its supervisor was killed or the machine restarted.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from deploy.stack.errors import StackError
from deploy.stack.instance import Instance, inherited_environment

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
RECORD_THEN_BECOME = f'cat /proc/$$/stat {BOOT_ID} > "$0" && exec "$@"'
TOKEN = "LEADBUS_INSTANCE_TOKEN"


@dataclass(frozen=True)
class Process:
    """What to run. `priority` orders starting (low first) and stopping (high first)."""

    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    priority: int = 50
    ready: Callable[[], bool] | None = None
    address: str = ""
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: int = 20

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        """The command, preceded by the shell line that records its pid."""
        return ("/bin/sh", "-c", RECORD_THEN_BECOME, str(pid_file(instance, self.name)), *self.command)

    def full_environment(self, instance: Instance) -> dict[str, str]:
        """The caller's environment, this process' own, and the token that marks it as the instance's."""
        return inherited_environment() | self.environment | {TOKEN: instance.secret("token")}


def pid_file(instance: Instance, name: str) -> Path:
    return instance.run / f"{name}.pid"


def recorded_pid(instance: Instance, name: str) -> int | None:
    """The pid of the process recorded under `name`, if that very process still runs."""
    try:
        written = pid_file(instance, name).read_text()
    except FileNotFoundError:
        return None
    record, _, boot = written.strip().rpartition("\n")
    if not record or boot != BOOT_ID.read_text().strip():
        return None
    pid = int(record.split(" ", 1)[0])
    return pid if start_time(pid) == _start_time_of(record) else None


def start_time(pid: int) -> int | None:
    """When `pid` started, in ticks since boot; None when there is no such process (a zombie is none)."""
    try:
        record = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if _state_of(record) in {"Z", "X"} else _start_time_of(record)


def leftovers(instance: Instance) -> set[int]:
    """Processes that this instance started and that still run: the recorded, and those with its token."""
    names = [path.stem for path in instance.run.glob("*.pid")]
    recorded = {pid for name in names if (pid := recorded_pid(instance, name))}
    return recorded | _carrying(f"{TOKEN}={instance.secret('token')}".encode())


def end(pids: set[int], *, first: signal.Signals = signal.SIGTERM, patience: float = 15) -> None:
    """Ask `pids` to stop, and kill whoever still runs after `patience` seconds."""
    known = {pid: start_time(pid) for pid in pids}
    for step, seconds in ((first, patience), (signal.SIGKILL, 5.0)):
        alive = {pid for pid, started in known.items() if started and start_time(pid) == started}
        for pid in alive:
            _signal(pid, step)
        if wait_until(lambda: not any(s and start_time(p) == s for p, s in known.items()), seconds):
            return
    raise StackError(f"processes {sorted(pids)} do not end; look at them with: ps -fp {','.join(map(str, pids))}")


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    """Whether `condition` came true within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
    return True


@contextmanager
def interrupts_held() -> Iterator[None]:
    """A Ctrl-C meanwhile takes effect afterwards: Python drops one that hits a callback of the import machinery."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Running:
    """A process started directly (without a supervisor), for tests that need one server only."""

    def __init__(self, instance: Instance, process: Process) -> None:
        self.instance = instance
        self.process = process
        instance.make_folders()
        self.log = instance.logs / f"{process.name}.log"
        with open(self.log, "ab") as output:
            # Dies with its parent, and does not see the terminal's Ctrl-C: the parent stops it in order.
            self._child = subprocess.Popen(
                ["setpriv", f"--pdeathsig={process.stop_signal.name[3:]}", *process.recorded(instance)],
                env=process.full_environment(instance),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    def wait_ready(self, seconds: float = 60) -> None:
        """Raises StackError with the end of the log when it dies or does not get ready in time."""
        ready = self.process.ready or (lambda: True)
        wait_until(lambda: self._child.poll() is not None or ready(), seconds)
        if self._child.poll() is not None or not ready():
            raise StackError(f"{self.process.name} did not start; the end of {self.log}:\n{tail(self.log)}")

    def stop(self) -> None:
        if self._child.poll() is None:
            self._child.send_signal(self.process.stop_signal)
            try:
                self._child.wait(self.process.stop_seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        pid_file(self.instance, self.process.name).unlink(missing_ok=True)

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        self._child.kill()
        self._child.wait()


def tail(path: Path, lines: int = 25) -> str:
    """The last `lines` of a log."""
    try:
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(no log)"


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _carrying(mark: bytes) -> set[int]:
    found = set()
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            carries = mark in environ.read_bytes().split(b"\0")
        except OSError:
            continue
        if carries:
            found.add(int(environ.parent.name))
    return found - _own_line()


def _own_line() -> set[int]:
    """This process and its ancestors: a command run from inside an instance never ends itself."""
    line, pid = set(), os.getpid()
    while pid > 1:
        line.add(pid)
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except FileNotFoundError:
            break
    return line


# Fields of /proc/<pid>/stat are counted after the command's closing bracket: a command may hold blanks and
# brackets.
def _state_of(record: str) -> str:
    return record.rpartition(")")[2].split()[0]


def _start_time_of(record: str) -> int:
    return int(record.rpartition(")")[2].split()[19])
