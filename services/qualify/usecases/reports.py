"""What a screener found: kept as a note of the lead, which is scored anew at once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.qualify import store_screenings as store
from services.qualify.domain.answers import Answer
from services.qualify.domain.rulebook import Yardstick
from services.qualify.domain.rules import Rules
from services.qualify.models import Profile, Screening
from services.qualify.usecases import locking, screening
from services.qualify.usecases.notes import document, told_notes
from services.qualify.usecases.scoring import reassess
from shared.contracts.calls import ReportRequest
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from shared.contracts.screening import ScreeningAttempted
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

LONGEST_NOTE = 4000
LONGEST_ANSWER = 400


def report(tx: Transaction, request: ReportRequest, yardstick: Yardstick) -> tuple[Screening, bool]:
    """Takes a report in. Returns the screening as it stands, and whether this claim reports for the first time.

    Raises NotFound, NotAllowed where somebody else has the lead by now, ContractViolation by field.
    """
    row, profile = _locked(tx, request)
    rules = yardstick.book.rules_for(request.lead_id)
    key = str(derived_id(request.claim, "report"))
    if key in profile.notes:
        return row, False
    if row.claim != request.claim or (row.state == "done" and row.outcome != "withdrawn"):
        raise NotAllowed("Your time with this lead is over, and it has gone on. Take the next one.")
    _check(tx, request, rules)
    row.attempts += 1
    final = request.outcome != "unreachable" or row.attempts >= rules.screening.attempts
    told = [response["received_at"] for response in profile.responses.values()]
    noted = document(
        # Never older than what it speaks of, however the clocks of two machines differ.
        at=max(tx.now.isoformat(), *told) if told else tx.now.isoformat(),
        heard_at=tx.now.isoformat(),
        by=request.by,
        screening_id=row.screening_id,
        outcome=request.outcome,
        final=final,
        text=request.note.strip(),
        answers={name: text.strip() for name, text in request.answers.items() if text.strip()},
        until=request.until,
    )
    profile.notes = profile.notes | {key: noted}
    if final:
        # Done before the lead is assessed, which would otherwise find nothing to screen and withdraw it.
        row.state, row.outcome = "done", request.outcome
        reassess(tx, profile, yardstick)
        screening.end(tx, row, profile, request.outcome, request.by)
    else:
        _call_again(tx, row, profile, rules, request.by)
        reassess(tx, profile, yardstick)
    return row, True


def _locked(tx: Transaction, request: ReportRequest) -> tuple[Screening, Profile]:
    """The lead's rows, locked in the order in which everybody locks them."""
    person_id = store.person_of(tx.session, request.lead_id)
    locking.take(tx, [request.lead_id], [person_id] if person_id else [])
    profile, row = tx.get(Profile, request.lead_id), tx.get(Screening, request.lead_id)
    if profile is None or row is None:
        raise NotFound("This lead waits in no queue.")
    return row, profile


def _call_again(tx: Transaction, row: Screening, profile: Profile, rules: Rules, by: str) -> None:
    within = max(row.due_at - row.not_before, timedelta(0))
    waits = rules.screening.retry_after
    row.state, row.claim, row.claimed_by, row.claimed_until = "waiting", None, None, None
    screening.set_due(tx, row, tx.now + waits[min(row.attempts, len(waits)) - 1], within)
    tx.emit(
        ScreeningAttempted(
            lead_id=row.lead_id,
            person_id=row.person_id,
            screening_id=row.screening_id,
            round=row.round,
            queue=row.queue,  # type: ignore[arg-type]  # as its trigger said
            attempt=row.attempts,
            by=by,
            next_at=row.not_before,
            notes=told_notes(profile),
            attempted_at=tx.now,
        ),
        key=f"{row.screening_id}/{row.attempts}",
    )


def _check(tx: Transaction, request: ReportRequest, rules: Rules) -> None:
    wrong: dict[str, Any] = {
        f"answers.{name}": [problem]
        for name, text in request.answers.items()
        if text.strip() and (problem := _unreadable(rules.answers, name, text))
    }
    if len(request.note) > LONGEST_NOTE:
        wrong["note"] = [f"at most {LONGEST_NOTE} characters"]
    if request.outcome == "not_now" and (request.until is None or request.until <= tx.now.date()):
        wrong["until"] = ["a day after today: when they want to hear from us"]
    if wrong:
        raise ContractViolation("ReportRequest", wrong)


def _unreadable(answers: Mapping[str, Answer], name: str, text: str) -> str | None:
    if name not in answers:
        return "is not among the company's answers"
    if len(text) > LONGEST_ANSWER:
        return f"at most {LONGEST_ANSWER} characters; the rest belongs into the note"
    kind = answers[name].kind
    return None if answers[name].read(text) is not None else f"cannot be read as a {kind}"
