"""Codes on inquiries that lead to no campaign are kept; once registered, earlier inquiries are credited by them."""

import structlog

from services.capture import store
from services.capture.domain import campaigns as rules
from services.capture.domain.register import Company
from services.capture.domain.submission import Submission
from services.capture.models import CodeSighting, Inquiry, Lead
from shared.contracts.capture import InquiryAttributed
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id
from shared.room import DueItem

log = structlog.get_logger()

#: Due work that credits earlier inquiries to campaigns whose codes were registered since.
ATTRIBUTE = "attribute"
#: Inquiries credited in one transaction.
AT_ONCE = 500


def note_codes(tx: Transaction, submission: Submission, record: Inquiry, company: Company) -> None:
    """Keeps the codes of an inquiry that no campaign has."""
    found = rules.sightings(submission, company)
    for one in found:
        # Only an inquiry that is registered again can have been seen before; for new ones nothing is asked.
        if tx.is_new(record) or tx.get(CodeSighting, (record.id, one.place)) is None:
            tx.add(
                CodeSighting(
                    inquiry_id=record.id,
                    place=one.place,
                    code=one.code,
                    written=one.written,
                    source=record.source,
                    outranked=one.outranked,
                    seen_at=record.received_at,
                )
            )
    if found:
        # Somebody may be registering the code at this moment: whoever commits later has it looked at again.
        look_again(tx, str(record.id))


def look_again(tx: Transaction, key: str) -> None:
    """Has codes and inquiries compared once this transaction is committed; the first key of a transaction counts.

    Each transaction has work of its own: two that shared one would wait for each other's leads.
    """
    tx.schedule(ATTRIBUTE, tx.session.info.setdefault(ATTRIBUTE, key), tx.now)


def attribute(tx: Transaction, item: DueItem) -> None:
    """Credits inquiries to the campaigns of their codes, the surest code first, as if the codes had been known."""
    found = store.attributable(tx.session, AT_ONCE)
    if not found:
        return
    inquiry_ids = {sighting.inquiry_id for sighting, _ in found}
    surer = dict(store.surer_sightings(tx.session, inquiry_ids))
    records = {record.id: record for record in store.load(tx, Inquiry, inquiry_ids)}
    store.load(tx, Lead, (record.lead_id for record in records.values()))
    for sighting, campaign in found:
        if surer.get(sighting.inquiry_id, sighting.place) < sighting.place:
            sighting.outranked = True
            continue
        surer[sighting.inquiry_id] = sighting.place
        _credit(tx, sighting, records[sighting.inquiry_id], campaign)
    log.info("inquiries_attributed", inquiries=len(found))
    if len(found) == AT_ONCE:
        tx.schedule(ATTRIBUTE, item.key, tx.now)


def _credit(tx: Transaction, sighting: CodeSighting, record: Inquiry, campaign: str) -> None:
    sighting.attributed_at, sighting.campaign_before = tx.now, record.campaign
    if record.campaign == campaign:
        return
    record.campaign = campaign
    lead = tx.get(Lead, record.lead_id) if record.lead_id else None
    opened = lead is not None and lead.id == derived_id(record.id, "lead")
    if lead is not None and opened:
        lead.campaign = campaign
    tx.emit(
        InquiryAttributed(
            inquiry_id=record.id,
            lead_id=record.lead_id,
            person_id=record.person_id,
            campaign=campaign,
            previous_campaign=sighting.campaign_before,
            code=sighting.written,
            opened=opened,
            attributed_at=tx.now,
        ),
        key=f"{record.id}/{campaign}",
    )
