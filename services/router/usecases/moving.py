"""Moving a lead along as its owner says: status, clock, and what other rooms must hear."""

from datetime import UTC, date, datetime, time
from typing import Literal

from services.router.domain import status
from services.router.domain.clock import ranked
from services.router.domain.rules import Rules
from services.router.domain.status import Action, Said, Status
from services.router.models import Assignment, Lead
from services.router.usecases.accounts import take_account
from services.router.usecases.assigning import assign_to_marketing, assign_to_next, owner_of
from services.router.usecases.duties import end_duty
from services.router.usecases.knowledge import rank_of
from services.router.usecases.running import start_clock, stop_clock
from services.router.usecases.standings import count_contact, count_end, count_gone
from shared.contracts import router
from shared.database.unit_of_work import Transaction


def accept(tx: Transaction, lead: Lead, assignment: Assignment, *, rules: Rules) -> None:
    """The owner takes the lead on (SAL); from now on they are to reach the prospect."""
    end_duty(tx, lead, assignment, owner_of(assignment, rules), "accept")
    assignment.accepted_at = tx.now
    take_account(tx, lead, assignment)
    _change(tx, lead, assignment, "accepted", None)
    tx.emit(
        router.LeadAccepted(
            lead_id=lead.lead_id, assignment_id=assignment.id, owner_id=assignment.owner_id, accepted_at=tx.now
        ),
        key=str(assignment.id),
    )
    start_clock(tx, lead, ranked(rules.plans, "contact", rank_of(lead)), owner_of(assignment, rules).calendar)


def move(tx: Transaction, lead: Lead, assignment: Assignment, action: Action, said: Said, *, rules: Rules) -> None:
    """Does an action that `domain.status.judge` has allowed."""
    if action != "accept":
        end_duty(tx, lead, assignment, owner_of(assignment, rules), action, said)
    match action:
        case "accept":
            accept(tx, lead, assignment, rules=rules)
        case "decline":
            _decline(tx, lead, assignment, said, rules)
        case "not_ready":
            give_back(tx, lead, assignment, said.reason or "not ready", until=said.until, rules=rules)
        case "won" | "lost":
            _close(tx, lead, assignment, action, said)
        case _:
            _report(tx, lead, assignment, action, said, rules)


def _report(tx: Transaction, lead: Lead, assignment: Assignment, action: Action, said: Said, rules: Rules) -> None:
    target = status.LEADS_TO[action]
    first_contact = lead.status in ("assigned", "accepted")
    if lead.status != target:
        _change(tx, lead, assignment, target, said.note)
    if action == "quoted":
        assert said.amount is not None
        assert said.currency is not None
        lead.quoted_amount, lead.quoted_currency = said.amount, said.currency
        tx.emit(
            router.QuoteRecorded(
                lead_id=lead.lead_id,
                owner_id=assignment.owner_id,
                amount=said.amount,
                currency=said.currency,
                quoted_at=tx.now,
            )
        )
    clock = status.clock_after(target)
    assert clock is not None
    if first_contact:
        count_contact(tx, assignment)
    start_clock(tx, lead, ranked(rules.plans, clock, rank_of(lead)), owner_of(assignment, rules).calendar)


def _decline(tx: Transaction, lead: Lead, assignment: Assignment, said: Said, rules: Rules) -> None:
    _change(tx, lead, assignment, "declined", said.reason)
    tx.emit(
        router.LeadDeclined(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            reason=said.reason or "",
            declined_at=tx.now,
        ),
        key=str(assignment.id),
    )
    count_end(tx, lead, assignment)
    lead.had_before = {**lead.had_before, assignment.owner_id: "declined"}
    assign_to_next(tx, lead, "declined", rules=rules)


def give_back(
    tx: Transaction,
    lead: Lead,
    assignment: Assignment,
    reason: str,
    *,
    rules: Rules,
    until: date | None = None,
    told_by: Literal["owner", "prospect", "silence"] = "owner",
) -> None:
    """The lead flows back to marketing and nurture, who look at it again `until` the day that was named."""
    _change(tx, lead, assignment, "recycled", reason)
    tx.emit(
        router.LeadRecycled(
            lead_id=lead.lead_id,
            person_id=lead.person_id,
            owner_id=assignment.owner_id,
            reason=reason,
            until=until,
            told_by=told_by,
            recycled_at=tx.now,
        ),
        key=str(assignment.id),
    )
    count_end(tx, lead, assignment)
    because = "nobody said anything more" if told_by == "silence" else f"given back by its {told_by}: not ready"
    review_at = datetime.combine(until, time(), UTC) if until else None
    assign_to_marketing(tx, lead, "recycled", because, rules=rules, review_at=review_at)


def _close(tx: Transaction, lead: Lead, assignment: Assignment, action: Action, said: Said) -> None:
    _change(tx, lead, assignment, status.LEADS_TO[action], said.reason)
    if action == "won":
        tx.emit(
            router.LeadWon(
                lead_id=lead.lead_id,
                owner_id=assignment.owner_id,
                amount=said.amount,
                currency=said.currency,
                won_at=tx.now,
            ),
            key=str(lead.lead_id),
        )
    else:
        tx.emit(
            router.LeadLost(
                lead_id=lead.lead_id,
                owner_id=assignment.owner_id,
                lost_to=said.lost_to,
                reason=said.reason or "",
                lost_at=tx.now,
            ),
            key=str(lead.lead_id),
        )
    count_end(tx, lead, assignment)
    count_gone(tx, assignment)
    lead.closed_at = tx.now
    stop_clock(tx, lead)


def _change(tx: Transaction, lead: Lead, assignment: Assignment, to: Status, note: str | None) -> None:
    previous: Status = lead.status or "assigned"  # type: ignore[assignment]
    lead.status, lead.status_revision = to, lead.status_revision + 1
    tx.emit(
        router.LeadStatusChanged(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            revision=lead.status_revision,
            status=to,
            previous=previous,
            note=note,
            changed_at=tx.now,
        ),
        key=f"{lead.lead_id}/{lead.status_revision}",
    )
