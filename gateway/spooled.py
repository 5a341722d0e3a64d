"""An intake as a broker message, and as a record of the spool."""

import orjson

from gateway.segment import Record
from shared.contracts.intake import HEADER, QUEUE, Intake, encode_header, queue_of
from shared.messaging.publisher import OutgoingMessage


def message_for(intake: Intake, body: bytes) -> OutgoingMessage:
    """The message that carries `intake` to its room: the sender's bytes as they are."""
    return OutgoingMessage(
        id=str(intake.receipt_id),
        exchange="",
        routing_key=queue_of(intake),
        body=body,
        content_type=intake.content_type,
        headers={HEADER: encode_header(intake)},
    )


def record_of(message: OutgoingMessage) -> Record:
    """The message as the spool keeps it."""
    header = {
        "id": message.id,
        "queue": message.routing_key,
        "content_type": message.content_type,
        "headers": message.headers,
    }
    return Record(orjson.dumps(header), message.body)


def message_of(record: Record) -> OutgoingMessage:
    """The message that was kept as `record`."""
    header = orjson.loads(record.header)
    return OutgoingMessage(
        id=header["id"],
        exchange="",
        # Records of an older release name none: they are inquiries.
        routing_key=header.get("queue", QUEUE),
        body=record.body,
        content_type=header["content_type"],
        headers=header["headers"],
    )
