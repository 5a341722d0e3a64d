"""Looking at the quarantine: the list, and one inquiry with all that is known of it. Nothing is changed."""

from uuid import UUID

from services.capture import store
from services.capture.domain.corrections import READING, corrected, values
from services.capture.domain.register import Company
from services.capture.domain.submission import Submission
from services.capture.models import Inquiry, PulledAnswer, RawPayload
from services.capture.store import Filter
from services.capture.usecases import rereading
from services.capture.usecases.rereading import corrections_of
from shared.contracts import calls, schema
from shared.contracts.calls import (
    Correction,
    InspectReply,
    QuarantineEntry,
    QuarantineGroup,
    QuarantineReply,
    QuarantineRequest,
    RawBody,
)
from shared.contracts.errors import ContractViolation, NotFound
from shared.contracts.intake import Intake
from shared.database.unit_of_work import Transaction
from shared.mail.encoding import declared_charset, decoded

MOST_ENTRIES = 200
#: Of a body: characters shown as text, and bytes shown in hex.
SHOWN_TEXT = 20_000
SHOWN_HEX = 1_024
#: What holds more inquiries or bytes than this is not read anew only to say what a release would do: others wait.
READ_TO_LOOK = 2_000
BYTES_TO_LOOK = 256 * 1024
_CONTROL_PICTURES = {code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\n\t"} | {0x7F: "\u2421"}


def quarantine(tx: Transaction, request: QuarantineRequest) -> QuarantineReply:
    """A page of what was set aside, newest first. Raises ContractViolation for a cursor that is none."""
    after = store.place_of(request.cursor) if request.cursor else None
    if request.cursor and after is None:
        raise ContractViolation("QuarantineRequest", {"cursor": ["Not a cursor that a page gave."]})
    limit = max(1, min(request.limit, MOST_ENTRIES))
    wanted = Filter.asked(request.reason, request.source, request.day, request.junk, request.before)
    found = store.quarantined(tx.session, wanted, after, limit + 1)
    page = found[:limit]
    return QuarantineReply(
        entries=[_entry(inquiry) for inquiry in page],
        next=store.cursor_of(page[-1]) if len(found) > limit else None,
        groups=[
            QuarantineGroup(reason=reason, source=source, number=number)
            for reason, source, number in store.groups(tx.session)
        ],
    )


def _entry(inquiry: Inquiry) -> QuarantineEntry:
    return QuarantineEntry(
        inquiry_id=inquiry.id,
        receipt_id=inquiry.receipt_id,
        received_at=inquiry.received_at,
        source=inquiry.source,
        channel=inquiry.channel,
        reason=inquiry.reason or "",
        detail=inquiry.detail or "",
        row=inquiry.row,
        who=_who(inquiry),
        junk=inquiry.junked_at is not None,
    )


def _who(inquiry: Inquiry) -> str:
    person = inquiry.parsed.get("person") or {}
    name = person.get("full_name") or " ".join(filter(None, (person.get("given_name"), person.get("family_name"))))
    return str(name or person.get("email") or person.get("phone") or person.get("company") or "")


def inspect(tx: Transaction, inquiry_id: UUID, company: Company) -> InspectReply:
    """One inquiry: the raw bytes, what was read, why it was set aside, what was done to it. Raises NotFound."""
    inquiry = tx.session.get(Inquiry, inquiry_id)
    repairs = store.repairs_of(tx.session, inquiry_id)
    if inquiry is None or (inquiry.outcome != "quarantined" and not repairs):
        raise NotFound(f"inquiry {inquiry_id}")
    kept = store.payloads(tx.session, [inquiry.receipt_id])[inquiry.receipt_id]
    intake = schema.load(Intake, kept.intake)
    pulled = tx.session.get(PulledAnswer, inquiry_id)
    corrections = corrections_of(inquiry)
    fields = {**dict.fromkeys(READING, ""), **corrections}
    still = None
    if inquiry.outcome == "quarantined":
        still, said = _would_be(tx, inquiry, kept, company)
        fields |= values(said, company)
    return InspectReply(
        inquiry_id=inquiry.id,
        receipt_id=inquiry.receipt_id,
        row=inquiry.row,
        outcome=inquiry.outcome,
        reason=inquiry.reason,
        detail=inquiry.detail,
        junk=inquiry.junked_at is not None,
        lead_id=inquiry.lead_id,
        source=inquiry.source,
        channel=inquiry.channel,
        dialect=kept.dialect,
        received_at=inquiry.received_at,
        remote_address=intake.remote_address,
        query=dict(intake.query),
        headers=dict(intake.headers),
        raw=shown(kept.body, intake.content_type),
        pulled=shown(pulled.body, "application/json") if pulled else None,
        parsed=inquiry.parsed,
        notes=list(inquiry.notes),
        fields=fields,
        corrections=[
            schema.load(Correction, {"field": name, **entry})
            for name, entry in sorted((inquiry.corrections or {}).items())
        ],
        repairs=[
            calls.RepairEntry(
                number=repair.number,
                action=repair.action,
                by=repair.by,
                at=repair.at,
                reason_before=repair.reason_before,
                detail_before=repair.detail_before,
                outcome_after=repair.outcome_after,
                reason_after=repair.reason_after,
                corrections=repair.corrections,
            )
            for repair in repairs
        ],
        still=still[0] if still else None,
        still_detail=still[1] if still else None,
    )


def _would_be(
    tx: Transaction, inquiry: Inquiry, kept: RawPayload, company: Company
) -> tuple[tuple[str, str] | None, Submission]:
    """Why a release would leave it here, and what is read of it now."""
    if kept.inquiries <= READ_TO_LOOK and len(kept.body) <= BYTES_TO_LOOK:
        arrival = rereading.reread(tx, [inquiry], company)[inquiry.id].arrival
        return arrival.refused, arrival.submission
    said = {
        name: inquiry.parsed[name] for name in ("person", "answers", "message", "campaign") if name in inquiry.parsed
    }
    read = Submission(**said, products=tuple(inquiry.parsed.get("products") or ()))
    return (inquiry.reason or "", inquiry.detail or ""), corrected(read, corrections_of(inquiry))


def shown(body: bytes, content_type: str) -> RawBody:
    """Bytes as a person may look at them, whatever they are: no control character reaches a screen."""
    text = decoded(body[: SHOWN_TEXT * 4], declared_charset(content_type))
    visible = text.replace("\r\n", "\n").translate(_CONTROL_PICTURES)
    return RawBody(
        size=len(body),
        content_type=content_type,
        text="".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in visible[:SHOWN_TEXT]),
        hex=_hex(body[:SHOWN_HEX]),
        whole=len(body) <= SHOWN_TEXT * 4 and len(visible) <= SHOWN_TEXT,
    )


def _hex(body: bytes) -> str:
    lines = []
    for start in range(0, len(body), 16):
        part = body[start : start + 16]
        characters = "".join(chr(code) if 32 <= code < 127 else "." for code in part)
        lines.append(f"{start:06x}  {part.hex(' '):<47}  {characters}")
    return "\n".join(lines)
