"""What a person may ask for: what is held of them, what they agreed to, and to be forgotten. And the ledger by day."""

from dataclasses import field
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from shared.contracts.calls.registry import declare
from shared.contracts.calls.router import LinkRequest
from shared.contracts.event import contract
from shared.contracts.privacy import PassedOn


@contract
class PersonRequest:
    person_id: UUID


@contract
class OwnExportReply:
    """What the front desk holds of a person, and the ids under which the other rooms know them."""

    person_ids: list[UUID]
    lead_ids: list[UUID]
    inquiry_ids: list[UUID]
    #: Rows by table.
    tables: dict[str, list[Any]]


CAPTURE_EXPORT = declare("capture", "export", PersonRequest, OwnExportReply)


@contract
class ExportRequest:
    """The ids under which a person is known."""

    person_ids: list[UUID]
    lead_ids: list[UUID]
    inquiry_ids: list[UUID]


@contract
class ExportReply:
    """What one room holds of a person: rows by table."""

    tables: dict[str, list[Any]]


QUALIFY_EXPORT = declare("qualify", "export", ExportRequest, ExportReply)
ROUTER_EXPORT = declare("router", "export", ExportRequest, ExportReply)
NURTURE_EXPORT = declare("nurture", "export", ExportRequest, ExportReply)
FULFILLMENT_EXPORT = declare("fulfillment", "export", ExportRequest, ExportReply)
ANALYTICS_EXPORT = declare("analytics", "export", ExportRequest, ExportReply)
#: What the other rooms hold.
EXPORTS = (QUALIFY_EXPORT, ROUTER_EXPORT, NURTURE_EXPORT, FULFILLMENT_EXPORT, ANALYTICS_EXPORT)


# --- erasure ---------------------------------------------------------------------------------------------------------


@contract
class EraseRequest:
    person_id: UUID
    #: Why, and who asked for it or enters it. Kept for ever: name the request, not the person.
    reason: str
    by: str


@contract
class EraseReply:
    erasure_id: UUID
    person_ids: list[UUID]
    #: False when the person had been erased before.
    begun: bool


ERASE = declare("capture", "erase", EraseRequest, EraseReply)


@contract
class ErasureRequest:
    erasure_id: UUID


@contract
class RoomErasure:
    """What one room says of an erasure; nothing yet where `erased_at` is None."""

    room: str
    erased_at: datetime | None = None
    removed: dict[str, int] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)


@contract
class CertificateReply:
    """What was erased where, by every room's own word."""

    erasure_id: UUID
    #: overdue: a room has not answered for a day; somebody must look.
    state: Literal["running", "complete", "overdue"]
    requested_at: datetime
    completed_at: datetime | None = None
    reason: str
    by: str
    person_ids: list[UUID]
    leads: int
    inquiries: int
    rooms: list[RoomErasure]
    #: Third parties that were given something before: they are to be told.
    passed_on: list[PassedOn]


CERTIFICATE = declare("capture", "certificate", ErasureRequest, CertificateReply)


@contract
class ErasureLine:
    erasure_id: UUID
    state: Literal["running", "complete", "overdue"]
    requested_at: datetime
    #: Rooms that have not answered yet.
    waits_for: list[str]


@contract
class ErasuresRequest:
    limit: int = 100


@contract
class ErasuresReply:
    erasures: list[ErasureLine]
    #: Of all, not of this page: how many no room may leave open any longer.
    overdue: int


ERASURES = declare("capture", "erasures", ErasuresRequest, ErasuresReply)


# --- consent ---------------------------------------------------------------------------------------------------------


@contract
class ConsentLine:
    """One statement, as it was made."""

    id: UUID
    channel: str
    purpose: str
    allowed: bool
    #: said; pending: to be confirmed by the person before it counts; confirmed.
    state: str
    at: datetime
    origin: str
    text: str | None = None
    #: Which of the company's wordings that is.
    version: str | None = None
    inquiry_id: UUID | None = None
    proofs: dict[str, str] = field(default_factory=dict)


@contract
class Standing:
    """What holds now for one channel and purpose."""

    channel: str
    purpose: str
    allowed: bool
    since: datetime
    #: Of the statement that decides.
    by: UUID
    #: A yes that waits for its confirmation, and does not count before.
    pending: bool = False


@contract
class ConsentReply:
    person_id: UUID
    holds: list[Standing]
    #: Oldest first; nothing is ever changed or removed but by an erasure.
    statements: list[ConsentLine]


CONSENT = declare("capture", "consent", PersonRequest, ConsentReply)


@contract
class RecordConsentRequest:
    """Somebody said yes or no by telephone, at a counter, in a letter."""

    person_id: UUID
    channel: Literal["email", "phone", "post"]
    purpose: str = "marketing"
    allowed: bool
    #: Where it was said: "phone call", "letter", …
    origin: str
    #: When it was said; now when left out.
    at: datetime | None = None
    text: str | None = None
    proofs: dict[str, str] = field(default_factory=dict)


RECORD_CONSENT = declare("capture", "record_consent", RecordConsentRequest, ConsentReply)


# --- the ledger by day -----------------------------------------------------------------------------------------------


@contract
class LedgerDaysRequest:
    """Days of receipt in UTC from `since` up to, not including, `until`; all when left out."""

    since: date | None = None
    until: date | None = None
    source: str | None = None


@contract
class LedgerDay:
    """One day of one source: received = live + closed + quarantined + test + merged + erased + waiting."""

    day: date
    source: str
    received: int
    #: Inquiries whose lead is open, and whose lead is won or lost.
    live: int
    closed: int
    quarantined: int
    test: int
    #: Second copies, resolved to the first.
    merged: int
    erased: int
    #: Rows of a list not read yet, and leads announced by a platform that are still to be fetched or were taken back.
    waiting: int
    #: Received minus all others: zero, or something was lost.
    balance: int


@contract
class LedgerDaysReply:
    days: list[LedgerDay]
    #: Over all of these days and sources.
    balance: int


LEDGER_DAYS = declare("capture", "ledger_days", LedgerDaysRequest, LedgerDaysReply)


# --- double opt-in ---------------------------------------------------------------------------------------------------


@contract
class ConfirmRequest:
    """A link was followed to its end. From where and with what is the proof."""

    token: str
    address: str | None = None
    user_agent: str | None = None


@contract
class ConfirmationReply:
    """What a confirmation link stands for. `done` says whether it is confirmed."""

    channel: str
    purpose: str
    text: str | None
    done: bool
    #: The address with all but its first letter and domain hidden, to show on the page.
    masked_address: str | None = None


DESCRIBE_CONFIRMATION = declare("capture", "describe_confirmation", LinkRequest, ConfirmationReply)
CONFIRM = declare("capture", "confirm", ConfirmRequest, ConfirmationReply)
