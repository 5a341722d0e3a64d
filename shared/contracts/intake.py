"""The intake message: a raw inquiry on its way from the gateway to the front desk.

The message body is the sender's body, byte for byte. What the gateway knows about it travels as one JSON header, so
that the body needs no wrapping and the spool can keep both as they are.
"""

from datetime import datetime
from uuid import UUID

import orjson

from shared.contracts import schema
from shared.contracts.errors import ContractViolation
from shared.contracts.event import contract

#: Durable queue of raw inquiries. Its arguments never change: another set of arguments gets another name.
QUEUE = "capture.intake.v1"
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


def encode_header(intake: Intake) -> str:
    """The value of the header that carries `intake`."""
    return orjson.dumps(schema.dump(intake)).decode()


def decode_header(value: str | bytes) -> Intake:
    """The intake in a header value. Raises ContractViolation when it is none."""
    try:
        document = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise ContractViolation("Intake", {"header": [f"not JSON: {error}"]}) from error
    if not isinstance(document, dict):
        raise ContractViolation("Intake", {"header": ["an object is required"]})
    return schema.load(Intake, document)
