"""What qualification does with what it hears: remember the fact, assess the lead anew, tell what changed.

Whatever the order in which the facts of a lead come, and however often:
- the profile ends the same, and so do score, rank and decision;
- `revision` counts the facts taken into account, so the `lead_scored` of the highest revision is the truth;
- a lead that ends qualified has been published as `lead_qualified`, the first time under the same event id.
Between, different orders may pass through different scores: an answer that a newer one corrects may be heard alone
in one order and never in the other.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from uuid import UUID

import structlog

from services.qualify import memory, store
from services.qualify.domain.decision import Assessment, assess
from services.qualify.domain.rules import Rules
from services.qualify.models import Person, Profile, Score
from shared.contracts import calls, capture, qualify, router, schema
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()

DISQUALIFIED = ("unqualified", "junk")


def open_profile(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """A new lead: what it came with and how the person's earlier lead ended."""
    event: capture.LeadRegistered = envelope.data
    profile = _profile(tx, event.lead_id)
    if event.previous is not None:
        profile.previous_resolution = event.previous.resolution
    _add_response(tx, profile, envelope, event, rules)


def add_response(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The person inquired again: newer answers win, engagement grows."""
    event: capture.LeadResponded = envelope.data
    _add_response(tx, _profile(tx, event.lead_id), envelope, event, rules)


def update_person(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The front desk knows more of a person: all their leads are assessed anew."""
    event: capture.PersonUpdated = envelope.data
    person = _person(tx, event.person_id)
    if str(event.revision) in person.updates:
        return
    update = {"told_at": envelope.time.isoformat(), "person": memory.person_facts(event.person)}
    person.updates = person.updates | {str(event.revision): update}
    for lead_id in person.leads:
        _reassess(tx, _profile(tx, lead_id), rules)


def take_back(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """Sales gave the lead back: it is not qualified again before it responds, and its engagement counts half."""
    event: router.LeadRecycled = envelope.data
    profile = _profile(tx, event.lead_id)
    if str(envelope.id) in profile.recyclings:
        return
    recycling = {
        "at": event.recycled_at.isoformat(),
        "until": event.until.isoformat() if event.until else None,
        "reason": event.reason,
    }
    profile.recyclings = profile.recyclings | {str(envelope.id): recycling}
    _reassess(tx, profile, rules)


def freeze(tx: Transaction, envelope: Envelope, *, rules: Rules) -> None:
    """The lead was won or lost: it stays as it was at that moment."""
    event: router.LeadWon | router.LeadLost = envelope.data
    profile = _profile(tx, event.lead_id)
    if str(envelope.id) in profile.closings:
        return
    at = event.won_at if isinstance(event, router.LeadWon) else event.lost_at
    profile.closings = profile.closings | {str(envelope.id): {"at": at.isoformat()}}
    _reassess(tx, profile, rules)


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Loads the persons of a batch, then the profiles: of its leads, and of all leads of persons that changed.

    Always in this order: two batches that share a person or a lead wait for each other and never lock each other out.
    """
    leads = {envelope.lead_id for envelope in envelopes if envelope.lead_id}
    known_by_lead = {envelope.lead_id for envelope in envelopes if envelope.lead_id and envelope.source == "router"}
    persons = {envelope.person_id for envelope in envelopes if envelope.person_id}
    changed = {each.person_id for each in envelopes if each.contract is capture.PersonUpdated}
    for person in tx.preload(Person, persons | store.persons_of(tx.session, known_by_lead)):
        if person.person_id in changed:
            leads.update(person.leads)
    tx.preload(Profile, leads)


def explained(score: Score) -> calls.ScoreReply:
    """A stored score as it is shown to whoever asks."""
    return calls.ScoreReply(
        lead_id=score.lead_id,
        rank=score.rank,
        decision=score.decision,
        fit=score.fit,
        engagement=score.engagement,
        score=score.score,
        lines=[schema.load(calls.ExplanationLine, line) for line in score.lines],
        because=score.because,
        rules_version=score.rules_version,
        scored_at=score.scored_at,
    )


# --- remembering --------------------------------------------------------------------------------------------


def _profile(tx: Transaction, lead_id: UUID) -> Profile:
    """The lead's profile; whichever of its events comes first makes it."""
    return tx.get(Profile, lead_id) or tx.add(
        Profile(
            lead_id=lead_id,
            responses={},
            recyclings={},
            closings={},
            facts={},
            revision=0,
            times_qualified=0,
            times_disqualified=0,
        )
    )


def _person(tx: Transaction, person_id: UUID) -> Person:
    return tx.get(Person, person_id) or tx.add(Person(person_id=person_id, updates={}, leads=[]))


def _add_response(
    tx: Transaction,
    profile: Profile,
    envelope: Envelope,
    event: capture.LeadRegistered | capture.LeadResponded,
    rules: Rules,
) -> None:
    key = str(event.response.inquiry_id)
    if key in profile.responses:
        return
    document = memory.response_document(event.response, event.person, envelope.time)
    profile.responses = profile.responses | {key: document}
    profile.person_id = event.person_id
    person = _person(tx, event.person_id)
    if profile.lead_id not in person.leads:
        person.leads = sorted([*person.leads, profile.lead_id])
    _reassess(tx, profile, rules)


# --- assessing ----------------------------------------------------------------------------------------------


def _reassess(tx: Transaction, profile: Profile, rules: Rules) -> None:
    person = tx.get(Person, profile.person_id) if profile.person_id else None
    history = memory.history_of(profile, person)
    profile.revision = history.revision
    assessment = assess(history, rules)
    if assessment is None:
        return
    profile.facts = memory.fact_documents(assessment.facts)
    digest = _digest(assessment)
    if digest != profile.digest:
        profile.digest = digest
        _publish(tx, profile, assessment, rules)


def _digest(assessment: Assessment) -> str:
    """Of all that is published, but not of the time: a fact that changes nothing is not told."""
    told = (
        assessment.lines,
        assessment.rank,
        assessment.decision,
        assessment.because,
        assessment.bant,
        assessment.potential_value,
    )
    return blake2b(repr(told).encode(), digest_size=12).hexdigest()


def _publish(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    _keep_score(tx, profile, assessment, rules)
    was_ranked, was_decided = profile.rank, profile.decision
    profile.rank, profile.decision, profile.score = assessment.rank, assessment.decision, assessment.score
    _tell_score(tx, profile, assessment, rules, was_ranked)
    if assessment.decision == "qualified" and was_decided != "qualified":
        _tell_qualified(tx, profile, assessment, rules)
    if assessment.decision in DISQUALIFIED and was_decided not in DISQUALIFIED:
        _tell_disqualified(tx, profile, assessment, rules)


def _keep_score(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    tx.add(
        Score(
            lead_id=profile.lead_id,
            revision=profile.revision,
            rules_version=rules.version,
            fit=assessment.fit,
            engagement=assessment.engagement,
            score=assessment.score,
            rank=assessment.rank,
            decision=assessment.decision,
            lines=[vars(line) for line in assessment.lines],
            because=assessment.because,
            facts=profile.facts,
            scored_at=assessment.as_of,
        )
    )


def _tell_score(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules, previous: Any) -> None:
    event = qualify.LeadScored(
        **_identity(profile, rules),
        fit=assessment.fit,
        engagement=assessment.engagement,
        score=assessment.score,
        rank=assessment.rank,
        previous_rank=previous,
        decision=assessment.decision,
        lines=assessment.lines,
        because=assessment.because,
        bant=assessment.bant,
        scored_at=assessment.as_of,
    )
    tx.emit(event, key=f"{profile.lead_id}/{profile.revision}")


def _tell_qualified(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    profile.times_qualified += 1
    event = qualify.LeadQualified(
        **_identity(profile, rules),
        rank=assessment.rank,
        score=assessment.score,
        bant=assessment.bant,
        potential_value=assessment.potential_value,
        because=assessment.because,
        qualified_at=assessment.as_of,
    )
    tx.emit(event, key=f"{profile.lead_id}/{profile.times_qualified}")
    log.info("lead_qualified", lead_id=str(profile.lead_id), score=assessment.score, rank=assessment.rank)


def _tell_disqualified(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    profile.times_disqualified += 1
    event = qualify.LeadDisqualified(
        **_identity(profile, rules),
        rank=assessment.rank,
        because=assessment.because,
        disqualified_at=assessment.as_of,
    )
    tx.emit(event, key=f"{profile.lead_id}/{profile.times_disqualified}")
    log.info("lead_disqualified", lead_id=str(profile.lead_id), rank=assessment.rank)


def _identity(profile: Profile, rules: Rules) -> dict[str, Any]:
    return {
        "lead_id": profile.lead_id,
        "person_id": profile.person_id,
        "revision": profile.revision,
        "rules_version": rules.version,
    }
