"""Files every event in the journal, and works out the facts that follow."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.analytics import store
from services.analytics.domain.facts import OF_A_LEAD, OF_AN_INQUIRY, OF_SEVERAL_LEADS, Saying, fold
from services.analytics.models import InquiryFact, LeadFact
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction

#: Room and type of the event that tells how an owner's duty ended.
DUTY_ENDED = ("router", "duty_ended")


def file_batch(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Files a whole batch in the journal and works out what those say that it did not have."""
    fresh = store.file(tx.session, envelopes)
    _work_out(tx.session, [envelope for envelope in envelopes if envelope.id in fresh])


def nothing_more(tx: Transaction, envelope: Envelope) -> None:
    """One event alone: `file_batch` did it with the batch, in a few statements instead of a few per event."""


def _work_out(session: Session, envelopes: Sequence[Envelope]) -> None:
    """Folds what the events say into the facts of their leads and inquiries."""
    leads = [(e.lead_id, OF_A_LEAD[e.source, e.type](e.raw)) for e in envelopes if e.lead_id and _says_of_lead(e)]
    leads += [
        (UUID(lead_id), OF_SEVERAL_LEADS[e.source, e.type](e.raw))
        for e in envelopes
        if (e.source, e.type) in OF_SEVERAL_LEADS
        for lead_id in e.raw["lead_ids"]
    ]
    inquiries = [
        (UUID(e.raw["inquiry_id"]), OF_AN_INQUIRY[e.source, e.type](e.raw)) for e in envelopes if _says_of_inquiry(e)
    ]
    _fold(session, LeadFact, leads)
    store.keep_duties(session, [_duty(e) for e in envelopes if (e.source, e.type) == DUTY_ENDED])
    _fold(session, InquiryFact, inquiries)


def _fold(session: Session, fact: store.Fact, told: Sequence[tuple[UUID, tuple[Saying, ...]]]) -> None:
    rows = store.locked_facts(session, fact, (identity for identity, _ in told))
    for identity, sayings in told:
        for saying in sayings:
            fold(rows[identity], saying)
    store.write_facts(session, fact, rows.values())


def _duty(envelope: Envelope) -> dict[str, Any]:
    said = ("owner_id", "owner_name", "clock", "outcome")
    return {
        "duty_id": envelope.id,
        "lead_id": envelope.lead_id,
        **{name: envelope.raw[name] for name in said},
        "did": envelope.raw.get("did"),
        "left_out": envelope.raw.get("left_out", []),
        "ended_at": datetime.fromisoformat(envelope.raw["ended_at"]),
    }


def _says_of_lead(envelope: Envelope) -> bool:
    return (envelope.source, envelope.type) in OF_A_LEAD


def _says_of_inquiry(envelope: Envelope) -> bool:
    return (envelope.source, envelope.type) in OF_AN_INQUIRY


def rebuild(tx: Transaction) -> int:
    """Works out all facts anew from the journal, while handlers wait. Returns how many events were read."""
    store.forget_facts(tx.session)
    read = 0
    for envelopes in store.journal(tx.session):
        _work_out(tx.session, envelopes)
        tx.session.expunge_all()
        read += len(envelopes)
    return read
