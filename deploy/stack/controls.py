"""Looking into a running stack, and breaking it on purpose: what tests of failures do."""

import os
import signal
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

from deploy.stack.errors import StackError
from deploy.stack.instance import Instance
from deploy.stack.process import Process, wait_until
from deploy.stack.supervision import Supervisor

# A busy machine with two cores takes long to start eight Pythons at once.
READY_SECONDS = 180.0


class Controls(ABC):
    """Of the processes that `supervisor` keeps."""

    instance: Instance
    supervisor: Supervisor

    @abstractmethod
    def definitions(self) -> list[Process]:
        """Every process of the instance, in the order of starting."""

    @property
    def processes(self) -> dict[str, int]:
        """The pid of every process that runs, by name."""
        return {name: row["pid"] for name, row in self.supervisor.states().items() if row["pid"]}

    def logs(self, name: str) -> str:
        """What a process has written so far."""
        path = self.instance.logs / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def kill(self, name: str) -> None:
        """SIGKILL of a process and its children. The supervisor starts it again; see `wait_ready`.

        Returns when the supervisor has noticed, within a second.
        """
        pid = self._pid(name)
        os.killpg(pid, signal.SIGKILL)
        wait_until(lambda: self.supervisor.info(name)["pid"] != pid, 10)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send any signal to a process: SIGTERM as a deployment does, SIGSTOP to make it hang."""
        os.kill(self._pid(name), number)

    def stop_process(self, name: str) -> None:
        """Stop a process, which stays down until `start_process`."""
        self.supervisor.stop(name)

    def start_process(self, name: str) -> None:
        self.supervisor.start(name)
        self.wait_ready(name)

    def wait_ready(self, *names: str, seconds: float = READY_SECONDS) -> None:
        """Wait until `names` (default: all) are ready. Raises StackError when one is not in time."""
        chosen = [process for process in self.definitions() if not names or process.name in names]
        with ThreadPoolExecutor(len(chosen) or 1) as pool:
            list(pool.map(lambda process: self.supervisor.wait_ready(process, seconds), chosen))

    def stop_broker(self) -> None:
        self.stop_process("broker")

    def start_broker(self) -> None:
        self.start_process("broker")

    def restart_broker(self) -> None:
        """An orderly stop and start, as an upgrade does. `kill("broker")` is the disorderly one."""
        self.stop_broker()
        self.start_broker()

    def stop_database(self) -> None:
        self.stop_process("database")

    def start_database(self) -> None:
        self.start_process("database")

    def restart_database(self) -> None:
        self.stop_database()
        self.start_database()

    def _pid(self, name: str) -> int:
        found: list[int] = []

        def runs() -> bool:
            found.append(int(self.supervisor.info(name)["pid"]))
            return found[-1] > 0

        # Between a crash and the new start there is none for a moment.
        if not wait_until(runs, 10):
            raise StackError(f"{name} does not run; see {self.instance.logs / name}.log")
        return found[-1]
