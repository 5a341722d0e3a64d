"""Entering and leaving programmes: an enrolment is made to follow from the facts, whatever order they came in."""

from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import UUID

from services.nurture import domain, store
from services.nurture.domain import LeadFacts, Nurtured, Reach, Rules, Step
from services.nurture.models import Enrolment, Lead, Person
from shared import ids
from shared.contracts import nurture
from shared.database.unit_of_work import Transaction

STEP = "step"
#: Why a programme stands back while another one of the same person runs.
ANOTHER_LEAD = "another_lead"


def settle(tx: Transaction, lead: Lead, rules: Rules) -> None:
    """Makes the enrolments of the lead's person what the facts demand."""
    if lead.registered_at is not None and lead.person_id is not None:
        settle_all(tx, store.person(tx, lead.person_id), rules)


def settle_all(tx: Transaction, person: Person, rules: Rules) -> None:
    """Makes every enrolment of a person what the facts demand: one programme at a time, the longest wanted first.

    A day that the prospect or an owner named is kept whatever else runs.
    """
    nurtured: list[tuple[Nurtured, Lead]] = []
    for lead in (store.lead(tx, UUID(lead_id)) for lead_id in person.lead_ids):
        verdict = domain.verdict(_facts(lead))
        if isinstance(verdict, Nurtured):
            nurtured.append((verdict, lead))
        elif verdict.reason and (enrolment := _present(tx, lead, person, rules)):
            _leave(tx, enrolment, verdict.reason)
    runs = False
    for verdict, lead in sorted(nurtured, key=lambda one: (one[0].since, one[1].lead_id)):
        if verdict.ready_on is not None:
            _nurture(tx, lead, person, verdict, rules)
        elif runs:
            if enrolment := _present(tx, lead, person, rules):
                _leave(tx, enrolment, ANOTHER_LEAD)
        else:
            enrolment = _nurture(tx, lead, person, verdict, rules)
            runs = enrolment is not None and enrolment.state == "active"


def _present(tx: Transaction, lead: Lead, person: Person, rules: Rules) -> Enrolment | None:
    """The enrolment of the lead's present occasion, made its present person's."""
    enrolment = tx.get(Enrolment, lead.enrolment_id) if lead.enrolment_id else None
    if enrolment is not None and enrolment.person_id != person.person_id:
        enrolment.person_id = person.person_id
        if enrolment.state == "active":
            await_next(tx, enrolment, person, rules)
    return enrolment


def _nurture(tx: Transaction, lead: Lead, person: Person, verdict: Nurtured, rules: Rules) -> Enrolment | None:
    enrolment = _present(tx, lead, person, rules)
    if enrolment and enrolment.occasion != verdict.occasion:
        _leave(tx, enrolment, "recycled")
        enrolment = None
    enrolment = enrolment or _new_enrolment(tx, lead, person, verdict, rules)
    if enrolment and enrolment.state != "completed":
        _keep(tx, enrolment, person, verdict, rules)
    return enrolment


def _new_enrolment(tx: Transaction, lead: Lead, person: Person, verdict: Nurtured, rules: Rules) -> Enrolment | None:
    """An enrolment that has not begun, or None when no programme is for this lead or no step could reach it."""
    programme = domain.choose(rules.programmes, _condition_facts(lead, person))
    if programme is None:
        return None
    resume_at = domain.resumes_at(verdict, programme.resume_days_before_ready)
    had = _had(person, lead.lead_id, resume_at or verdict.since)
    if domain.next_step(programme.steps, 0, reach(person, rules), had) is None:
        return None
    lead.enrolment_id = ids.derived_id(lead.lead_id, programme.id, programme.version, verdict.occasion)
    return tx.add(
        Enrolment(
            enrolment_id=lead.enrolment_id,
            lead_id=lead.lead_id,
            person_id=person.person_id,
            programme=programme.id,
            version=programme.version,
            occasion=verdict.occasion,
            because=verdict.because,
            steps=[{field.name: getattr(step, field.name) for field in fields(step)} for step in programme.steps],
            horizon_months=programme.horizon_months,
            resume_days_before_ready=programme.resume_days_before_ready,
            state="left",
            entries=0,
            entered_at=verdict.since,
            resume_at=resume_at,
            starts_at=verdict.since,
            position=0,
            taken=[],
        )
    )


def _keep(tx: Transaction, enrolment: Enrolment, person: Person, verdict: Nurtured, rules: Rules) -> None:
    position = upcoming(enrolment, person, rules)
    if position is None:
        leave_without_steps(tx, enrolment, person, rules)
        return
    resume_at = domain.resumes_at(verdict, enrolment.resume_days_before_ready)
    start = enrolment.starts_at
    # After the first step only a new day moves the rest: otherwise every later event would pull them together.
    if enrolment.position == 0 or resume_at != enrolment.resume_at:
        start = domain.starts_at(verdict.since, resume_at, steps_of(enrolment)[position])
    moved = start != enrolment.starts_at
    enrolment.entered_at, enrolment.starts_at, enrolment.resume_at = verdict.since, start, resume_at
    if enrolment.state != "active":
        if tx.now > domain.ends_at(start, enrolment.horizon_months):
            return
        _enter(tx, enrolment, verdict)
    elif not moved:
        return
    await_next(tx, enrolment, person, rules)


def _enter(tx: Transaction, enrolment: Enrolment, verdict: Nurtured) -> None:
    enrolment.state, enrolment.reason, enrolment.left_at = "active", None, None
    enrolment.because = verdict.because
    enrolment.entries += 1
    tx.emit(
        nurture.ProgrammeEntered(
            enrolment_id=enrolment.enrolment_id,
            lead_id=enrolment.lead_id,
            person_id=enrolment.person_id,
            programme=enrolment.programme,
            version=enrolment.version,
            because=verdict.because,
            entered_at=enrolment.entered_at,
        ),
        key=f"{enrolment.enrolment_id}/{enrolment.entries}",
    )


def leave_without_steps(tx: Transaction, enrolment: Enrolment, person: Person, rules: Rules) -> None:
    """Ends an enrolment that has no step left, or none that may be sent."""
    had = _had(person, enrolment.lead_id, enrolment.resume_at or enrolment.entered_at)
    _leave(tx, enrolment, domain.why_unreachable(steps_of(enrolment), enrolment.position, reach(person, rules), had))


def _leave(tx: Transaction, enrolment: Enrolment, reason: str) -> None:
    if enrolment.state != "active":
        return
    enrolment.state = "completed" if reason == "completed" else "left"
    enrolment.reason, enrolment.left_at = reason, tx.now
    tx.unschedule(STEP, str(enrolment.enrolment_id))
    tx.emit(
        nurture.ProgrammeLeft(
            enrolment_id=enrolment.enrolment_id,
            lead_id=enrolment.lead_id,
            person_id=enrolment.person_id,
            programme=enrolment.programme,
            reason=reason,
            left_at=tx.now,
        ),
        key=f"{enrolment.enrolment_id}/{enrolment.entries}",
    )


def await_next(tx: Transaction, enrolment: Enrolment, person: Person, rules: Rules) -> None:
    """Gives the next step its time, or ends the enrolment when there is none."""
    position = upcoming(enrolment, person, rules)
    if position is None:
        leave_without_steps(tx, enrolment, person, rules)
    else:
        schedule(tx, enrolment, domain.planned(steps_of(enrolment)[position], enrolment.starts_at))


def upcoming(enrolment: Enrolment, person: Person, rules: Rules) -> int | None:
    """The place of the next step that may be sent: its channel is open, and no other lead brought it."""
    had = _had(person, enrolment.lead_id, enrolment.resume_at or enrolment.entered_at)
    return domain.next_step(steps_of(enrolment), enrolment.position, reach(person, rules), had)


def _had(person: Person, lead_id: UUID, since: datetime) -> frozenset[str]:
    return domain.had_already(
        {
            piece: datetime.fromisoformat(at)
            for other in person.lead_ids
            if other != str(lead_id)
            for piece, at in sorted(person.pieces.get(other, {}).items(), key=lambda one: one[1])
        },
        since,
    )


def schedule(tx: Transaction, enrolment: Enrolment, due_at: datetime) -> None:
    """Has the next step taken at `due_at`."""
    tx.schedule(STEP, str(enrolment.enrolment_id), due_at, {"person_id": str(enrolment.person_id)})


def _facts(lead: Lead) -> LeadFacts:
    return LeadFacts(**{field.name: getattr(lead, field.name) for field in fields(LeadFacts)})


def steps_of(enrolment: Enrolment) -> list[Step]:
    """The steps as they were when the lead entered."""
    return [Step(**step) for step in enrolment.steps]


def reach(person: Person, rules: Rules) -> Reach:
    """How the person can be reached now."""
    document = person.document or {}
    address = document.get("address") or {}
    there = {"email": document.get("email"), "post": address.get("mailable")}
    return domain.reach(
        {channel for channel, found in there.items() if found},
        {"email": person.email_allowed, "post": person.post_allowed},
        set(person.unsubscribed),
        needs_yes=address.get("country") in rules.opt_in_countries,
    )


def _condition_facts(lead: Lead, person: Person) -> dict[str, Any]:
    document = person.document or {}
    address = document.get("address") or {}
    return {
        "rank": lead.rank or "",
        "score": lead.score,
        "source": lead.source or "",
        "campaign": lead.campaign or "",
        "channel": lead.channel or "",
        "products": lead.products or [],
        "country": address.get("country") or "",
        "state": address.get("state") or "",
        "language": document.get("language") or "",
        "email_agreed": bool(person.email_allowed),
        "post_agreed": bool(person.post_allowed),
        "came_back": lead.recycled_at is not None,
    }
