"""A private RabbitMQ from Debian's package, or an existing broker that AMQP_URI points to.

It shares nothing with a RabbitMQ that the machine may run besides: own node name, cookie, epmd and ports, all
on loopback, all files under the instance's folder.
"""

import os
import shutil
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Self

from amqp import Connection
from amqp.exceptions import AMQPError

from deploy.stack.errors import StackError
from deploy.stack.instance import Instance
from deploy.stack.process import Process, Running, end, recorded_pid

# Not /usr/sbin/rabbitmq-server: that wrapper insists on the user `rabbitmq`.
PROGRAMS = Path("/usr/lib/rabbitmq/bin")
USER = "leadbus"

CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{port}
default_user = {user}
default_pass = {password}
loopback_users = none
# An alarm blocks every publisher: a developer's machine is busy with other things, not out of memory.
vm_memory_high_watermark.absolute = 4GB
disk_free_limit.absolute = 50MB
# Nobody reads the statistics: gathering them every five seconds only costs CPU.
collect_statistics_interval = 60000
management_agent.disable_metrics_collector = true
log.console = true
log.console.level = warning
log.file = false
"""

# Erlang's schedulers spin while they wait unless told not to, and it sizes its port table by the limit on
# open files, which is a thousand million in some containers.
ERLANG = (
    "+sbwt none +sbwtdcpu none +sbwtdio none +Q 65536 -kernel inet_dist_use_interface {127,0,0,1} -start_epmd false"
)


class Broker:
    """One RabbitMQ node. `uri` overrides AMQP_URI; with either, nothing is started or stopped."""

    def __init__(self, folder: Path | str | Instance, *, uri: str | None = None) -> None:
        self.instance = folder if isinstance(folder, Instance) else Instance(folder)
        self.given_uri = uri or os.environ.get("AMQP_URI")
        self._running: list[Running] = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start the node and wait until it takes connections. Raises StackError with the end of its log."""
        if self.given_uri:
            return
        self.end_leftovers()
        self.prepare()
        for process in self.processes():
            self._running.append(Running(self.instance, process))
            self._running[-1].wait_ready(90)

    def stop(self) -> None:
        while self._running:
            self._running.pop().stop()

    def end_leftovers(self) -> None:
        """End what an earlier, killed run of this instance left behind."""
        names = ("broker", "epmd")
        if left := {pid for name in names if (pid := recorded_pid(self.instance, name))}:
            end(left)

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill(self) -> None:
        """SIGKILL of the node, as a power cut would do; `start` recovers it."""
        if not self._running:
            raise StackError("this broker is not ours to kill: AMQP_URI points to an existing one")
        self._running[-1].kill()
        self.stop()

    @property
    def uri(self) -> str:
        """The AMQP URI of the default virtual host."""
        if self.given_uri:
            return self.given_uri
        return f"amqp://{USER}:{self.instance.secret('broker')}@127.0.0.1:{self.port}//"

    @property
    def port(self) -> int:
        return self.instance.port("broker")

    def vhost(self, name: str) -> str:
        """The URI of a virtual host, made when missing. The queues of one are not seen in another."""
        if self.given_uri:
            return self.given_uri
        self.control("add_vhost", name)
        self.control("set_permissions", "-p", name, USER, ".*", ".*", ".*")
        return self.uri[: -len("//")] + f"/{name}"

    def control(self, *words: str) -> str:
        """Run `rabbitmqctl`, give what it prints. Takes a second; raises StackError when it fails."""
        done = subprocess.run(
            [str(PROGRAMS / "rabbitmqctl"), "-q", *words],
            env=os.environ | self.environment(),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise StackError(f"rabbitmqctl {words[0]} failed: {(done.stderr or done.stdout)[-800:]}")
        return done.stdout

    def keep_queues(self) -> None:
        """Has RabbitMQ write the register of its queues to disk now.

        RabbitMQ 3.10 writes the entry of a new quorum queue minutes after it was declared; a node that is killed
        before that comes back with a queue that takes messages and confirms none (seen with 3.10.8).
        """
        if not self.given_uri:
            self.control("eval", "[dets:sync(Table) || Table <- dets:all()].")

    # What it runs

    def prepare(self) -> None:
        """Write the node's configuration. Raises StackError when RabbitMQ is not installed."""
        if self.given_uri:
            return
        if not (PROGRAMS / "rabbitmq-server").exists():
            raise StackError("RabbitMQ is not installed; run: make setup  (or set AMQP_URI to an existing broker)")
        home = self._home
        for folder in (home, home / "mnesia", home / "log"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (home / "enabled_plugins").write_text("[].\n")
        configuration = home / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            CONFIGURATION.format(port=self.port, user=USER, password=self.instance.secret("broker"))
        )

    def processes(self) -> list[Process]:
        """The name server of Erlang nodes (our own, so that none is left behind), then the node."""
        environment = self.environment()
        epmd_port = self.instance.port("epmd")
        epmd = Process(
            name="epmd",
            command=(_epmd(), "-port", str(epmd_port), "-address", "127.0.0.1"),
            environment=environment,
            priority=10,
            ready=lambda: _listens(epmd_port),
            address=f"127.0.0.1:{epmd_port}",
        )
        node = Process(
            name="broker",
            command=(str(PROGRAMS / "rabbitmq-server"),),
            environment=environment,
            priority=20,
            ready=self.answers,
            address=f"127.0.0.1:{self.port}",
            stop_seconds=30,
        )
        return [epmd, node]

    def environment(self) -> dict[str, str]:
        home = self._home
        return {
            "HOME": str(home),
            "PATH": os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin:/sbin:/bin",
            "LC_ALL": "C.UTF-8",
            # An address instead of a name: a container need not know what localhost is.
            "RABBITMQ_NODENAME": f"leadbus-{self.instance.short_hash}@127.0.0.1",
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.instance.port("broker-distribution")),
            "ERL_EPMD_PORT": str(self.instance.port("epmd")),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(home / "mnesia"),
            "RABBITMQ_LOG_BASE": str(home / "log"),
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG,
            "ERL_CRASH_DUMP": str(home / "log" / "erl_crash.dump"),
            # The start script then becomes the node instead of its parent: the recorded pid is the node's.
            "RUNNING_UNDER_SYSTEMD": "true",
        }

    def answers(self) -> bool:
        connection = Connection(
            host=f"127.0.0.1:{self.port}",
            userid=USER,
            password=self.instance.secret("broker"),
            connect_timeout=5,
        )
        try:
            connection.connect()
            connection.close()
        except (OSError, AMQPError):
            return False
        return True

    @property
    def _home(self) -> Path:
        return self.instance.folder / "broker"


def _epmd() -> str:
    found = shutil.which("epmd", path=os.environ.get("PATH", "") + ":/usr/bin:/usr/local/bin")
    if not found:
        raise StackError("epmd (a part of Erlang) is not installed; run: make setup")
    return found


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
