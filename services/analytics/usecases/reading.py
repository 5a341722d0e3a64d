"""What the journal answers: a lead's story, the funnel, counts that must balance."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.analytics import store
from services.analytics.domain.sentences import place, sentence
from services.analytics.domain.stages import LOST, STAGES, Reached, conversions, stage
from services.analytics.models import JournalEntry, LeadFact
from services.analytics.store import Choice
from shared.contracts import people, schema
from shared.contracts.calls import Breakdown, FunnelReply, FunnelRequest, FunnelStage, LeadReply, TimelineEntry
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction


def lead(tx: Transaction, lead_id: UUID) -> LeadReply:
    """A lead as the journal tells it. Raises NotFound when nothing was heard of it."""
    fact = tx.session.get(LeadFact, lead_id) or LeadFact()
    told = store.timeline(tx.session, lead_id, fact.person_id)
    entries = told.entries
    if not any(entry.lead_id == lead_id for entry in entries):
        raise NotFound(f"lead {lead_id}")
    entries.sort(key=lambda entry: (_moment(entry), place(entry.room, entry.type)))
    return LeadReply(
        lead_id=lead_id,
        person_id=fact.person_id,
        person=_newest_person([entry for entry in entries if entry.person_id in told.person_ids]),
        stage=stage(_reached(fact)),
        rank=fact.rank,
        score=fact.score,
        owner=schema.load(people.Owner, fact.owner) if fact.owner else None,
        status=fact.status,
        source=fact.source,
        campaign=fact.campaign,
        registered_at=fact.registered_at,
        other_leads=[
            other
            for other in (store.leads_of(tx.session, fact.person_id) if fact.person_id else ())
            if other != lead_id
        ],
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
        reclaimed=store.reclaimed(tx.session, choice),
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
