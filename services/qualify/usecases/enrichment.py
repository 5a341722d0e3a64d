"""Finding out about a person beside what they said: at once by lists, and by asking services beside the lead.

Nothing here is awaited: a lead is scored with what is there, and once more when an answer came. What is found stands
below what was said, in qualification as at the front desk, which is told where it has nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import select

from services.qualify.domain.enrichment import Sourced
from services.qualify.enriching import Enrichment, FoundOut, as_known_soon, facts_in, subject_of
from services.qualify.enrichment.http import IMPERSONAL, HttpProvider
from services.qualify.models import EnrichmentAnswer, Person, Profile
from services.qualify.usecases import locking
from services.qualify.usecases.scoring import Measuring, reassess
from shared.contracts import people, schema
from shared.contracts.enrichment import EnrichedValue, ProfileEnriched
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction
from shared.room import GiveUp, Outcome, Settled

log = structlog.get_logger()

#: Kind of the effect that asks a service.
ASK = "enrich"
#: Seconds between tries; a service that is away longer than a day is asked again with the next inquiry.
WAITS = (30.0, 300.0, 3600.0, 21600.0)
#: Of a provider's earlier answers so many are kept with a lead.
KEPT_BEFORE = 20
_INFO = "enrichment_answers"


def preload(tx: Transaction, envelopes: Sequence[Envelope], *, enrichment: Enrichment) -> None:
    """Loads what services answered before of the firms and places of a batch; no query where none is asked."""
    persons = [
        schema.load(people.Person, e.raw["person"]) for e in envelopes if enrichment.asking and "person" in e.raw
    ]
    keys = {_kept_key(*each) for person in persons for each in _questions(person, enrichment)}
    if keys:
        kept = tx.session.scalars(select(EnrichmentAnswer).where(EnrichmentAnswer.key.in_(keys)))
        tx.session.info[_INFO] = {row.key: row for row in kept if row.expires_at > tx.now}


def enrich(
    tx: Transaction, profile: Profile | None, person: people.Person, at: datetime, enrichment: Enrichment
) -> FoundOut:
    """What lists tell of the person. What services know is on its way, or was kept and is noted now.

    Without a `profile` (none of their leads is known yet) nobody is asked or told: their next response brings that.
    """
    subject = subject_of(person)
    found = enrichment.look(subject, at)
    found_out = FoundOut(facts_in(found), as_known_soon(person, enrichment.news(found, subject)))
    if profile is None:
        return found_out
    for provider, question in _questions(person, enrichment):
        kept = tx.session.info.get(_INFO, {}).get(_kept_key(provider, question))
        if kept is None:
            _plan(tx, provider, question, person.person_id, profile.lead_id)
        else:
            values = provider.read(kept.content)
            _note(profile, provider.name, {each.field: each.value for each in values}, kept.answered_at, tx.now)
            found += [Sourced(each, provider.name, kept.answered_at) for each in values]
    tell(tx, person.person_id, profile.lead_id, enrichment.news(found, subject))
    return found_out


def ask(key: str, payload: Mapping[str, Any], *, enrichment: Enrichment) -> Outcome:
    """Asks one service once. A GET harms nobody when it goes twice."""
    provider = enrichment.asking.get(payload["provider"])
    return provider.ask(payload["question"]) if provider else GiveUp("this provider is switched off")


def settle(tx: Transaction, settled: Settled, *, enrichment: Enrichment, measuring: Measuring) -> None:
    """Keeps an answer, and has every lead of the person scored with it."""
    payload = settled.payload
    provider = enrichment.asking.get(payload["provider"])
    if settled.outcome != "done" or provider is None:
        log.warning("enrichment_without_answer", provider=payload["provider"], outcome=settled.outcome)
        return
    if provider.asked_by in IMPERSONAL:
        _keep(tx, provider, payload["question"], settled.content)
    values = provider.read(settled.content)
    profiles = locking.take(tx, (), whole=[UUID(payload["person_id"])])
    person = tx.get(Person, UUID(payload["person_id"]))
    if person is None or not values:
        return
    for profile in profiles:
        _note(profile, provider.name, {each.field: each.value for each in values}, tx.now, tx.now)
        reassess(tx, profile, measuring(tx))
    # What the front desk knows by now is its business: it takes only what it lacks.
    told = [Sourced(each, provider.name, tx.now) for each in values if each.field in enrichment.tell]
    told = [each for each in told if each.found.confidence >= enrichment.sure]
    tell(tx, person.person_id, UUID(payload["lead_id"]), told)


def tell(tx: Transaction, person_id: UUID, lead_id: UUID, news: Sequence[Sourced]) -> None:
    """Tells the front desk of values that it lacks, once per set of values."""
    if not news:
        return
    values = [
        EnrichedValue(
            field=each.found.field,
            value=each.found.value,
            provider=each.provider,
            confidence=each.found.confidence,
            kind=each.found.kind,
            at=each.at,
        )
        for each in news
    ]
    said = "\n".join(f"{each.field}={each.value}={each.provider}" for each in values)
    tx.emit(
        ProfileEnriched(person_id=person_id, lead_id=lead_id, values=values, enriched_at=tx.now),
        key=f"{person_id}/{_hash(said)}",
    )


def _questions(person: people.Person, enrichment: Enrichment) -> Iterable[tuple[HttpProvider, str]]:
    subject = subject_of(person)
    for provider in enrichment.asking.values():
        question = provider.question(subject)
        if question is not None:
            yield provider, question


def _plan(tx: Transaction, provider: HttpProvider, question: str, person_id: UUID, lead_id: UUID) -> None:
    # Asked again, under another key, when the answer is as old as it may become.
    turn = int(tx.now.timestamp() // provider.keep.total_seconds())
    payload = {
        "provider": provider.name,
        "person_id": str(person_id),
        "lead_id": str(lead_id),
        "question": question,
    }
    tx.plan(ASK, f"{ASK}/{provider.name}/{person_id}/{_hash(question)}/{turn}", payload)


def _keep(tx: Transaction, provider: HttpProvider, question: str, content: bytes) -> None:
    key = _kept_key(provider, question)
    row = tx.get(EnrichmentAnswer, key) or tx.add(EnrichmentAnswer(key=key, provider=provider.name))
    row.content, row.answered_at = content, tx.now
    row.expires_at = tx.now + (provider.keep if content else provider.keep_nothing)


def _note(profile: Profile, provider: str, values: Mapping[str, str], at: datetime, now: datetime) -> None:
    """Files values as a finding of the lead. The same again is no new fact."""
    known = profile.findings.get(provider)
    if values and (known is None or known["values"] != values):
        finding: dict[str, Any] = {"at": at.isoformat(), "heard_at": now.isoformat(), "values": dict(values)}
        if known is not None:
            # Kept for questions about an earlier day.
            before = {name: value for name, value in known.items() if name != "before"}
            finding["before"] = [before, *known.get("before", ())][:KEPT_BEFORE]
        profile.findings = profile.findings | {provider: finding}


def _kept_key(provider: HttpProvider, question: str) -> str:
    return f"{provider.name}/{_hash(question.lower())}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


#: What the hearing of persons does with each of them.
Enriching = Callable[[Transaction, Profile | None, people.Person, datetime], FoundOut]


def no_enrichment(tx: Transaction, profile: Profile | None, person: people.Person, at: datetime) -> FoundOut:
    """For a company without providers."""
    return FoundOut({}, person)
