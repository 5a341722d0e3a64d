"""The relay: publishes what committed transactions left in the outbox, and removes it once the broker has confirmed."""

from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine, delete, func, select, text

from shared.database.plumbing import OUTBOX
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage, Result
from shared.metrics import OUTBOX_OLDEST_SECONDS, OUTBOX_PUBLISHED, OUTBOX_UNCONFIRMED

log = structlog.get_logger()


class Relay:
    """Moves one room's outbox to the broker, in batches, oldest first.

    Rows are locked while they are published, so that several replicas never publish the same row side by side. A row
    without a confirm stays and is published again: its hearers drop the second copy by its id.
    """

    def __init__(
        self, engine: Engine, publisher: ConfirmedPublisher, *, batch: int = 500, timeout_seconds: float = 10.0
    ) -> None:
        self._engine = engine
        self._publisher = publisher
        self._batch = batch
        self._timeout = timeout_seconds
        self._after = 0

    def run_once(self) -> tuple[int, bool]:
        """Publishes one batch. Returns how many were confirmed, and whether more is waiting that may go at once."""
        with self._engine.begin() as connection:
            # A lost delete only means a second publish, which hearers drop: no need to wait for the disk.
            connection.execute(text("SET LOCAL synchronous_commit = off"))
            rows = connection.execute(
                select(OUTBOX)
                .where(OUTBOX.c.position > self._after)
                .order_by(OUTBOX.c.position)
                .limit(self._batch)
                .with_for_update(skip_locked=True)
            ).all()
            if not rows:
                self._after = 0
                return 0, False
            results = self._publisher.publish(
                [OutgoingMessage(str(row.id), row.exchange, row.routing_key, bytes(row.body)) for row in rows],
                self._timeout,
            )
            confirmed = [row.position for row, result in zip(rows, results, strict=True) if result is Result.CONFIRMED]
            if confirmed:
                connection.execute(delete(OUTBOX).where(OUTBOX.c.position.in_(confirmed)))
        self._account(results)
        # What nobody takes stays in front; the next round begins behind it, and the one after that at the front again.
        stuck = len(rows) - len(confirmed)
        self._after = rows[-1].position if stuck == self._batch else 0
        return len(confirmed), stuck == 0 and len(rows) == self._batch

    def _account(self, results: list[Result]) -> None:
        OUTBOX_PUBLISHED.inc(results.count(Result.CONFIRMED))
        for result in (Result.RETURNED, Result.REFUSED, Result.UNKNOWN):
            if number := results.count(result):
                OUTBOX_UNCONFIRMED.labels(result=result.value).inc(number)
                log.warning("outbox_unconfirmed", result=result.value, number=number)

    def measure(self) -> None:
        """Sets the metric of the oldest unconfirmed event's age."""
        with self._engine.connect() as connection:
            oldest = connection.execute(select(func.min(OUTBOX.c.created_at))).scalar()
        OUTBOX_OLDEST_SECONDS.set((datetime.now(UTC) - oldest).total_seconds() if oldest else 0)
