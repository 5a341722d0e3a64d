"""Raw inquiries into arrivals: kept byte for byte first, then read, normalised and judged. No row of a person yet."""

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
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
    #: Of a platform's notice: the key of the one that it takes back, or that would take it back.
    counterpart: str | None = None

    @property
    def awaits(self) -> bool:
        """Whether a platform announced it and keeps the answers to itself until they are fetched."""
        return self.submission.fetch is not None

    @property
    def keys(self) -> tuple[str | None, ...]:
        """All keys under which another copy, or a word that takes it back, may be known."""
        return (self.provider_key, self.counterpart, *self.content_keys)

    @property
    def row(self) -> int:
        """Place within the intake."""
        return self.submission.row


def clean(intake: Intake) -> Intake:
    """What the gateway knew, without what the database refuses."""
    return replace(
        intake,
        source=line(intake.source),
        dialect=line(intake.dialect),
        content_type=line(intake.content_type),
        query=_clean(intake.query),
        headers=_clean(intake.headers),
        remote_address=storable(intake.remote_address) if intake.remote_address else None,
        filename=storable(intake.filename) if intake.filename else None,
        key_id=storable(intake.key_id) if intake.key_id else None,
    )


def keep(tx: Transaction, intake: Intake, body: bytes) -> RawPayload:
    """Stores the payload as it came, and what the gateway knew about it."""
    return tx.new(
        RawPayload,
        receipt_id=intake.receipt_id,
        source=intake.source,
        dialect=intake.dialect,
        received_at=intake.received_at,
        stored_at=tx.now,
        intake=schema.dump(intake),
        body=body,
        inquiries=1,
    )


@dataclass(frozen=True)
class Reading:
    """What a kept payload holds, not yet judged."""

    intake: Intake
    source: Source
    submissions: Sequence[Submission]
    #: Why the payload as a whole goes to quarantine.
    refused: tuple[str, str] | None = None


def read(kept: RawPayload, intake: Intake, company: Company) -> Reading:
    """The inquiries in a kept payload: whatever the bytes are, at least one."""
    source = company.sources.get(intake.source)
    refused = None
    if source is None:
        # Read with nobody's mapping, so that the quarantine shows something.
        source = company.stranger(intake.source, intake.dialect)
        refused = ("unknown_source", f"no source {intake.source!r} in the company's register")
    try:
        return Reading(intake, source, sources.read(kept.body, intake, source), refused)
    except Unreadable as error:
        return Reading(intake, source, [Submission()], refused or (error.reason, line(error.detail)))
    except Exception as error:
        # A reader met what nobody thought of. The sender is not to suffer, and somebody is to see it.
        log.error("inquiry_reader_failed", receipt_id=str(kept.receipt_id), **place_of(error))
        failed = ("unreadable", f"the reader failed: {type(error).__name__}")
        return Reading(intake, source, [Submission()], refused or failed)


def judge(kept: RawPayload, reading: Reading, company: Company, places: range) -> list[Arrival]:
    """The inquiries at these places of a reading, normalised and judged."""
    return [_judged(kept, reading, company, place) for place in places]


def _judged(kept: RawPayload, reading: Reading, company: Company, place: int) -> Arrival:
    # Negative where the row cannot be read: no list numbers its rows so.
    said = Submission(row=-place if place else 0)
    try:
        said = reading.submissions[place]
        return arrival(kept, reading, said, company, reading.refused)
    except Exception as error:
        log.error("inquiry_not_judged", receipt_id=str(kept.receipt_id), row=said.row, **place_of(error))
        refused = ("unreadable", f"a value could not be handled: {type(error).__name__}")
        return arrival(kept, reading, Submission(row=said.row), company, refused)


def arrival(
    kept: RawPayload,
    reading: Reading,
    said: Submission,
    company: Company,
    refused: tuple[str, str] | None = None,
    *,
    inquiry_id: UUID | None = None,
    trusted: bool = False,
) -> Arrival:
    """One submission of a reading, normalised and judged.

    `inquiry_id` is that of an inquiry which is judged again; `trusted` says that a person found it to be no spam.
    """
    intake, source = reading.intake, reading.source
    inquiry = normalise(said, source, company)
    announced = said.fetch is not None or said.withdrawn
    test = refused is None and (said.test or intake.test)
    if refused is None and not test and not trusted and intake.suspicion:
        refused = ("spam", line(intake.suspicion))
    if refused is None and not test and not announced:
        refused = refusal(said, inquiry, trusted=trusted)
    content = fingerprint(source.id, said, _unread(kept, said))
    provider_key = _provider_key(source, said, intake, inquiry)
    return Arrival(
        inquiry_id=inquiry_id or derived_id(kept.receipt_id, "inquiry", str(said.row)),
        receipt_id=kept.receipt_id,
        received_at=intake.received_at,
        source=source,
        submission=said,
        inquiry=inquiry,
        refused=refused,
        test=test,
        provider_key=_withdrawal(provider_key) if said.withdrawn else provider_key,
        content_keys=content_keys(content, intake.received_at, company.repeats_within(source)),
        counterpart=provider_key if said.withdrawn else _withdrawal(provider_key) if announced else None,
    )


def _unread(kept: RawPayload, said: Submission) -> bytes:
    """What tells this submission from others of its source that say as little."""
    if said.fetch is not None or said.withdrawn:
        return f"{said.fetch}|{said.provider_key}|{said.withdrawn}".encode()
    nothing = not said.person and said == Submission(row=said.row)
    return b"%d:%b" % (said.row, kept.body) if nothing else b""


def _withdrawal(provider_key: str | None) -> str | None:
    return identity.shortened(f"withdrawn|{provider_key}") if provider_key else None


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
    who = next((key.text for key in inquiry.keys), "")
    return notice_key(source.id, own, who)


def notice_key(source_id: str, own: str, who: str = "") -> str:
    """The key of a submission that its sender calls `own`; of a notice, which says of nobody who it is, no `who`."""
    return identity.shortened(f"{source_id}|{own}|{who}")


def place_of(error: Exception) -> dict[str, str]:
    """What failed and where, without the error's own words: they may quote a person."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return {"error": type(error).__name__, "at": f"{last.filename}:{last.lineno}"}


def _clean(texts: Mapping[str, str]) -> dict[str, str]:
    return {storable(name): storable(value) for name, value in texts.items()}
