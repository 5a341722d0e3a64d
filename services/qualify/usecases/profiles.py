"""What qualification hears: it remembers the fact, and has the lead assessed anew."""

from collections.abc import Sequence
from uuid import UUID

from services.qualify import memory, store
from services.qualify.models import Person, Profile
from services.qualify.usecases import activities, groups, locking
from services.qualify.usecases.enrichment import Enriching, no_enrichment
from services.qualify.usecases.scoring import Measuring, reassess, take_note
from shared.contracts import capture, merges, router
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction


def open_profile(
    tx: Transaction, envelope: Envelope, *, measuring: Measuring, enriching: Enriching = no_enrichment
) -> None:
    """A new lead: what it came with and how the person's earlier lead ended."""
    event: capture.LeadRegistered = envelope.data
    profile = profile_of(tx, event.lead_id)
    if event.previous is not None:
        profile.previous_resolution = event.previous.resolution
    _add_response(tx, profile, envelope, event, measuring, enriching)


def add_response(
    tx: Transaction, envelope: Envelope, *, measuring: Measuring, enriching: Enriching = no_enrichment
) -> None:
    """The person inquired again: newer answers win, engagement grows."""
    event: capture.LeadResponded = envelope.data
    _add_response(tx, profile_of(tx, event.lead_id), envelope, event, measuring, enriching)


def update_person(
    tx: Transaction, envelope: Envelope, *, measuring: Measuring, enriching: Enriching = no_enrichment
) -> None:
    """The front desk knows more of a person: their leads are assessed anew, as far as rules may see it."""
    event: capture.PersonUpdated = envelope.data
    person = person_of(tx, event.person_id)
    if str(event.revision) in person.updates:
        return
    leads = [profile_of(tx, lead_id) for lead_id in person.leads]
    found = enriching(tx, leads[0] if leads else None, event.person, envelope.time)
    update = {
        "told_at": envelope.time.isoformat(),
        "heard_at": tx.now.isoformat(),
        "person": {**found.facts, **memory.person_facts(found.person)},
        "company_id": str(event.person.company_id) if event.person.company_id else None,
    }
    before = [memory.seen_of(profile, person) for profile in leads]
    person.updates = person.updates | {str(event.revision): update}
    for profile, seen in zip(leads, before, strict=True):
        if memory.seen_of(profile, person) == seen:
            take_note(tx, profile)
        else:
            reassess(tx, profile, measuring(tx))


def take_back(tx: Transaction, envelope: Envelope, *, measuring: Measuring) -> None:
    """Sales gave the lead back: it is not qualified again before it responds, and its engagement counts half."""
    event: router.LeadRecycled = envelope.data
    profile = profile_of(tx, event.lead_id)
    if str(envelope.id) in profile.recyclings:
        return
    recycling = {
        "at": event.recycled_at.isoformat(),
        "heard_at": tx.now.isoformat(),
        "until": event.until.isoformat() if event.until else None,
        "reason": event.reason,
    }
    profile.recyclings = profile.recyclings | {str(envelope.id): recycling}
    reassess(tx, profile, measuring(tx))


def freeze(tx: Transaction, envelope: Envelope, *, measuring: Measuring) -> None:
    """The lead was won or lost: it stays as it was at that moment."""
    event: router.LeadWon | router.LeadLost = envelope.data
    profile = profile_of(tx, event.lead_id)
    if str(envelope.id) in profile.closings:
        return
    profile.closings = profile.closings | {str(envelope.id): memory.closing_document(event, tx.now)}
    profile.closed_at, profile.outcome = memory.ending(profile)
    reassess(tx, profile, measuring(tx))


def thaw(tx: Transaction, envelope: Envelope, *, measuring: Measuring) -> None:
    """The owner takes back how the lead ended: it is open again, and moves on."""
    event: router.LeadReopened = envelope.data
    profile = profile_of(tx, event.lead_id)
    if str(envelope.id) in profile.closings:
        return
    profile.closings = profile.closings | {str(envelope.id): memory.reopening_document(event, tx.now)}
    profile.closed_at, profile.outcome = memory.ending(profile)
    reassess(tx, profile, measuring(tx))


def mark(tx: Transaction, envelope: Envelope, *, measuring: Measuring) -> None:
    """The owner accepted or declined the lead, made an appointment or an offer: it may come to another stage."""
    event: router.LeadAccepted | router.LeadDeclined | router.LeadStatusChanged | router.QuoteRecorded = envelope.data
    found = memory.mark_document(event, tx.now)
    profile = profile_of(tx, event.lead_id)
    if found is None or str(envelope.id) in profile.marks:
        return
    profile.marks = profile.marks | {str(envelope.id): found}
    reassess(tx, profile, measuring(tx))


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Loads the persons of a batch, then the profiles: of its leads, and of all leads of persons that changed.

    Always in this order: two batches that share a person or a lead wait for each other and never lock each other out.
    """
    leads = {envelope.lead_id for envelope in envelopes if envelope.lead_id} | merges.leads_named(envelopes)
    persons = {envelope.person_id for envelope in envelopes if envelope.person_id}
    persons |= activities.persons_of(envelopes) | merges.persons_named(envelopes)
    whole = (capture.PersonUpdated, *activities.HEARD)
    changed = {each.person_id for each in envelopes if each.person_id and each.contract in whole}
    changed |= activities.persons_of(envelopes)
    # Whose the leads are now; events may name somebody who became part of them.
    changed |= merges.persons_named(envelopes)
    changed |= store.families_of(tx.session, changed)
    activities.preload(tx, envelopes)
    locking.take(tx, leads, persons, groups.companies_of(envelopes), whole=changed)


# --- remembering --------------------------------------------------------------------------------------------


def profile_of(tx: Transaction, lead_id: UUID) -> Profile:
    """The lead's profile; whichever of its events comes first makes it."""
    return tx.get(Profile, lead_id) or tx.add(
        Profile(
            lead_id=lead_id,
            responses={},
            recyclings={},
            closings={},
            notes={},
            findings={},
            marks={},
            colleagues={},
            facts={},
            revision=0,
            turns=0,
            moves=0,
            times_qualified=0,
            times_disqualified=0,
            begun_at=tx.now,
            person_revision=0,
            moved_away=[],
        )
    )


def person_of(tx: Transaction, person_id: UUID) -> Person:
    """What was told of a person; whichever of their events comes first makes it."""
    return tx.get(Person, person_id) or tx.add(
        Person(person_id=person_id, updates={}, leads=[], current_revision=0, absorbed=[])
    )


def _add_response(
    tx: Transaction,
    profile: Profile,
    envelope: Envelope,
    event: capture.LeadRegistered | capture.LeadResponded,
    measuring: Measuring,
    enriching: Enriching,
) -> None:
    key = str(event.response.inquiry_id)
    if key in profile.responses or key in profile.moved_away:
        return
    found = enriching(tx, profile, event.person, envelope.time)
    document = memory.response_document(event.response, found.person, envelope.time, tx.now)
    document["person"] = {**found.facts, **document["person"]}
    profile.responses = profile.responses | {key: document}
    if profile.person_id is None or not profile.person_revision:
        profile.person_id = event.person_id
    person = person_of(tx, profile.person_id)
    if profile.lead_id not in person.leads:
        person.leads = sorted([*person.leads, profile.lead_id])
    reassess(tx, profile, measuring(tx))
