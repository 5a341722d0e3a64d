"""What the front desk says of its sources, and of an inquiry before it is sent. Nothing here is stored."""

from base64 import b64decode
from datetime import datetime
from uuid import UUID

from services.capture.domain.inquiry import Inquiry
from services.capture.domain.register import Company, Source
from services.capture.domain.vocabulary import usual_names
from services.capture.models import RawPayload
from services.capture.usecases import arriving
from shared.contracts.calls import (
    CheckReply,
    CheckRequest,
    SourceEntry,
    SourceField,
    SourceSpecReply,
    SourcesReply,
)
from shared.contracts.errors import ContractViolation, NotFound
from shared.contracts.intake import Intake

#: Names shown for one target, beside the first.
MOST_NAMES = 8
#: An inquiry that is only asked about has no receipt.
_NOBODY = UUID(int=0)
_HIDDEN = ("ignore", "test", "trap")


def sources(company: Company) -> SourcesReply:
    """The register, as the company ordered it."""
    return SourcesReply(sources=[_entry(source) for source in company.sources.values()])


def specification(source_id: str, company: Company) -> SourceSpecReply:
    """How a source is read. Raises NotFound."""
    source = company.sources.get(source_id)
    if source is None:
        raise NotFound(f"source {source_id}")
    return SourceSpecReply(
        entry=_entry(source),
        fields=[*_own_fields(source, company), *_questions(source, company), *_usual_fields()],
        keeps_unknown=source.keep_unknown,
        products=list(source.products or company.products),
        consent_text=source.consent_text,
        window_days=source.window.total_seconds() / 86400,
    )


def check(request: CheckRequest, company: Company, now: datetime) -> CheckReply:
    """What would become of this inquiry by itself; whether we know the person is nobody's business but ours."""
    try:
        body = b64decode(request.body, validate=True)
    except ValueError:
        raise ContractViolation("CheckRequest", {"body": ["not base64"]}) from None
    intake = arriving.clean(
        Intake(
            receipt_id=_NOBODY,
            received_at=now,
            dialect=request.dialect,
            source=request.source,
            content_type=request.content_type,
            query={},
            headers={},
        )
    )
    kept = RawPayload(receipt_id=_NOBODY, body=body, inquiries=1)
    reading = arriving.read(kept, intake, company)
    if len(reading.submissions) > 1:
        return CheckReply(acceptable=True, state="list", missing=[])
    [found] = arriving.judge(kept, reading, company, range(1))
    if found.refused:
        reason, detail = found.refused
        missing = _missing(found.inquiry, company)
        return CheckReply(acceptable=False, state="quarantined", reason=reason, detail=detail, missing=missing)
    state = "test" if found.test else "registered"
    return CheckReply(acceptable=True, state=state, missing=_missing(found.inquiry, company))  # type: ignore[arg-type]


def _missing(inquiry: Inquiry, company: Company) -> list[str]:
    facts, address = inquiry.facts, inquiry.facts.address
    known = {
        "postcode": bool(address and address.postcode),
        "address": bool(address and address.mailable),
        "products": bool(inquiry.products),
    }
    return [
        name
        for name in company.asks
        if not (known[name] if name in known else getattr(facts, name, None) or inquiry.answers.get(name))
    ]


def _entry(source: Source) -> SourceEntry:
    return SourceEntry(
        id=source.id,
        name=source.name,
        channel=source.channel,
        medium=source.medium,
        dialect=source.dialect,
        campaign=source.campaign,
    )


def _own_fields(source: Source, company: Company) -> list[SourceField]:
    return [
        SourceField(name=name, target=target, also=[], choices=_choices(target, company))
        for name, target in source.written.items()
        if target not in _HIDDEN
    ]


def _questions(source: Source, company: Company) -> list[SourceField]:
    named = set(source.written)
    return [
        SourceField(name=name, target=f"answer.{name}", also=[], choices=_choices(f"answer.{name}", company))
        for name in company.questions
        if name not in named
    ]


def _usual_fields() -> list[SourceField]:
    return [
        SourceField(name=names[0], target=target, also=list(names[1 : 1 + MOST_NAMES]), choices=[])
        for target, names in usual_names().items()
        if target not in _HIDDEN
    ]


def _choices(target: str, company: Company) -> list[str]:
    kind, _, name = target.partition(".")
    question = company.questions.get(name) if kind == "answer" else None
    return list(question.choices) if question else []
