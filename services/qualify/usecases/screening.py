"""Queues of leads to look at or to call: opened and closed as the rules demand, handed out once, with a clock.

What screeners find is kept as notes of the lead, beside its responses: rank and decision follow from all of them. So a
queue holds no judgement of its own; whatever is lost or repeated here, the lead's standing stays right.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from services.qualify.domain.decision import Assessment
from services.qualify.domain.rules import Rules
from services.qualify.domain.screening import Trigger
from services.qualify.models import Profile, Screening
from services.qualify.usecases.notes import told_notes
from shared.contracts.screening import ScreeningCompleted, ScreeningOverdue, ScreeningRequested
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id
from shared.room import DueItem

log = structlog.get_logger()

#: Kind of the due work that tells of a screening which nobody did in time; its key is the lead's id.
OVERDUE = "screening_overdue"


def follow(tx: Transaction, profile: Profile, assessment: Assessment, rules: Rules) -> None:
    """Opens, moves or withdraws the lead's screening, as its newest assessment wants it."""
    row, wanted = tx.get(Screening, profile.lead_id), assessment.screening
    is_open = row is not None and row.state != "done"
    if wanted is None:
        if row is not None and is_open:
            _withdraw(tx, row, profile)
        return
    if row is None or not is_open:
        _open(tx, row, profile, assessment, wanted, rules)
        return
    row.potential_value, row.hold = assessment.potential_value, wanted.hold
    if (row.rule, row.queue, row.because, row.script, row.priority) != (
        wanted.rule, wanted.queue, wanted.because, wanted.script, wanted.priority,
    ):  # fmt: skip
        _move(tx, row, wanted)


def notice_overdue(tx: Transaction, item: DueItem) -> None:
    """Tells, once, that nobody screened the lead in time."""
    row = tx.get(Screening, UUID(item.key))
    if row is None or row.state == "done" or row.overdue_told:
        return
    if row.due_at > tx.now:
        tx.schedule(OVERDUE, item.key, row.due_at)
        return
    row.overdue_told = True
    tx.emit(
        ScreeningOverdue(
            lead_id=row.lead_id,
            person_id=row.person_id,
            screening_id=row.screening_id,
            round=row.round,
            queue=row.queue,  # type: ignore[arg-type]  # as its trigger said
            priority=row.priority,
            due_at=row.due_at,
            claimed_by=row.claimed_by if is_held(row, tx.now) else None,
            noticed_at=tx.now,
        ),
        key=f"{row.screening_id}/{row.attempts}",
    )
    log.warning("screening_overdue", lead_id=str(row.lead_id), queue=row.queue, priority=row.priority)


def is_held(row: Screening, now: datetime) -> bool:
    """Whether somebody has the lead in hand."""
    return row.state == "claimed" and row.claimed_until is not None and row.claimed_until > now


def set_due(tx: Transaction, row: Screening, not_before: datetime, within: timedelta) -> None:
    """From when on the lead is handed out, and by when it is to be done."""
    row.not_before, row.due_at, row.overdue_told = not_before, not_before + within, False
    tx.schedule(OVERDUE, str(row.lead_id), row.due_at)


def end(tx: Transaction, row: Screening, profile: Profile, outcome: str, by: str | None = None) -> None:
    """Ends the screening and tells how. The lead's score and decision have been told before."""
    row.state, row.outcome, row.ended_at = "done", outcome, tx.now
    tx.unschedule(OVERDUE, str(row.lead_id))
    notes = profile.notes.values()
    mine = [note for note in notes if note.get("screening_id") == str(row.screening_id)]
    last: dict[str, Any] = max(mine, key=_time, default={})
    tx.emit(
        ScreeningCompleted(
            lead_id=row.lead_id,
            person_id=row.person_id,
            screening_id=row.screening_id,
            revision=profile.revision,
            round=row.round,
            queue=row.queue,  # type: ignore[arg-type]
            outcome=outcome,  # type: ignore[arg-type]
            by=by,
            until=last.get("until"),
            attempts=row.attempts,
            answers={name: value for note in sorted(mine, key=_time) for name, value in note["answers"].items()},
            notes=told_notes(profile),
            late=tx.now > row.due_at,
            requested_at=row.requested_at,
            completed_at=tx.now,
        ),
        key=f"{row.screening_id}/{outcome}",
    )
    log.info("screening_ended", lead_id=str(row.lead_id), queue=row.queue, outcome=outcome)


def _open(
    tx: Transaction, row: Screening | None, profile: Profile, assessment: Assessment, wanted: Trigger, rules: Rules
) -> None:
    if row is None:
        row = tx.add(Screening(lead_id=profile.lead_id, round=0))
    row.person_id, row.round = profile.person_id, row.round + 1  # type: ignore[assignment]  # assessed: it responded
    row.screening_id = derived_id(profile.lead_id, "screening", str(row.round))
    row.state, row.attempts, row.outcome, row.ended_at = "waiting", 0, None, None
    row.claim = row.claimed_by = row.claimed_until = None
    row.requested_at, row.revision = tx.now, profile.revision
    row.potential_value, row.hold = assessment.potential_value, wanted.hold
    _name(row, wanted)
    set_due(tx, row, tx.now, wanted.within)
    tx.emit(
        ScreeningRequested(
            lead_id=row.lead_id,
            person_id=row.person_id,
            screening_id=row.screening_id,
            revision=profile.revision,
            round=row.round,
            queue=wanted.queue,
            rule=wanted.rule,
            because=wanted.because,
            priority=wanted.priority,
            potential_value=assessment.potential_value,
            holds=wanted.hold,
            due_at=row.due_at,
            requested_at=tx.now,
            rules_version=rules.version,
        ),
        key=str(row.screening_id),
    )
    log.info("screening_requested", lead_id=str(row.lead_id), queue=row.queue, rule=row.rule)


def _move(tx: Transaction, row: Screening, wanted: Trigger) -> None:
    """Another rule asks for it now, or the rule was changed: in its queue, and no later than was promised."""
    _name(row, wanted)
    sooner = min(row.due_at, row.not_before + wanted.within)
    if sooner < row.due_at:
        row.due_at = sooner
        tx.schedule(OVERDUE, str(row.lead_id), row.due_at)


def _name(row: Screening, wanted: Trigger) -> None:
    row.queue, row.rule, row.because = wanted.queue, wanted.rule, wanted.because
    row.script, row.priority = wanted.script, wanted.priority


def _withdraw(tx: Transaction, row: Screening, profile: Profile) -> None:
    # Whoever is on the telephone just now may still report: what they learnt is worth having.
    end(tx, row, profile, "withdrawn")


def _time(note: dict[str, Any]) -> str:
    return str(note["at"])
