"""The intake message: a raw inquiry on its way from the gateway to the front desk.

The message body is the sender's body, byte for byte. What the gateway knows about it travels as one JSON header, so
that the body needs no wrapping and the spool can keep both as they are.
"""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from shared.contracts import schema
from shared.contracts.errors import ContractViolation
from shared.contracts.event import contract

#: Durable queue of raw inquiries. Its arguments never change: another set of arguments gets another name.
QUEUE = "capture.intake.v1"
#: Durable queue of mail by which owners answer.
REPLIES = "router.replies.v1"
#: Dialect of such a mail; it is no inquiry, and never goes to the front desk.
OWNER_REPLY = "owner_reply"
HEADER = "leadbus-intake"


@contract
class Intake:
    """What came with a raw inquiry. `receipt_id` is the message id: a second copy is the same inquiry."""

    receipt_id: UUID
    received_at: datetime
    #: How to read the body: json, form, adf, google_ads, csv, salesforce, hubspot, meta, email, …
    dialect: str
    #: Id of the source, as the API key or the path says: a name in the company's source register.
    source: str
    content_type: str = "application/octet-stream"
    #: Parameters of the address, first value each.
    query: dict[str, str]
    #: The few request headers worth keeping: user-agent, referer, accept-language, idempotency-key.
    headers: dict[str, str]
    #: Where the request came from.
    remote_address: str | None = None
    #: Name of the uploaded file, for lists.
    filename: str | None = None
    #: The sender marked it as a test.
    test: bool = False
    #: Id of the API key that let it in.
    key_id: str | None = None
    #: Why the gateway takes the sender for a program (the time trap of a hosted form): to be set aside as spam.
    suspicion: str | None = None


def queue_of(intake: Intake) -> str:
    """Where the message goes."""
    return REPLIES if intake.dialect == OWNER_REPLY else QUEUE


def encode_header(intake: Intake) -> str:
    """The value of the header that carries `intake`."""
    return schema.dumped(intake).decode()


def decode_header(value: str | bytes) -> Intake:
    """The intake in a header value. Raises ContractViolation when it is none."""
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise ContractViolation("Intake", {"header": [f"not JSON: {error}"]}) from error
    if not isinstance(document, dict):
        raise ContractViolation("Intake", {"header": ["an object is required"]})
    return _as_the_gateway_writes_it(document) or schema.load(Intake, document)


_NAMES = frozenset(field.name for field in fields(Intake))
_TEXTS = ("dialect", "source", "content_type")
_TEXTS_OR_NONE = ("remote_address", "filename", "key_id", "suspicion")


def _as_the_gateway_writes_it(document: dict[str, Any]) -> Intake | None:
    """The intake, when each field is just as `encode_header` writes it; else None, and the schema says what is wrong.

    Every inquiry and every footstep comes with one: the schema takes ten times as long.
    """
    if document.keys() != _NAMES or type(document["test"]) is not bool:
        return None
    texts = [document[name] for name in _TEXTS]
    texts += [said for name in _TEXTS_OR_NONE if (said := document[name]) is not None]
    for name in ("query", "headers"):
        if type(document[name]) is not dict:
            return None
        texts += document[name].values()
    if not all(type(said) is str for said in texts):
        return None
    try:
        receipt_id, received_at = UUID(document["receipt_id"]), datetime.fromisoformat(document["received_at"])
    except (ValueError, TypeError, AttributeError):
        return None
    if received_at.tzinfo is None:
        return None
    return Intake(**{**document, "receipt_id": receipt_id, "received_at": received_at})
