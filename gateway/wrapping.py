"""Wraps a request into an intake: its raw body, a receipt id, and the little that the gateway knows about it."""

from uuid import UUID

from flask import g, request

from gateway.intakes import Outcome
from gateway.problems import Problem, unavailable
from gateway.spool import SpoolRefused
from gateway.state import gateway
from shared.contracts.intake import Intake
from shared.ids import derived_id, new_id

KEPT_HEADERS = ("user-agent", "referer", "accept-language", "idempotency-key")
#: The description travels in one AMQP header frame, whose size is bounded: so is every part of it.
HEADER_LENGTH = 500
CONTENT_TYPE_LENGTH = 200
IDEMPOTENCY_KEY_LENGTH = 255
_RECEIPTS = UUID("5b1d1a0e-6c1c-5d0e-9d0a-0c9b6a4f7a11")


def take_in(
    dialect: str,
    source: str,
    body: bytes,
    *,
    content_type: str | None = None,
    filename: str | None = None,
    test: bool = False,
) -> tuple[UUID, Outcome]:
    """Takes the inquiry of the present request in. Returns its receipt id once it is durable. Raises a Problem."""
    if not body:
        raise Problem(400, "body_empty", "There is nothing in the body.")
    receipt_id = _receipt_id()
    intake = Intake(
        receipt_id=receipt_id,
        received_at=gateway().clock.now(),
        dialect=dialect,
        source=source,
        content_type=_content_type(content_type or request.content_type),
        query={_clean(name): _clean(value) for name, value in request.args.items()},
        headers=_kept_headers(),
        remote_address=g.address,
        filename=_clean(filename)[:HEADER_LENGTH] if filename else None,
        test=test,
        key_id=g.key.id if g.key else None,
    )
    try:
        outcome = gateway().intakes.accept(intake, body)
    except SpoolRefused:
        raise unavailable("intake_unavailable", "The inquiry could not be kept. Please send it again.") from None
    g.receipt_id = receipt_id
    return receipt_id, outcome


def marked_as_test() -> bool:
    """Whether the caller asks that the inquiry be treated as a test."""
    return request.args.get("test", "").lower() in ("1", "true", "yes")


def _kept_headers() -> dict[str, str]:
    present = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
    return {name: _clean(value)[:HEADER_LENGTH] for name, value in present.items()}


def _receipt_id() -> UUID:
    repeatable = request.headers.get("Idempotency-Key")
    if repeatable is None or g.key is None:
        return new_id(gateway().clock.now())
    if not 0 < len(repeatable) <= IDEMPOTENCY_KEY_LENGTH:
        detail = f"An Idempotency-Key has 1 to {IDEMPOTENCY_KEY_LENGTH} characters."
        raise Problem(400, "idempotency_key_invalid", detail)
    return derived_id(_RECEIPTS, g.key.id, repeatable)


def _content_type(given: str | None) -> str:
    if not given or not given.isascii():
        return "application/octet-stream"
    if len(given) > CONTENT_TYPE_LENGTH:
        raise Problem(400, "content_type_too_long", f"A Content-Type has at most {CONTENT_TYPE_LENGTH} characters.")
    return given


def _clean(text: str) -> str:
    # No database takes NUL in a text; the raw body is kept as it is, this description need not be.
    return text.replace("\x00", "")
