"""Raw inquiries into arrivals: kept byte for byte first, then read, normalised and judged. No row of a person yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from services.capture import sources
from services.capture.domain import identity
from services.capture.domain.cleaning import line, storable
from services.capture.domain.inquiry import Inquiry, fingerprint, normalise, refusal
from services.capture.domain.register import Company, Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.models import RawPayload
from shared.contracts import schema
from shared.contracts.intake import Intake
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id
from shared.room import RawInquiry

log = structlog.get_logger()


@dataclass(frozen=True)
class Arrival:
    """One inquiry at the desk, judged by itself: what is left is who sent it and whether it is a second copy."""

    inquiry_id: UUID
    receipt_id: UUID
    received_at: datetime
    source: Source
    submission: Submission
    inquiry: Inquiry
    #: Why it goes to quarantine, as a slug and a sentence.
    refused: tuple[str, str] | None
    test: bool
    #: The sender's own key of this submission.
    provider_key: str | None
    #: Its content and time: the own key first, then those under which an equal one just before or after would be.
    content_keys: tuple[str, ...]

    @property
    def row(self) -> int:
        """Place within the intake."""
        return self.submission.row


def keep(tx: Transaction, raw: RawInquiry) -> RawPayload:
    """Stores the payload as it came, and what the gateway knew about it."""
    return tx.add(
        RawPayload(
            receipt_id=raw.intake.receipt_id,
            source=line(raw.intake.source),
            dialect=line(raw.intake.dialect),
            received_at=raw.intake.received_at,
            stored_at=tx.now,
            intake=_clean(schema.dump(raw.intake)),
            body=raw.body,
            inquiries=1,
        )
    )


def read(kept: RawPayload, company: Company) -> Sequence[Arrival]:
    """The inquiries in a kept payload. Whatever the bytes are, the answer is at least one arrival."""
    intake = schema.load(Intake, kept.intake)
    source = company.sources.get(intake.source)
    if source is None:
        stranger = company.stranger(intake.source, intake.dialect)
        refused = ("unknown_source", f"no source {intake.source!r} in the company's register")
        return [_arrival(kept, intake, stranger, said, company, refused) for said in _readable(kept, intake, stranger)]
    try:
        submissions = sources.read(kept.body, intake, source)
    except Unreadable as error:
        return [_arrival(kept, intake, source, Submission(), company, (error.reason, line(error.detail)))]
    except Exception as error:
        # A reader met what nobody thought of. The sender is not to suffer, and somebody is to see it.
        log.exception("inquiry_reader_failed", receipt_id=str(kept.receipt_id), error=type(error).__name__)
        refused = ("unreadable", f"the reader failed: {type(error).__name__}")
        return [_arrival(kept, intake, source, Submission(), company, refused)]
    return [_arrival(kept, intake, source, said, company, None) for said in submissions]


def _readable(kept: RawPayload, intake: Intake, source: Source) -> Sequence[Submission]:
    """What can be read with nobody's mapping: it is shown in the quarantine, no more."""
    try:
        return sources.read(kept.body, intake, source)
    except Exception:
        return [Submission()]


def _arrival(
    kept: RawPayload,
    intake: Intake,
    source: Source,
    said: Submission,
    company: Company,
    refused: tuple[str, str] | None,
) -> Arrival:
    inquiry = normalise(said, source, company)
    test = refused is None and (said.test or intake.test)
    if refused is None and not test:
        refused = refusal(said, inquiry)
    content = fingerprint(source.id, said, kept.body if said == Submission() else b"")
    return Arrival(
        inquiry_id=derived_id(kept.receipt_id, "inquiry", str(said.row)),
        receipt_id=kept.receipt_id,
        received_at=intake.received_at,
        source=source,
        submission=said,
        inquiry=inquiry,
        refused=refused,
        test=test,
        provider_key=_provider_key(source, said, intake, inquiry),
        content_keys=content_keys(content, intake.received_at, company.same_submission),
    )


def content_keys(content: str, at: datetime, window: timedelta) -> tuple[str, ...]:
    """Keys by which equal content within `window` is found, whichever copy comes first.

    Time is cut into pieces of one window: an equal submission within it lies in the same piece or next to it.
    """
    if not window:
        return (f"content:{content}:{at.timestamp()}",)
    piece = int(at.timestamp() // window.total_seconds())
    return tuple(f"content:{content}:{near}" for near in (piece, piece - 1, piece + 1))


def _provider_key(source: Source, said: Submission, intake: Intake, inquiry: Inquiry) -> str | None:
    own = said.provider_key
    header = intake.headers.get("idempotency-key")
    if own is None and header:
        own = f"header:{line(header)}#{said.row}"
    if own is None:
        return None
    # With the person's surest key: some senders give every prospect the same number, and none of them is to be lost.
    who = next((key.text for key in identity.keys(inquiry.facts)), "")
    return identity.shortened(f"{source.id}|{own}|{who}")


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, dict):
        return {storable(str(name)): _clean(item) for name, item in value.items()}
    return value
