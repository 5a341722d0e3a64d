"""What analytics does with events, and how it answers."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.analytics import store
from services.analytics.domain.facts import OF_A_LEAD, OF_AN_INQUIRY, Saying, fold
from services.analytics.domain.sentences import place, sentence
from services.analytics.domain.stages import LOST, STAGES, Reached, conversions, stage
from services.analytics.models import InquiryFact, JournalEntry, LeadFact
from services.analytics.store import Choice
from shared.contracts import people, schema
from shared.contracts.calls import Breakdown, FunnelReply, FunnelRequest, FunnelStage, LeadReply, TimelineEntry
from shared.contracts.envelope import Envelope
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction

# --- hearing ---------------------------------------------------------------------------------------------------------


def file_batch(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Files a whole batch in the journal and works out what those say that it did not have."""
    fresh = store.file(tx.session, envelopes)
    _work_out(tx.session, [envelope for envelope in envelopes if envelope.id in fresh])


def nothing_more(tx: Transaction, envelope: Envelope) -> None:
    """One event alone: `file_batch` did it with the batch, in a few statements instead of a few per event."""


def _work_out(session: Session, envelopes: Sequence[Envelope]) -> None:
    """Folds what the events say into the facts of their leads and inquiries."""
    leads = [(e.lead_id, OF_A_LEAD[e.source, e.type](e.raw)) for e in envelopes if e.lead_id and _says_of_lead(e)]
    inquiries = [
        (UUID(e.raw["inquiry_id"]), OF_AN_INQUIRY[e.source, e.type](e.raw)) for e in envelopes if _says_of_inquiry(e)
    ]
    _fold(session, LeadFact, leads)
    _fold(session, InquiryFact, inquiries)


def _fold(session: Session, fact: store.Fact, told: Sequence[tuple[UUID, tuple[Saying, ...]]]) -> None:
    rows = store.locked_facts(session, fact, (identity for identity, _ in told))
    for identity, sayings in told:
        for saying in sayings:
            fold(rows[identity], saying)
    store.write_facts(session, fact, rows.values())


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


# --- answering -------------------------------------------------------------------------------------------------------


def lead(tx: Transaction, lead_id: UUID) -> LeadReply:
    """A lead as the journal tells it. Raises NotFound when nothing was heard of it."""
    entries = store.timeline(tx.session, lead_id)
    fact = tx.session.get(LeadFact, lead_id) or LeadFact()
    if not any(entry.lead_id == lead_id for entry in entries):
        raise NotFound(f"lead {lead_id}")
    entries.sort(key=lambda entry: (_moment(entry), place(entry.room, entry.type)))
    return LeadReply(
        lead_id=lead_id,
        person_id=fact.person_id,
        person=_newest_person(entries),
        stage=stage(_reached(fact)),
        rank=fact.rank,
        score=fact.score,
        owner=schema.load(people.Owner, fact.owner) if fact.owner else None,
        status=fact.status,
        source=fact.source,
        campaign=fact.campaign,
        registered_at=fact.registered_at,
        timeline=[
            TimelineEntry(
                at=_moment(entry), room=entry.room, event=entry.type, text=sentence(entry.room, entry.type, entry.body)
            )
            for entry in entries
        ],
    )


def _moment(entry: JournalEntry) -> datetime:
    """When it happened. A footstep is told when its visitor becomes known, which may be long after it was made."""
    at = entry.body.get("at") if (entry.room, entry.type) == ("capture", "activity_recorded") else None
    return datetime.fromisoformat(at) if at else entry.time


def _reached(fact: LeadFact) -> Reached:
    return Reached(
        qualified_at=fact.qualified_at,
        accepted_at=fact.accepted_at,
        quoted_at=fact.quoted_at,
        won_at=fact.won_at,
        lost_at=fact.last_lost_at,
        recycled_at=fact.recycled_at,
    )


def _newest_person(entries: Sequence[JournalEntry]) -> people.Person | None:
    """The person as the front desk told them last; copies that other rooms pass on may be older."""
    told = [entry for entry in entries if entry.room == "capture" and "person" in entry.body]
    if not told:
        return None
    newest: Mapping[str, Any] = max(told, key=lambda entry: (entry.time, entry.body.get("revision", 0))).body
    return schema.load(people.Person, newest["person"])


def funnel(tx: Transaction, request: FunnelRequest) -> FunnelReply:
    """What came in, and how far it got."""
    choice = Choice(request.since, request.until, request.campaign, request.source)
    outcomes = store.inquiries(tx.session, choice)
    reached = store.stages(tx.session, choice)
    shares = conversions(reached)
    return FunnelReply(
        inquiries=sum(outcomes.values()),
        quarantined=outcomes.get("quarantined", 0),
        test=outcomes.get("test", 0),
        new_leads=reached[STAGES[0]],
        repeat_responses=outcomes.get("responded", 0),
        stages=[FunnelStage(stage=name, leads=reached[name], conversion=shares.get(name)) for name in (*STAGES, LOST)],
        by_rank=_breakdown(tx, choice, LeadFact.rank),
        by_source=_breakdown(tx, choice, LeadFact.source),
        by_campaign=_breakdown(tx, choice, LeadFact.campaign),
        by_owner=_breakdown(tx, choice, LeadFact.owner_id),
        as_of=tx.now,
    )


def _breakdown(tx: Transaction, choice: Choice, column: Any) -> list[Breakdown]:
    return [Breakdown(key=key, leads=number) for key, number in store.leads_by(tx.session, choice, column).items()]


def ledger(tx: Transaction) -> dict[str, int]:
    """Events by type, inquiries by outcome, and `balance`: inquiries that came in minus those accounted for.

    Every inquiry opened a lead, joined one, lies in quarantine or was a test. The balance is zero once everything on
    its way has arrived.
    """
    events = store.events(tx.session)
    outcomes = store.inquiries(tx.session, Choice())
    leads, responses = events.get("capture.lead_registered", 0), events.get("capture.lead_responded", 0)
    accounted_for = leads + responses + outcomes.get("quarantined", 0) + outcomes.get("test", 0)
    return {
        "events": sum(events.values()),
        **{f"events.{kind}": number for kind, number in events.items()},
        "inquiries": sum(outcomes.values()),
        **{f"inquiries.{outcome}": number for outcome, number in sorted(outcomes.items())},
        "leads": leads,
        "responses": responses,
        "leads_without_owner": store.leads_without_owner(tx.session),
        "balance": sum(outcomes.values()) - accounted_for,
    }
