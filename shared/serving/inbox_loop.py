"""Reads a queue, handles each batch, and acknowledges it only then."""

import time

import eventlet

from shared.database.availability import database_is_away
from shared.database.unit_of_work import UnitOfWork
from shared.messaging.failures import RetryPolicy
from shared.messaging.inbox import Hearing, handle_batch
from shared.messaging.reader import QueueReader, Received
from shared.metrics import BATCH_SECONDS, BATCH_SIZE

#: Pauses while the database is away, in seconds; the batch stays in hand and unacknowledged.
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0


class InboxLoop:
    """One queue of one room."""

    def __init__(self, reader: QueueReader, hearing: Hearing, uow: UnitOfWork, policy: RetryPolicy) -> None:
        self.reader = reader
        self._hearing = hearing
        self._uow = uow
        self._policy = policy
        self.is_open = False

    def step(self) -> bool:
        """Handles one batch. Raises when the broker is away; `reset` and another step then begin anew."""
        if not self.is_open:
            self.reader.open()
            self.is_open = True
        self.reader.send_canary()
        batch = self.reader.next_batch()
        if batch:
            self._handle(batch)
            self.reader.acknowledge(batch[-1])
        self.reader.keep_alive()
        return True

    def reset(self) -> None:
        """Gives unacknowledged messages back."""
        self.is_open = False
        self.reader.close()

    def _handle(self, batch: list[Received]) -> None:
        began = time.perf_counter()
        pause = FIRST_PAUSE
        while True:
            try:
                handle_batch(self._hearing, self._uow, batch, self._policy)
                break
            except Exception as error:
                if not database_is_away(error):
                    raise
                # Giving the batch back would count as deliveries and bring it around again at once.
                eventlet.sleep(pause)
                self.reader.keep_alive()
                pause = min(pause * 2, LONGEST_PAUSE)
        BATCH_SECONDS.labels(queue=self.reader.queue).observe(time.perf_counter() - began)
        BATCH_SIZE.labels(queue=self.reader.queue).observe(len(batch))
