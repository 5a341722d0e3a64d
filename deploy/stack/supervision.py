"""Keeps the processes of an instance running, through the `supervisor` library.

supervisord is started without any program running; `Stack` then starts them in order, as each becomes ready. From
then on supervisord restarts what crashes, also after the command that started it has ended.
"""

import http.client
import os
import shlex
import subprocess
import sys
import time
import xmlrpc.client
from pathlib import Path
from typing import Any

from deploy.stack.errors import StackError
from deploy.stack.instance import REPOSITORY, Instance, inherited_environment
from deploy.stack.process import RECORD_THEN_BECOME, TOKEN, Process, end, pid_file, recorded_pid, tail, wait_until

NAME = "supervisor"

DAEMON = """\
[supervisord]
nodaemon = true
identifier = leadbus-{short_hash}
logfile = {logs}/supervisor.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {run}/supervisord.pid
directory = {repository}
{user}
[inet_http_server]
port = 127.0.0.1:{port}
username = leadbus
password = {password}

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = programs/*.conf
"""

PROGRAM = """\
[program:{name}]
command = {command}
environment = {environment}
directory = {repository}
priority = {priority}
autostart = false
autorestart = true
startsecs = 1
; Never give up: a room that cannot start while its database is away must be back when the database is.
startretries = 1000000
stopsignal = {stop_signal}
stopwaitsecs = {stop_seconds}
killasgroup = true
redirect_stderr = true
stdout_logfile = {logs}/{name}.log
stdout_logfile_maxbytes = 20MB
stdout_logfile_backups = 1
"""


class Supervisor:
    """supervisord of one instance, and the way to talk to it."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance

    def running(self) -> bool:
        """Whether the supervisor that this instance recorded still runs."""
        return recorded_pid(self.instance, NAME) is not None

    def launch(self, processes: list[Process], *, dies_with_us: bool) -> None:
        """Start supervisord with `processes` known and none of them running.

        `dies_with_us`: it stops everything when the calling thread's process ends, however that ends.
        """
        self.instance.make_folders()
        programs = self.instance.part("run/programs")
        for old in programs.glob("*.conf"):
            old.unlink()
        for process in processes:
            self._write_program(process)
        configuration = self.instance.run / "supervisord.conf"
        _write_private(configuration, self._daemon())
        launcher = ["setpriv", "--pdeathsig=TERM"] if dies_with_us else []
        with open(self.instance.logs / "supervisord.out", "wb") as output:
            subprocess.Popen(
                [
                    *launcher, "/bin/sh", "-c", RECORD_THEN_BECOME, str(pid_file(self.instance, NAME)),
                    sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration),
                ],
                env=inherited_environment() | {TOKEN: self.instance.secret("token")},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        if not wait_until(self._answers, 20):
            log = self.instance.logs / "supervisord.out"
            raise StackError(f"the supervisor did not start; the end of {log}:\n{tail(log)}")

    def add(self, process: Process) -> None:
        """Make a further process known, without starting it."""
        self._write_program(process)
        self._call("reloadConfig")
        if process.name not in self.states():
            self._call("addProcessGroup", process.name)

    def start(self, name: str) -> None:
        if self.info(name)["statename"] not in {"RUNNING", "STARTING"}:
            self._call("startProcess", name, False)

    def stop(self, *names: str, seconds: float = 30) -> None:
        """Stop `names` at once, each with its own signal, and wait until all have ended."""
        running = [name for name in names if self.info(name)["statename"] not in {"STOPPED", "EXITED", "FATAL"}]
        for name in running:
            self._call("stopProcess", name, False)
        # The supervisor itself kills whoever outlives its time; the margin is for its own rounds of a second.
        if not wait_until(lambda: all(self.stopped(name) for name in running), seconds + 5):
            raise StackError(
                f"{', '.join(running)} did not stop within {seconds:.0f} seconds; see {self.instance.logs}"
            )

    def stopped(self, name: str) -> bool:
        return self.info(name)["statename"] in {"STOPPED", "EXITED", "FATAL"}

    def wait_ready(self, process: Process, seconds: float) -> None:
        """Wait until `process` is ready. Raises StackError with the end of its log when it keeps dying instead."""
        ready = process.ready or (lambda: self.info(process.name)["statename"] == "RUNNING")
        given_up = time.monotonic() + seconds
        deaths, last_pid = 0, 0
        while not ready():
            found = self.info(process.name)
            if found["pid"] not in {0, last_pid}:
                deaths, last_pid = deaths + 1, found["pid"]
            if deaths > 2 or time.monotonic() > given_up or found["statename"] == "FATAL":
                log = self.instance.logs / f"{process.name}.log"
                raise StackError(f"{process.name} does not get ready; the end of {log}:\n{tail(log)}")
            time.sleep(0.1)

    def shutdown(self) -> None:
        """End supervisord and whatever it still runs."""
        pid = recorded_pid(self.instance, NAME)
        if pid:
            end({pid}, patience=60)
        pid_file(self.instance, NAME).unlink(missing_ok=True)

    def info(self, name: str) -> dict[str, Any]:
        """What supervisord knows of `name`: statename, pid (0 when down), start, exitstatus. Raises StackError."""
        found: dict[str, Any] = self._call("getProcessInfo", name)
        return found

    def states(self) -> dict[str, dict[str, Any]]:
        """`info` of every process, by name."""
        return {row["name"]: row for row in self._call("getAllProcessInfo")}

    def _answers(self) -> bool:
        try:
            return bool(self._call("getState")["statename"] == "RUNNING")
        except StackError:
            return False

    def _call(self, method: str, *arguments: Any) -> Any:
        password, port = self.instance.secret("supervisor"), self.instance.port("supervisor")
        server = xmlrpc.client.ServerProxy(f"http://leadbus:{password}@127.0.0.1:{port}/RPC2")
        try:
            with server:
                return getattr(server.supervisor, method)(*arguments)
        except xmlrpc.client.Fault as fault:
            raise StackError(f"{' '.join([method, *map(str, arguments)])}: {fault.faultString}") from fault
        except (OSError, http.client.HTTPException, xmlrpc.client.ProtocolError) as broken:
            raise StackError("the supervisor of this instance does not answer; run: leadbus up") from broken

    def _daemon(self) -> str:
        return DAEMON.format(
            short_hash=self.instance.short_hash,
            logs=_escaped(str(self.instance.logs)),
            run=_escaped(str(self.instance.run)),
            repository=_escaped(str(REPOSITORY)),
            port=self.instance.port("supervisor"),
            password=self.instance.secret("supervisor"),
            user="user = root\n" if os.geteuid() == 0 else "",  # else it warns that it runs as root
        )

    def _write_program(self, process: Process) -> None:
        # What supervisord does not set for a process comes from its own environment, `inherited_environment()`.
        pairs = process.environment.items()
        text = PROGRAM.format(
            name=process.name,
            command=_escaped(shlex.join(process.recorded(self.instance))),
            environment=",".join(f"{key}={_quoted(value)}" for key, value in pairs),
            repository=_escaped(str(REPOSITORY)),
            priority=process.priority,
            stop_signal=process.stop_signal.name[3:],
            stop_seconds=process.stop_seconds,
            logs=_escaped(str(self.instance.logs)),
        )
        _write_private(self.instance.part("run/programs") / f"{process.name}.conf", text)


def _escaped(value: str) -> str:
    """supervisord expands %(...)s in every value."""
    return value.replace("%", "%%")


def _quoted(value: str) -> str:
    inside = value.replace("\\", "\\\\").replace('"', '\\"')
    return _escaped(f'"{inside}"')


def _write_private(path: Path, text: str) -> None:
    """The file holds passwords: nobody else may read it, not even for a moment."""
    path.touch(mode=0o600)
    path.write_text(text)
