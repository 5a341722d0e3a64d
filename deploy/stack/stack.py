"""Everything of one instance, started in order and kept running: broker, databases, mailbox, rooms and gateway.

    with Stack(".leadbus/demo") as stack:
        requests.post(stack.gateway_url + "/v1/...")

A stack that already runs is joined, and left running at the end by whoever did not start it.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from email.message import EmailMessage
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy import ROOMS
from deploy.stack.controls import READY_SECONDS, Controls
from deploy.stack.errors import StackError
from deploy.stack.instance import REPOSITORY, Instance, inherited_environment
from deploy.stack.mail import Mailbox
from deploy.stack.postgres import Database
from deploy.stack.process import Process, end, leftovers, tail
from deploy.stack.rabbit import Broker
from deploy.stack.rooms import (
    clock_file,
    gateway_process,
    keys_file,
    mail_door_process,
    room_process,
    settings,
)
from deploy.stack.supervision import Supervisor


class Stack(Controls):
    """One instance under `folder`.

    `rooms` may name fewer than all. `extra` are further processes (a dealer's endpoint, say), started last.
    `mail` is a mailbox for what is sent; `mail_door` takes inquiries in by SMTP.
    `environment` is added to that of every room and of the gateway. `replicas` says how many processes a room has.
    `durable=False` makes the database forget a crash; `progress` is told, in words, what is being waited for.
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        rooms: Sequence[str] = ROOMS,
        gateway: bool = True,
        mail: bool = True,
        mail_door: bool = False,
        extra: Iterable[Process] = (),
        environment: Mapping[str, str] | None = None,
        replicas: Mapping[str, int] | None = None,
        durable: bool = True,
        progress: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.instance = Instance(folder)
        self.rooms = tuple(rooms)
        self.with_gateway = gateway
        self.with_mail = mail
        self.with_mail_door = mail_door
        self.extra = tuple(extra)
        self.own_settings = dict(environment or {})
        self.replicas = dict(replicas or {})
        self.progress = progress
        self.broker = Broker(self.instance)
        prefix = "leadbus_" if self.instance.name == "local" else f"leadbus_{_word(self.instance.name)}_"
        self.database = Database(self.instance, durable=durable, prefix=prefix if _given_server() else "leadbus_")
        self.mailbox = Mailbox(self.instance)
        self.supervisor = Supervisor(self.instance)
        self.started_here = False

    # Lifecycle

    def __enter__(self) -> Self:
        if not self.started_here:
            self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.started_here:
            self.stop()

    @property
    def running(self) -> bool:
        return self.supervisor.running()

    def start(self, *, dies_with_us: bool = True) -> None:
        """Start what does not run yet, and wait until all of it is ready.

        With `dies_with_us` (the default) everything stops when this process ends, however it ends; `leadbus up`
        starts without. Raises StackError, having stopped what it started, when something does not get ready.
        """
        with self.instance.exclusively():
            fresh = not self.running
            self.started_here = self.started_here or fresh
            try:
                if fresh:
                    self._launch(dies_with_us)
                self._start_in_order()
            except BaseException:
                if self.started_here:
                    self._end_everything()
                    self.started_here = False
                raise

    def stop(self) -> None:
        """Stop every process of the instance, last started first, whoever started it. The data stays."""
        with self.instance.exclusively():
            self._end_everything()
            self.started_here = False

    def _launch(self, dies_with_us: bool) -> None:
        self.progress("cleaning up after the last run")
        end(leftovers(self.instance))
        self.instance.forget_taken_ports()
        self.progress("preparing database and broker")
        self.database.prepare()
        self.broker.prepare()
        processes = self.definitions()
        self._remember(processes)
        self.supervisor.launch(processes, dies_with_us=dies_with_us)

    def _start_in_order(self) -> None:
        servers = self.server_definitions()
        for process in servers:
            self.supervisor.start(process.name)
        by_name = {process.name: process for process in servers}
        if "database" in by_name:
            self._wait(by_name.pop("database"))
        self._migrate()  # while the broker, which takes longest, is still starting
        for process in by_name.values():
            self._wait(process)
        for _, same_rank in groupby(self.room_definitions(), key=lambda process: process.priority):
            together = list(same_rank)
            for process in together:
                self.supervisor.start(process.name)
            for process in together:
                self._wait(process)
        if self.rooms and not self.instance.recall("queues_kept", False):
            self.broker.keep_queues()
            self.instance.remember("queues_kept", True)

    def _wait(self, process: Process) -> None:
        self.progress(f"waiting for {process.name}")
        self.supervisor.wait_ready(process, READY_SECONDS)

    def _migrate(self) -> None:
        if not self.rooms:
            return
        self.progress("making databases")
        for room in self.rooms:
            self.database.ensure_room(room)
        self.progress("migrating databases")
        log = self.instance.logs / "migrate.log"
        with open(log, "wb") as output:
            done = subprocess.run(
                [sys.executable, "-m", "deploy.migrate", *self.rooms],
                env=inherited_environment() | self.migration_environment(),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if done.returncode:
            raise StackError(f"a migration failed; the end of {log}:\n{tail(log)}")

    def _end_everything(self) -> None:
        # A second Ctrl-C must not interrupt the cleaning up after the first.
        before = signal.getsignal(signal.SIGINT)
        if _in_main_thread():
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            if self.running:
                self._stop_in_order()
            self.supervisor.shutdown()
            end(leftovers(self.instance))
            for record in self.instance.run.glob("*.pid"):
                record.unlink()
        finally:
            if _in_main_thread():
                signal.signal(signal.SIGINT, before)

    def _stop_in_order(self) -> None:
        known = self.instance.recall("programs", {})
        ranked = sorted(
            self.supervisor.states(), key=lambda name: known.get(name, {}).get("priority", 99), reverse=True
        )
        for _, same_rank in groupby(ranked, key=lambda name: known.get(name, {}).get("priority", 99)):
            names = list(same_rank)
            with suppress(OSError):  # whoever is told may be gone (a closed pipe); the stopping goes on
                self.progress(f"stopping {', '.join(names)}")
            try:
                self.supervisor.stop(*names, seconds=max(known.get(n, {}).get("stop_seconds", 30) for n in names))
            except StackError:
                return  # a supervisor that does not answer is ended with all that it left

    # What there is to run

    def definitions(self) -> list[Process]:
        return self.server_definitions() + self.room_definitions()

    def server_definitions(self) -> list[Process]:
        """Broker, database and mailbox, as far as they are ours."""
        servers = [] if self.broker.given_uri else self.broker.processes()
        if not self.database.server_url:
            servers.append(self.database.process())
        if self.with_mail:
            servers.append(self.mailbox.process())
        return servers

    def room_definitions(self) -> list[Process]:
        """Rooms, gateway and extras, in the order of their priority."""
        processes = [
            room_process(room, self.environment(room), self.instance.port(f"health-{room}-{number}"), number)
            for room in self.rooms
            for number in range(1, self.replicas.get(room, 1) + 1)
        ]
        if self.with_gateway:
            processes.append(gateway_process(self.environment("gateway"), self.instance.port("gateway")))
        if self.with_mail_door:
            processes.append(
                mail_door_process(self.environment("gateway"), self.mail_door[1], self.instance.part("spool-mail"))
            )
        return sorted([*processes, *self.extra], key=lambda process: process.priority)

    def add(self, process: Process) -> None:
        """Run a further process in the running instance, and wait until it is ready."""
        self.supervisor.add(process)
        self._remember([process])
        self.supervisor.start(process.name)
        self._wait(process)

    def _remember(self, processes: list[Process]) -> None:
        """So that `leadbus status` and `leadbus down` know what another command started."""
        known = self.instance.recall("programs", {}) if self.running else {}
        for process in processes:
            known[process.name] = {
                "priority": process.priority, "address": process.address, "stop_seconds": process.stop_seconds
            }  # fmt: skip
        self.instance.remember("programs", known)

    # Addresses and settings

    @property
    def amqp_uri(self) -> str:
        return self.broker.uri

    @property
    def gateway_url(self) -> str:
        return f"http://127.0.0.1:{self.instance.port('gateway')}"

    @property
    def mail_door(self) -> tuple[str, int]:
        """Host and port where inquiries come in by SMTP."""
        return "127.0.0.1", self.instance.port("mail-door")

    @property
    def smtp_url(self) -> str:
        return self.mailbox.smtp_url

    @property
    def mail_page(self) -> str:
        """The address of the page that shows all mails."""
        return self.mailbox.page

    def mails(self) -> list[EmailMessage]:
        """Every mail sent so far."""
        return self.mailbox.messages()

    @property
    def clock_file(self) -> Path:
        """Holds the seconds by which the business time of this instance runs ahead; see `leadbus clock`."""
        return clock_file(self.instance)

    def new_key(self, name: str, scopes: Iterable[str] = ("intake",), sources: Iterable[str] = ()) -> str:
        """A new API key of the gateway, as its holder sends it."""
        from deploy.stack.keys import issue  # the gateway's code is needed for nothing else here

        return issue(keys_file(self.instance), name, scopes, sources)[1]

    def database_url(self, room: str) -> str:
        return self.database.room_url(room)

    def health_url(self, room: str, replica: int = 1) -> str:
        """Where `/healthz`, `/readyz` and `/metrics` of a room are."""
        return f"http://127.0.0.1:{self.instance.port(f'health-{room}-{replica}')}"

    def environment(self, room: str) -> dict[str, str]:
        """The settings that `room` (or "gateway") runs with, its own database included."""
        shared = settings(self.instance, amqp_uri=self.amqp_uri, smtp_url=self.smtp_url, gateway_url=self.gateway_url)
        own = {} if room == "gateway" else {"LEADBUS_DATABASE_URL": self.database_url(room)}
        return shared | own | self.own_settings

    def migration_environment(self) -> dict[str, str]:
        """The URL of every room's database, for `python -m deploy.migrate`."""
        return {f"LEADBUS_{room.upper()}_DATABASE_URL": self.database_url(room) for room in self.rooms}


def _word(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def _given_server() -> bool:
    return bool(os.environ.get("DATABASE_URL"))


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
