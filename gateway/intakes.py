"""The promise behind every 2xx: the inquiry is with the broker, or on our disk."""

from dataclasses import dataclass
from typing import Literal

from gateway.drain import Drainer
from gateway.metrics import INTAKES
from gateway.publisher import IntakePublisher
from gateway.spool import Spool, SpoolRefused
from gateway.spooled import message_for, record_of
from shared.contracts.intake import Intake

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
        outcome: Outcome = "published"
        if not self.publisher.publish(message):
            try:
                self.spool.append(record_of(message))
            except SpoolRefused:
                INTAKES.labels(intake.dialect, "refused").inc()
                raise
            outcome = "spooled"
            self.drainer.wake()
        INTAKES.labels(intake.dialect, outcome).inc()
        return outcome

    def start(self) -> None:
        """Begins publishing and draining."""
        self.publisher.start()
        self.drainer.start()

    def stop(self) -> None:
        """Ends both; what is spooled waits on the disk for the next process."""
        self.publisher.stop()
        self.drainer.stop()
        self.spool.close()
