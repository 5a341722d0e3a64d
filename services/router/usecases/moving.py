"""Moving a lead along as its owner says: status, clock, and what other rooms must hear."""

from datetime import UTC, date, datetime, time
from typing import Literal

from services.router.domain import status
from services.router.domain.answer import Said
from services.router.domain.clock import ranked
from services.router.domain.rules import Rules
from services.router.domain.status import Action, Status
from services.router.models import Assignment, Lead
from services.router.usecases import charging, sharing
from services.router.usecases.accounts import take_account
from services.router.usecases.assigning import assign_to_marketing, assign_to_next, owner_of
from services.router.usecases.duties import end_duty
from services.router.usecases.knowledge import rank_of
from services.router.usecases.running import start_clock, stop_clock
from services.router.usecases.standings import count_contact, count_end, count_gone
from shared.contracts import router
from shared.database.unit_of_work import Transaction

ToldBy = Literal["owner", "prospect", "silence"]


def accept(tx: Transaction, lead: Lead, assignment: Assignment, *, rules: Rules, via: str | None = None) -> None:
    """The owner takes the lead on (SAL); from now on they are to reach the prospect."""
    end_duty(tx, lead, assignment, owner_of(assignment, rules), "accept")
    assignment.accepted_at = tx.now
    charging.charge(tx, lead, assignment, rules, rank_of(lead))
    take_account(tx, lead, assignment, rules)
    change(tx, lead, assignment, "accepted", via=via)
    tx.emit(
        router.LeadAccepted(
            lead_id=lead.lead_id, assignment_id=assignment.id, owner_id=assignment.owner_id, accepted_at=tx.now
        ),
        key=str(assignment.id),
    )
    start_clock(tx, lead, ranked(rules.plans, "contact", rank_of(lead)), owner_of(assignment, rules).calendar)


def move(
    tx: Transaction,
    lead: Lead,
    assignment: Assignment,
    action: Action,
    said: Said,
    *,
    rules: Rules,
    via: str | None = None,
) -> None:
    """Does an action that `domain.status.judge` has allowed."""
    told_by: ToldBy = "prospect" if via == "prospect" else "owner"
    lead.blocked = None
    if action != "accept" and told_by == "owner":
        end_duty(tx, lead, assignment, owner_of(assignment, rules), action, said)
    match action:
        case "accept":
            accept(tx, lead, assignment, rules=rules, via=via)
        case "decline" | "wrong_territory":
            _decline(tx, lead, assignment, action, said, rules, via)
        case "not_ready":
            reason = said.reason or "not ready"
            give_back(tx, lead, assignment, reason, until=said.until, rules=rules, told_by=told_by, via=via)
        case "lost" if lead.shares:
            _leave_to_sharers(tx, lead, assignment, said, rules, via)
        case "won" | "lost":
            _close(tx, lead, assignment, action, said, told_by, via)
            sharing.end_all(tx, lead, "somebody else sold it", rules=rules)
        case _:
            _report(tx, lead, assignment, action, said, rules, via)


def _report(
    tx: Transaction, lead: Lead, assignment: Assignment, action: Action, said: Said, rules: Rules, via: str | None
) -> None:
    target = status.LEADS_TO[action]
    first_contact = lead.status in ("assigned", "accepted")
    if action == "appointment":
        lead.appointment_at = said.at
    if lead.status != target or (action == "appointment" and said.at is not None):
        change(tx, lead, assignment, target, note=said.note, via=via)
    if action == "quoted":
        _quote(tx, lead, assignment, said)
    clock = status.clock_after(target)
    assert clock is not None
    if first_contact:
        count_contact(tx, assignment)
    start_clock(tx, lead, ranked(rules.plans, clock, rank_of(lead)), owner_of(assignment, rules).calendar)


def _quote(tx: Transaction, lead: Lead, assignment: Assignment, said: Said) -> None:
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


def _decline(
    tx: Transaction, lead: Lead, assignment: Assignment, action: Action, said: Said, rules: Rules, via: str | None
) -> None:
    """They do not want it, or it is not in their territory: it goes on, and never to them again."""
    misplaced = action == "wrong_territory"
    words = ["wrong territory" if misplaced else None, said.reason, said.note]
    reason = ": ".join(text for text in words if text)
    change(tx, lead, assignment, "declined", note=reason, via=via)
    tx.emit(
        router.LeadDeclined(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            reason=reason,
            wrong_territory=assignment.territory if misplaced else None,
            declined_at=tx.now,
        ),
        key=str(assignment.id),
    )
    count_end(tx, lead, assignment)
    lead.had_before = {**lead.had_before, assignment.owner_id: "wrong territory" if misplaced else "declined"}
    assign_to_next(tx, lead, "declined", rules=rules)


def give_back(
    tx: Transaction,
    lead: Lead,
    assignment: Assignment,
    reason: str,
    *,
    rules: Rules,
    until: date | None = None,
    told_by: ToldBy = "owner",
    via: str | None = None,
) -> None:
    """The lead flows back to marketing and nurture, who look at it again `until` the day that was named."""
    change(tx, lead, assignment, "recycled", note=reason, via=via)
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


def _leave_to_sharers(
    tx: Transaction, lead: Lead, assignment: Assignment, said: Said, rules: Rules, via: str | None
) -> None:
    """Lost by one of those who share it is not lost: whoever is next among them is responsible now."""
    change(tx, lead, assignment, "lost", note=said.reason, via=via)
    count_end(tx, lead, assignment)
    lead.had_before = {**lead.had_before, assignment.owner_id: "lost"}
    assign_to_next(tx, lead, "lost", rules=rules)


def _close(
    tx: Transaction, lead: Lead, assignment: Assignment, action: Action, said: Said, told_by: ToldBy, via: str | None
) -> None:
    assert told_by != "silence"
    change(tx, lead, assignment, status.LEADS_TO[action], note=said.reason, via=via)
    # A lead may be closed again after its owner has corrected themselves: each time is an event of its own.
    key = f"{lead.lead_id}/{lead.status_revision}"
    if action == "won":
        tx.emit(
            router.LeadWon(
                lead_id=lead.lead_id,
                owner_id=assignment.owner_id,
                amount=said.amount,
                currency=said.currency,
                revision=lead.status_revision,
                told_by=told_by,
                won_at=tx.now,
            ),
            key=key,
        )
    else:
        tx.emit(
            router.LeadLost(
                lead_id=lead.lead_id,
                owner_id=assignment.owner_id,
                lost_to=said.lost_to,
                reason=said.reason or "",
                note=said.note,
                revision=lead.status_revision,
                told_by=told_by,
                lost_at=tx.now,
            ),
            key=key,
        )
    count_end(tx, lead, assignment)
    count_gone(tx, assignment)
    lead.closed_at = tx.now
    stop_clock(tx, lead)


def change(
    tx: Transaction,
    lead: Lead,
    assignment: Assignment,
    to: Status,
    *,
    note: str | None = None,
    via: str | None = None,
    blocked: str | None = None,
) -> None:
    """Writes down where the lead stands now, and tells it."""
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
            via=via,
            blocked=blocked,
            appointment_at=lead.appointment_at if to == "appointment" and blocked is None else None,
            changed_at=tx.now,
        ),
        key=f"{lead.lead_id}/{lead.status_revision}",
    )
