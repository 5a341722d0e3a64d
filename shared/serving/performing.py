"""Performs effects of one kind side by side: a slow printer holds up no email, and no slow act another's record."""

from datetime import timedelta

import eventlet
import eventlet.event
import structlog

from shared.database.availability import database_is_away
from shared.database.unit_of_work import UnitOfWork
from shared.room import Outcome, Room
from shared.work import effects
from shared.work.effects import Claimed, Unsure

log = structlog.get_logger()

#: After one act has ended, so that others that end with it are recorded and replaced in the same transactions.
GATHER_SECONDS = 0.02
#: Longest wait for an act to end.
WAIT_SECONDS = 0.5


class EffectPool:
    """Claims as many effects as it has free workers, and settles outcomes as they come."""

    def __init__(self, uow: UnitOfWork, room: Room, kind: str, *, workers: int, lease: timedelta) -> None:
        self._uow = uow
        self._room = room
        self._kind = kind
        self._workers = room.effects[kind].side_by_side or workers
        self._lease = lease
        self._pool = eventlet.GreenPool(self._workers)
        self._under_way: dict[str, Claimed] = {}
        self._finished: list[tuple[Claimed, Outcome | Unsure]] = []
        self._changed = eventlet.event.Event()

    def step(self) -> bool:
        """Settles what has finished, then claims and starts more. Returns whether to go on without a pause."""
        self._settle()
        if self._changed.ready():
            self._changed.reset()
        free = self._workers - self._pool.running()
        claimed = effects.claim_planned(self._uow, self._room, free, self._kind) if free > 0 else []
        for one in claimed:
            self._under_way[one.key] = one
            self._pool.spawn_n(self._perform, one)
        if self._pool.running() and not self._finished:
            self._wait()
        return bool(claimed) or self._pool.running() > 0 or bool(self._finished)

    def wake(self) -> None:
        """An act has ended, or something new is planned."""
        if not self._changed.ready():
            self._changed.send(None)

    def _wait(self) -> None:
        with eventlet.Timeout(WAIT_SECONDS, False):
            self._changed.wait()
        eventlet.sleep(GATHER_SECONDS)

    def renew(self) -> None:
        """Extends the leases of what is under way or not recorded yet; to be called several times per lease."""
        if self._under_way:
            effects.renew(self._uow, list(self._under_way.values()))

    def drain(self) -> None:
        """Waits for what is under way and records it."""
        with eventlet.Timeout(self._lease.total_seconds(), False):
            self._pool.waitall()
        self._settle()

    def _perform(self, claimed: Claimed) -> None:
        outcome = effects.perform(self._room, claimed)
        # Only now: while the act ran, `_settle` has put a fresh list in place of the one that was here before.
        self._finished.append((claimed, outcome))
        self.wake()

    def _settle(self) -> None:
        finished, self._finished = self._finished, []
        if not finished:
            return
        try:
            effects.settle(self._uow, self._room, finished)
        except Exception as error:
            if database_is_away(error):
                self._finished = finished + self._finished
                raise
            self._settle_singly(finished)
        for claimed, _ in finished:
            self._under_way.pop(claimed.key, None)

    def _settle_singly(self, finished: list[tuple[Claimed, Outcome | Unsure]]) -> None:
        for one in finished:
            try:
                effects.settle(self._uow, self._room, [one])
            except Exception as error:
                # Its claim runs out and it is looked at again; the others are recorded now.
                log.exception("effect_not_settled", key=one[0].key, error=type(error).__name__)
