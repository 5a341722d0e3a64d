"""Wraps a request into an intake: its raw body, a receipt id, and the little that the gateway knows about it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import g, request

from gateway.intakes import Outcome
from gateway.keys import Key
from gateway.problems import Problem, unavailable
from gateway.repeats import OtherBody
from gateway.spool import SpoolRefused
from gateway.state import Gateway, gateway
from shared.contracts.intake import Intake
from shared.ids import derived_id, new_id

KEPT_HEADERS = (
    "user-agent", "referer", "accept-language", "idempotency-key",
    # By these a browser says that a page is fetched in advance.
    "purpose", "sec-purpose", "x-purpose", "x-moz",
)  # fmt: skip
#: The description travels in one AMQP header frame, whose size is bounded: so is every part of it.
HEADER_LENGTH = 500
CONTENT_TYPE_LENGTH = 200
IDEMPOTENCY_KEY_LENGTH = 255
_RECEIPTS = UUID("5b1d1a0e-6c1c-5d0e-9d0a-0c9b6a4f7a11")


@dataclass(frozen=True)
class Sent:
    """A request that brings an inquiry. Names of headers are in small letters."""

    body: bytes
    content_type: str | None
    query: Mapping[str, str]
    headers: Mapping[str, str]
    address: str
    #: What is counted as one sender: the address, or its network.
    sender: str
    key: Key | None = None
    #: Message id of a signed request.
    signed_id: str | None = None


@dataclass(frozen=True)
class Door:
    """As what an inquiry is taken in."""

    dialect: str
    source: str
    filename: str | None = None
    test: bool = False
    #: The sender's own key of the inquiry, which it uses for no other: a repeat has the same receipt for ever.
    provider_key: str | None = None
    suspicion: str | None = None
    #: Equal bodies are each something new: steps of a visitor.
    always_new: bool = False


def take_in(
    dialect: str,
    source: str,
    body: bytes,
    *,
    content_type: str | None = None,
    filename: str | None = None,
    test: bool = False,
    provider_key: str | None = None,
    suspicion: str | None = None,
    always_new: bool = False,
) -> tuple[UUID, Outcome]:
    """Takes the inquiry of the present request in. Returns its receipt id once it is durable. Raises a Problem."""
    door = Door(dialect, source, filename, test, provider_key, suspicion, always_new)
    return take_in_by(door, sent_now(body, content_type))


def take_in_by(door: Door, sent: Sent) -> tuple[UUID, Outcome]:
    """Takes what was sent in, as `door` says. Returns its receipt id once it is durable. Raises a Problem."""
    g.receipt_id, outcome = keep(gateway(), sent, door)
    return g.receipt_id, outcome


def sent_now(body: bytes, content_type: str | None = None) -> Sent:
    """What the present request brings."""
    return Sent(
        body=body,
        content_type=content_type or request.content_type,
        query=request.args,
        headers={name: request.headers[name] for name in KEPT_HEADERS if name in request.headers},
        address=g.address,
        sender=g.sender,
        key=g.key,
        signed_id=g.signed_id,
    )


def keep(gateway: Gateway, sent: Sent, door: Door) -> tuple[UUID, Outcome]:
    """The receipt id of the inquiry once it is durable: a new one, or that of its first copy. Raises a Problem."""
    intake = wrapped(gateway, sent, door)
    if claimed(gateway, intake, sent):
        return intake.receipt_id, "repeated"
    try:
        outcome = gateway.intakes.accept(intake, sent.body)
    except SpoolRefused:
        gateway.repeats.refused(intake.receipt_id)
        raise unavailable("intake_unavailable", "The inquiry could not be kept. Please send it again.") from None
    gateway.repeats.kept(intake.receipt_id)
    return intake.receipt_id, outcome


def wrapped(gateway: Gateway, sent: Sent, door: Door) -> Intake:
    """The description that travels with the body. Raises a Problem when the request cannot be taken at all."""
    if not sent.body:
        raise Problem(400, "body_empty", "There is nothing in the body.")
    return Intake(
        receipt_id=_receipt_id(gateway, sent, door),
        received_at=gateway.clock.now(),
        dialect=door.dialect,
        source=door.source,
        content_type=_content_type(sent.content_type),
        query={_clean(name): _clean(value) for name, value in sent.query.items()},
        headers={name: _clean(value)[:HEADER_LENGTH] for name, value in sent.headers.items() if name in KEPT_HEADERS},
        remote_address=sent.address,
        filename=_clean(door.filename)[:HEADER_LENGTH] if door.filename else None,
        test=door.test,
        key_id=sent.key.id if sent.key else None,
        suspicion=door.suspicion,
    )


def claimed(gateway: Gateway, intake: Intake, sent: Sent) -> bool:
    """Whether a first copy is durable already. Raises a Problem when the receipt stands for another body."""
    try:
        return gateway.repeats.claim(intake.receipt_id, _digest(sent.body))
    except OtherBody:
        detail = "This Idempotency-Key came before, with another body. A new inquiry needs a new key."
        raise Problem(422, "idempotency_key_reused", detail) from None


def marked_as_test() -> bool:
    """Whether the caller asks that the inquiry be treated as a test."""
    return is_yes(request.args.get("test", ""))


def is_yes(word: str) -> bool:
    """Whether a flag in an address is set."""
    return word.lower() in ("1", "true", "yes")


def _receipt_id(gateway: Gateway, sent: Sent, door: Door) -> UUID:
    if door.provider_key:
        return _of_provider_key(gateway, sent, door)
    repeatable = sent.headers.get("idempotency-key", sent.signed_id)
    if repeatable is not None:
        if not 0 < len(repeatable) <= IDEMPOTENCY_KEY_LENGTH:
            detail = f"An Idempotency-Key has 1 to {IDEMPOTENCY_KEY_LENGTH} characters."
            raise Problem(400, "idempotency_key_invalid", detail)
        whose = (sent.key.id,) if sent.key else ("", door.source, sent.sender)
        return derived_id(_RECEIPTS, *whose, repeatable)
    fresh = new_id(gateway.clock.now())
    return fresh if door.always_new else gateway.repeats.receipt_for(_content(sent, door), fresh)


def _of_provider_key(gateway: Gateway, sent: Sent, door: Door) -> UUID:
    receipt_id = derived_id(_RECEIPTS, "provider", door.source, str(door.provider_key))
    try:
        gateway.repeats.claim(receipt_id, _digest(sent.body))
    except OtherBody:
        # A platform that says something else under the same number: the front desk compares, nothing is dropped here.
        return derived_id(receipt_id, _digest(sent.body).hex())
    return receipt_id


def _content(sent: Sent, door: Door) -> bytes:
    about = (door.source, door.dialect, door.filename, door.test, sent.content_type, sent.key and sent.key.id)
    described = repr((about, sorted(sent.query.items()))).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(_digest(sent.body) + described, digest_size=16).digest()


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()


def _content_type(given: str | None) -> str:
    if not given or not given.isascii():
        return "application/octet-stream"
    if len(given) > CONTENT_TYPE_LENGTH:
        raise Problem(400, "content_type_too_long", f"A Content-Type has at most {CONTENT_TYPE_LENGTH} characters.")
    return given


def _clean(text: str) -> str:
    # No database takes NUL in a text; the raw body is kept as it is, this description need not be.
    return text.replace("\x00", "")
