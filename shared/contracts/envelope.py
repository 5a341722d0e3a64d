"""The envelope around every event: CloudEvents 1.0 attribute names, in the body, where any nameko service sees them."""

import builtins
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import orjson

from shared.contracts import schema
from shared.contracts.errors import ContractViolation
from shared.contracts.event import REGISTER, Event


@dataclass(frozen=True)
class Envelope:
    """One event with what is known about its origin.

    `data` is loaded and checked on first use; a room that only files the event never pays for it.
    """

    id: UUID
    source: str
    type: str
    time: datetime
    dataversion: int
    lead_id: UUID | None
    person_id: UUID | None
    correlation_id: UUID
    causation_id: UUID | None
    traceparent: str | None
    raw: Mapping[str, Any] = field(repr=False)

    @property
    def contract(self) -> builtins.type[Event]:
        """The declared event class. Raises ContractViolation for one that nobody declared."""
        try:
            return REGISTER[self.source, self.type]
        except KeyError:
            raise ContractViolation("Event", {"type": [f"unknown event {self.source}.{self.type}"]}) from None

    @cached_property
    def data(self) -> Any:
        """The event itself. Raises ContractViolation when its fields do not fit its contract."""
        return schema.load(self.contract, self.raw)


def wrap(
    event: Event,
    *,
    id: UUID,
    time: datetime,
    correlation_id: UUID,
    causation_id: UUID | None = None,
    traceparent: str | None = None,
) -> Envelope:
    """The envelope for `event`; its lead and person are read from fields of these names, where it has them."""
    return Envelope(
        id=id,
        source=event.room,
        type=event.name,
        time=time,
        dataversion=event.contract_version,
        lead_id=getattr(event, "lead_id", None),
        person_id=getattr(event, "person_id", None),
        correlation_id=correlation_id,
        causation_id=causation_id,
        traceparent=traceparent,
        raw=schema.dump(event),
    )


def encode(envelope: Envelope) -> bytes:
    """The JSON body of the message."""
    return _body(
        envelope.id,
        envelope.source,
        envelope.type,
        envelope.time,
        envelope.dataversion,
        envelope.lead_id,
        envelope.person_id,
        envelope.correlation_id,
        envelope.causation_id,
        envelope.traceparent,
        envelope.raw,
    )


def encode_event(
    event: Event,
    *,
    id: UUID,
    time: datetime,
    correlation_id: UUID,
    causation_id: UUID | None = None,
    traceparent: str | None = None,
) -> bytes:
    """The message of `event`: `encode(wrap(event, …))`, without making plain types of the event first."""
    lead_id, person_id = getattr(event, "lead_id", None), getattr(event, "person_id", None)
    return _body(
        id,
        event.room,
        event.name,
        time,
        event.contract_version,
        lead_id,
        person_id,
        correlation_id,
        causation_id,
        traceparent,
        orjson.Fragment(schema.dumped(event)),
    )


def _body(
    id: UUID,
    source: str,
    type: str,
    time: datetime,
    dataversion: int,
    lead_id: UUID | None,
    person_id: UUID | None,
    correlation_id: UUID,
    causation_id: UUID | None,
    traceparent: str | None,
    data: Any,
) -> bytes:
    return orjson.dumps(
        {
            "specversion": "1.0",
            "id": id,
            "source": source,
            "type": type,
            "time": time,
            "subject": lead_id,
            "dataversion": dataversion,
            "leadid": lead_id,
            "personid": person_id,
            "correlationid": correlation_id,
            "causationid": causation_id,
            "traceparent": traceparent,
            "data": data,
        }
    )


def decode(body: bytes) -> Envelope:
    """The envelope in a message body. Raises ContractViolation when the body is not one."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ContractViolation("Envelope", {"body": [f"not JSON: {error}"]}) from error
    if not isinstance(document, dict) or not isinstance(document.get("data"), dict):
        raise ContractViolation("Envelope", {"data": ["an object is required"]})
    try:
        return _read(document)
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ContractViolation("Envelope", {"attributes": [repr(error)]}) from error


def _read(document: dict[str, Any]) -> Envelope:
    # By hand, not by schema: every message of every hop passes here, and a schema costs eight times as much.
    time = datetime.fromisoformat(document["time"])
    if time.tzinfo is None:
        raise ValueError("time has no offset")
    identity = UUID(document["id"])
    return Envelope(
        id=identity,
        source=str(document["source"]),
        type=str(document["type"]),
        time=time,
        dataversion=int(document.get("dataversion") or 1),
        lead_id=_uuid(document.get("leadid")),
        person_id=_uuid(document.get("personid")),
        correlation_id=_uuid(document.get("correlationid")) or identity,
        causation_id=_uuid(document.get("causationid")),
        traceparent=document.get("traceparent"),
        raw=document["data"],
    )


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None
