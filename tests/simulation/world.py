"""All rooms in one process on real databases, over an in-memory bus that shuffles, repeats, delays and crashes.

The scheduler is one seeded random generator: the same seed plays the same history. Nothing here knows RabbitMQ,
nameko or eventlet, and nothing in a room knows this: that is what makes it possible.
"""

import dataclasses
import random
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from greenlet import GreenletExit
from sqlalchemy import Engine, delete, event, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from shared.contracts import intake as intakes
from shared.contracts.envelope import decode
from shared.contracts.intake import Intake
from shared.database import engine as engines
from shared.database.plumbing import EFFECT, FAILED_MESSAGE, OUTBOX
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.failures import RetryPolicy
from shared.messaging.inbox import EventHearing, Hearing, IntakeHearing, handle_batch
from shared.messaging.reader import Received
from shared.messaging.retry import retry_waiting
from shared.room import Done, Outcome, Room, TryAgain
from shared.work import effects
from shared.work.due import run_due

Act = Callable[[str, Mapping[str, Any]], Outcome]
#: Builds a room in a world: with its unit of work, and its acts for real where the world has their far side.
Build = Callable[[UnitOfWork], Room]

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
POLICY = RetryPolicy((5, 30, 120, 600), jitter=0)
LEASE = timedelta(minutes=2)


class Crash(GreenletExit):
    """The process dies here. Nothing may swallow it."""


@dataclass
class Dials:
    """How rough the world is: probabilities per step."""

    repeat: float = 0.1
    crash_before_commit: float = 0.03
    crash_after_commit: float = 0.03
    crash_before_recording: float = 0.05
    far_side_busy: float = 0.1


@dataclass
class FarSide:
    """Mail servers, printers and dealers: they record what they accept, and are busy at times."""

    rng: random.Random
    dials: Dials
    accepted: dict[str, int] = field(default_factory=dict)

    def act(self, real: Act | None, key: str, payload: Mapping[str, Any]) -> Outcome:
        """Accepts what `real` hands over (a whole network is not simulated: without it, anything), or is busy."""
        if self.rng.random() < self.dials.far_side_busy:
            return TryAgain("busy")
        outcome = real(key, payload) if real else Done(key)
        if isinstance(outcome, Done):
            self.accepted[key] = self.accepted.get(key, 0) + 1
        return outcome


@dataclass
class Player:
    """One room, its database, and the messages on their way to it."""

    room: Room
    uow: UnitOfWork
    engine: Engine
    mail: list[tuple[Hearing, Received]] = field(default_factory=list)


class World:
    """The rooms, the bus, the clock and the far side."""

    def __init__(self, seed: int, rooms: Mapping[str, tuple[Build, str]], *, real: frozenset[str]) -> None:
        self.rng = random.Random(seed)
        self.dials = Dials()
        self.time = START
        self.far_side = FarSide(self.rng, self.dials)
        self.players = {name: self._player(build, url, name in real) for name, (build, url) in rooms.items()}
        self.receipts: list[uuid.UUID] = []
        self.steps = 0

    def now(self) -> datetime:
        """The world's time."""
        return self.time

    def _player(self, build: Build, url: str, real: bool) -> Player:
        engine = engines.create(url, pool_size=2)
        sessions = engines.sessions(engine)
        self._make_mortal(sessions)
        uow = UnitOfWork(sessions, self)
        room = build(uow)
        performers = {
            kind: dataclasses.replace(one, act=partial(self.far_side.act, one.act if real else None))
            for kind, one in room.effects.items()
        }
        return Player(dataclasses.replace(room, effects=performers), uow, engine)

    def _make_mortal(self, sessions: sessionmaker[Session]) -> None:
        event.listen(sessions, "before_commit", lambda _: self._maybe_crash(self.dials.crash_before_commit))
        event.listen(sessions, "after_commit", lambda _: self._maybe_crash(self.dials.crash_after_commit))

    def _maybe_crash(self, probability: float) -> None:
        if self.rng.random() < probability:
            raise Crash

    # --- what may happen ---------------------------------------------------------------------------------------------

    def send(self, dialect: str, source: str, body: bytes, content_type: str, **over: Any) -> None:
        """An inquiry is with the broker."""
        receipt = uuid.UUID(int=self.rng.getrandbits(128), version=4)
        self.receipts.append(receipt)
        intake = Intake(
            receipt_id=receipt, received_at=self.time, dialect=dialect, source=source, content_type=content_type,
            **{"query": {}, "headers": {}, **over},
        )  # fmt: skip
        message = Received(
            intakes.QUEUE, str(receipt), body, {intakes.HEADER: intakes.encode_header(intake)}, content_type, 0, 0
        )
        self._deliver(self.players["capture"], IntakeHearing(self.players["capture"].room), message)

    def _deliver(self, player: Player, hearing: Hearing, message: Received) -> None:
        copies = 2 if self.rng.random() < self.dials.repeat else 1
        player.mail += [(hearing, message)] * copies

    def step(self) -> None:
        """Something happens somewhere; a crash ends it at any point."""
        self.steps += 1
        player = self.rng.choice(list(self.players.values()))
        act = self.rng.choices(
            (self.read, self.relay, self.run_due, self.perform, self.retry, self.expire), (10, 10, 4, 5, 1, 1)
        )[0]
        try:
            act(player)
        except Crash:
            player.engine.dispose()

    def read(self, player: Player) -> None:
        """A room takes a few of its messages, in any order; those it did not finish stay."""
        if not player.mail:
            return
        self.rng.shuffle(player.mail)
        hearing = player.mail[0][0]
        size = self.rng.randint(1, 20)
        batch = [one for one in player.mail if type(one[0]) is type(hearing)][:size]
        handle_batch(hearing, player.uow, [message for _, message in batch], POLICY)
        for one in batch:
            player.mail.remove(one)

    def relay(self, player: Player) -> None:
        """A room's outbox goes out; a crash before the rows are gone sends them twice."""
        with player.engine.begin() as connection:
            rows = connection.execute(select(OUTBOX).order_by(OUTBOX.c.position).limit(self.rng.randint(1, 50))).all()
            for row in rows:
                self._publish(bytes(row.body))
            self._maybe_crash(self.dials.crash_before_commit)
            connection.execute(delete(OUTBOX).where(OUTBOX.c.position.in_([row.position for row in rows])))

    def _publish(self, body: bytes) -> None:
        envelope = decode(body)
        for player in self.players.values():
            if envelope.contract in player.room.hears:
                message = Received(f"{player.room.name}.inbox.v1", str(envelope.id), body, {}, "", 0, 0)
                self._deliver(player, EventHearing(player.room), message)

    def run_due(self, player: Player) -> None:
        """Work whose time has come is done."""
        if player.room.due:
            run_due(player.room, player.uow, POLICY, limit=self.rng.randint(1, 20))

    def perform(self, player: Player) -> None:
        """Emails, print jobs and deliveries go out; a crash may come before they are recorded."""
        if not player.room.effects:
            return
        claimed = effects.claim_planned(player.uow, player.room, self.rng.randint(1, 10))
        results = [(one, effects.perform(player.room, one)) for one in claimed]
        if results:
            self._maybe_crash(self.dials.crash_before_recording)
            effects.settle(player.uow, player.room, results)

    def expire(self, player: Player) -> None:
        """The leases of dead holders run out."""
        if player.room.effects:
            with player.engine.begin() as connection:
                connection.execute(
                    update(EFFECT).where(EFFECT.c.state == "claimed").values(claimed_at=func.now() - LEASE * 2)
                )
            effects.expire_claims(player.uow, player.room, LEASE)

    def retry(self, player: Player) -> None:
        """Messages that failed before are tried again."""
        hearings: dict[str, Hearing] = {f"{player.room.name}.inbox.v1": EventHearing(player.room)}
        if player.room.intake is not None:
            hearings[intakes.QUEUE] = IntakeHearing(player.room)
        retry_waiting(hearings, player.uow, POLICY, limit=5)

    def pass_time(self, most: timedelta) -> None:
        """The clock moves."""
        self.time += most * self.rng.random()

    # --- coming to rest ----------------------------------------------------------------------------------------------

    def settle_down(self) -> None:
        """The weather clears: everything on its way arrives, everything planned is done."""
        self.dials = self.far_side.dials = Dials(0, 0, 0, 0, 0)
        for _ in range(1000):
            for player in self.players.values():
                while player.mail:
                    self.read(player)
                self.expire(player)
                self.perform(player)
                self.retry(player)
                self.run_due(player)
                self.relay(player)
            if self._is_quiet():
                return
            self.time += timedelta(minutes=1)
        raise AssertionError("the world does not come to rest")

    def _is_quiet(self) -> bool:
        return all(
            not player.mail
            and self.number(name, select(func.count()).select_from(OUTBOX)) == 0
            and self.number(
                name, select(func.count()).select_from(EFFECT).where(EFFECT.c.state.in_(("planned", "claimed")))
            ) == 0
            and self.number(
                name, select(func.count()).select_from(FAILED_MESSAGE).where(FAILED_MESSAGE.c.state == "waiting")
            ) == 0
            for name, player in self.players.items()
        )  # fmt: skip

    def number(self, room: str, query: Any) -> int:
        """One number from a room's database."""
        with self.players[room].engine.connect() as connection:
            return int(connection.execute(query).scalar() or 0)

    def close(self) -> None:
        """Lets go of the databases."""
        for player in self.players.values():
            player.engine.dispose()
