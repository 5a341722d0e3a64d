"""Runs a `Room` inside its nameko service: inbox, relay, due work, effects, retries, health."""

import inspect
import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from nameko.extensions import DependencyProvider
from sqlalchemy import Engine, delete, func, select, text

from shared import clock as clocks
from shared import green, settings
from shared.database import engine as engines
from shared.database import migrations
from shared.database.plumbing import INBOX
from shared.database.unit_of_work import Transaction, UnitOfWork
from shared.messaging import topology
from shared.messaging.failures import RetryPolicy
from shared.messaging.inbox import EventHearing, Hearing, IntakeHearing
from shared.messaging.outbox import Relay
from shared.messaging.publisher import ConfirmedPublisher
from shared.messaging.reader import QueueReader
from shared.messaging.retry import retry_waiting
from shared.room import Room
from shared.serving.health import HealthServer
from shared.serving.inbox_loop import InboxLoop
from shared.serving.loops import Loop, in_own_greenlet
from shared.serving.performing import EffectPool
from shared.work.due import run_due
from shared.work.effects import expire_claims

log = structlog.get_logger()

#: How long ids of handled messages are kept: far longer than any message can wait to be delivered again.
INBOX_KEPT = timedelta(days=30)
PRUNE_ROWS = 10_000
STOP_SECONDS = 20.0
#: How often leases are renewed, and claims of dead processes looked for, as a share of the lease.
EXPIRY_SHARE = 4
#: A relay step longer than this is stuck in a publish; it is broken off and its connection dropped.
RELAY_WATCHDOG_SECONDS = 30.0


class Runtime(DependencyProvider):
    """Belongs to a service class as `runtime = Runtime(room)`, where `room(company: Path)` builds the `Room`."""

    def __init__(self, build: Callable[[Path], Room]) -> None:
        self._build = build
        self.loops: list[Loop] = []

    # --- what RPC methods use ----------------------------------------------------------------------------------------

    def get_dependency(self, worker_ctx: Any) -> "Runtime":
        """The runtime itself."""
        return self

    def begin(self) -> AbstractContextManager[Transaction]:
        """A transaction for one call."""
        return self.uow.begin()

    # --- nameko's lifecycle ------------------------------------------------------------------------------------------

    def setup(self) -> None:
        """Builds everything; raises when a setting, a rule file or a migration is wrong, and the process ends."""
        green.require()
        self.clock = clocks.from_setting(settings.get("LEADBUS_CLOCK_FILE"))
        self.company = Path(settings.get("LEADBUS_COMPANY"))
        self.room = self._build(self.company)
        self.amqp_uri = settings.get("LEADBUS_AMQP_URI")
        self.policy = RetryPolicy(settings.seconds_list("LEADBUS_RETRY_SECONDS"))
        self.engine = self._open_database()
        self.uow = UnitOfWork(engines.sessions(self.engine), self.clock, apart=in_own_greenlet)
        self.loops = self._make_loops()
        self.health = HealthServer(self)

    def start(self) -> None:
        """Brings the tables up to the company's files, and starts the loops."""
        if self.room.begin is not None:
            with self.uow.begin() as tx:
                self.room.begin(tx)
        for loop in self.loops:
            self.container.spawn_managed_thread(loop.run, identifier=loop.name)
        self.health.start()

    def stop(self) -> None:
        """Ends every loop after its present step; what is committed but not published goes out at the next start."""
        for loop in self.loops:
            loop.stop(STOP_SECONDS)
        for pool in self.pools:
            pool.drain()
        self.health.stop()
        self.engine.dispose()

    def kill(self) -> None:
        """Nothing to save: every state that counts is in the database or in the broker."""
        self.health.stop()

    # --- parts -------------------------------------------------------------------------------------------------------

    @property
    def versions(self) -> Path:
        """Folder of the room's migrations: beside its service module."""
        return Path(inspect.getfile(self.container.service_cls)).parent / "migrations" / "versions"

    def _open_database(self) -> Engine:
        engine = engines.create(
            settings.get("LEADBUS_DATABASE_URL"),
            pool_size=settings.integer("LEADBUS_DATABASE_POOL"),
            application=f"leadbus-{self.room.name}",
        )
        migrations.require_current(engine, self.versions, self.room.name)
        return engine

    def _make_loops(self) -> list[Loop]:
        hearings: dict[str, Hearing] = {}
        loops = [self._relay_loop()]
        self.inboxes: list[InboxLoop] = []
        if self.room.hears:
            hearings[topology.inbox_queue(self.room.name)] = EventHearing(self.room)
            loops.append(self._inbox_loop(EventHearing(self.room), self._declare_inbox))
        if self.room.intake is not None:
            queue = self.room.intake_queue
            hearings[queue] = IntakeHearing(self.room)
            loops.append(self._inbox_loop(IntakeHearing(self.room), partial(topology.declare_intake, queue=queue)))
        loops.append(Loop("retry", lambda: retry_waiting(hearings, self.uow, self.policy) > 0, idle_seconds=1.0))
        if self.room.due:
            due = Loop("due", lambda: run_due(self.room, self.uow, self.policy) > 0, idle_seconds=0.5)
            loops.append(due)
        loops += self._effect_loops()
        loops.append(Loop("prune", self._prune, idle_seconds=600 + random.uniform(0, 60)))
        return loops

    def _relay_loop(self) -> Loop:
        publisher = ConfirmedPublisher(self.amqp_uri, prepare=self._declare_own_exchange)
        relay = Relay(self.engine, publisher)
        loop = Loop(
            "relay",
            lambda: relay.run_once()[1],
            idle_seconds=1.0,
            reset=publisher.close,
            watchdog_seconds=RELAY_WATCHDOG_SECONDS,
        )
        self.relay = relay
        self.uow.after_commit.append(loop.wake)
        return loop

    def _inbox_loop(self, hearing: Hearing, declare: Callable[[Any], str]) -> Loop:
        reader = QueueReader(
            self.amqp_uri,
            declare,
            batch=settings.integer("LEADBUS_INBOX_BATCH"),
            wait_seconds=settings.integer("LEADBUS_INBOX_WAIT_MS") / 1000,
        )
        inbox = InboxLoop(reader, hearing, self.uow, self.policy)
        self.inboxes.append(inbox)
        return Loop(f"inbox-{len(self.inboxes)}", inbox.step, idle_seconds=0.0, reset=inbox.reset)

    def _effect_loops(self) -> list[Loop]:
        lease = timedelta(seconds=settings.integer("LEADBUS_EFFECT_LEASE_SECONDS"))
        workers = settings.integer("LEADBUS_EFFECT_WORKERS")
        self.pools = [EffectPool(self.uow, self.room, kind, workers=workers, lease=lease) for kind in self.room.effects]
        loops = []
        for kind, pool in zip(self.room.effects, self.pools, strict=True):
            loop = Loop(f"effects-{kind}", pool.step, idle_seconds=0.5)
            self.uow.after_plan[kind] = (loop.wake, pool.wake)
            loops.append(loop)
        if loops:
            every = max(lease.total_seconds() / EXPIRY_SHARE, 0.5)
            loops.append(Loop("leases", lambda: self._keep_leases(lease), idle_seconds=every))
        return loops

    def _keep_leases(self, lease: timedelta) -> bool:
        for pool in self.pools:
            pool.renew()
        return expire_claims(self.uow, self.room, lease) > 0

    def _declare_inbox(self, channel: Any) -> str:
        return topology.declare_inbox(channel, self.room.name, self.room.hears)

    def _declare_own_exchange(self, channel: Any) -> None:
        channel.exchange_declare(topology.events_exchange(self.room.name), "topic", durable=True, auto_delete=False)

    def _prune(self) -> bool:
        self.relay.measure()
        with self.engine.begin() as connection:
            old = select(INBOX.c.id).where(INBOX.c.handled_at < func.now() - INBOX_KEPT).limit(PRUNE_ROWS)
            removed = connection.execute(delete(INBOX).where(INBOX.c.id.in_(old)))
        return removed.rowcount == PRUNE_ROWS

    def database_answers(self) -> None:
        """Raises when the database does not answer."""
        with self.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
