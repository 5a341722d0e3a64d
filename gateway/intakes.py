"""The promise behind every 2xx: the inquiry is with the broker, or on our disk."""

import asyncio
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal

from gateway.drain import Drainer
from gateway.link import Link, open_for_publishing
from gateway.metrics import intakes_of
from gateway.publisher import IntakePublisher
from gateway.spool import Spool, SpoolRefused
from gateway.spooled import message_for, record_of
from shared import settings
from shared.contracts.intake import Intake
from shared.messaging.publisher import ConfirmedPublisher, OutgoingMessage
from shared.messaging.topology import declare_doors

#: repeated: an earlier copy is durable already.
Outcome = Literal["published", "spooled", "repeated"]


@dataclass(frozen=True)
class Intakes:
    """Takes inquiries in."""

    publisher: IntakePublisher
    spool: Spool
    drainer: Drainer

    def accept(self, intake: Intake, body: bytes) -> Outcome:
        """Returns when the inquiry is durable. Raises SpoolRefused when it is nowhere: then nothing may be promised.

        An inquiry whose confirm came too late is both published and spooled; capture drops the twin by its receipt id.
        """
        message = message_for(intake, body)
        if self.publisher.publish(message):
            return _counted(intake, "published")
        return self._spool(intake, message)

    async def accept_awaited(self, intake: Intake, body: bytes, threads: Executor) -> Outcome:
        """`accept` for an event loop. The disk is written by one of `threads`."""
        message = message_for(intake, body)
        if await self.publisher.publish_awaited(message):
            return _counted(intake, "published")
        return await asyncio.get_running_loop().run_in_executor(threads, self._spool, intake, message)

    def _spool(self, intake: Intake, message: OutgoingMessage) -> Outcome:
        try:
            self.spool.append(record_of(message))
        except SpoolRefused:
            intakes_of(intake.dialect, "refused").inc()
            raise
        self.drainer.wake()
        return _counted(intake, "spooled")

    def start(self) -> None:
        """Begins publishing and draining."""
        self.publisher.start()
        self.drainer.start()

    def stop(self) -> None:
        """Ends both; what is spooled waits on the disk for the next process."""
        self.publisher.stop()
        self.drainer.stop()
        self.spool.close()


def _counted(intake: Intake, outcome: Outcome) -> Outcome:
    intakes_of(intake.dialect, outcome).inc()
    return outcome


def from_settings() -> Intakes:
    """What takes inquiries in, of this process: a publisher, and the spool behind it. Nothing is started."""
    uri = settings.get("LEADBUS_AMQP_URI")
    link = partial(Link, partial(open_for_publishing, uri, declare_doors))
    publisher = IntakePublisher(link, settings.integer("LEADBUS_PUBLISH_DEADLINE_MS") / 1000)
    spool = Spool(Path(settings.get("LEADBUS_SPOOL_DIR")), settings.integer("LEADBUS_SPOOL_MAX_BYTES"))
    drainer = Drainer(spool, ConfirmedPublisher(uri, prepare=declare_doors), on_success=publisher.wake)
    return Intakes(publisher, spool, drainer)
