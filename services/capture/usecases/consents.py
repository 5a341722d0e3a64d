"""Consent that is withdrawn elsewhere comes home to the front desk, which keeps all of it."""

from services.capture.models import ConsentStatement
from shared.contracts import fulfillment
from shared.contracts.capture import ConsentChanged
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction

ORIGIN = "unsubscribe link"


def withdraw(tx: Transaction, envelope: Envelope) -> None:
    """A person unsubscribed from one channel: it is filed beside what they agreed to, and everybody is told."""
    event: fulfillment.Unsubscribed = envelope.data
    tx.add(
        ConsentStatement(
            id=tx.new_id("consent", event.channel),
            person_id=event.person_id,
            channel=event.channel,
            allowed=False,
            changed_at=event.unsubscribed_at,
            origin=ORIGIN,
        )
    )
    tx.emit(
        ConsentChanged(
            person_id=event.person_id,
            channel=event.channel,
            allowed=False,
            changed_at=event.unsubscribed_at,
            origin=ORIGIN,
        )
    )
