"""An owner gives a lead back because it is not what it should be, and does not pay for it."""

from datetime import datetime

import structlog

from services.router.domain.answer import Said
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead, LeadReturn
from services.router.usecases import charging, writing
from services.router.usecases.assigning import assign_to_marketing, assign_to_next, owner_of
from services.router.usecases.duties import end_duty
from services.router.usecases.moving import change
from services.router.usecases.standings import count_end
from shared.contracts import router
from shared.contracts.errors import NotAllowed
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()


def returnable_until(assignment: Assignment, rules: Rules) -> datetime:
    """The end of the window."""
    return assignment.assigned_at + rules.feedback.return_within


def ask_return(tx: Transaction, lead: Lead, assignment: Assignment, said: Said, *, rules: Rules, via: str) -> str:
    """Takes the lead back at once where the company's rule says so; else its manager decides, and the duty stays.

    Returns the status that the lead then has for this owner.
    """
    assert said.reason is not None
    row = tx.add(
        LeadReturn(
            assignment_id=assignment.id,
            lead_id=lead.lead_id,
            owner_id=assignment.owner_id,
            reason=said.reason,
            evidence=said.evidence,
            asked_at=tx.now,
            state="waiting",
        )
    )
    if rules.feedback.return_reason(said.reason).accepted_by == "rule":
        _accept(tx, lead, assignment, row, rules=rules, by="rule", via=via)
        return "returned"
    tx.emit(
        router.ReturnAsked(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            reason=row.reason,
            asked_at=tx.now,
        ),
        key=str(assignment.id),
    )
    writing.ask_about_return(tx, lead, assignment, owner_of(assignment, rules), rules, row.reason, row.evidence or "")
    return str(lead.status)


def decide(
    tx: Transaction, lead: Lead, assignment: Assignment, *, accepted: bool, by: str, note: str | None, rules: Rules
) -> bool:
    """The manager's word on a return. False when it was decided before. Raises NotAllowed when none was asked for."""
    row = tx.get(LeadReturn, assignment.id)
    if row is None:
        raise NotAllowed("Nobody asked to return this lead.")
    if row.state != "waiting":
        return False
    row.note = note
    if accepted:
        _accept(tx, lead, assignment, row, rules=rules, by=by, via="link")
        return True
    row.state, row.decided_at, row.decided_by = "refused", tx.now, by
    tx.emit(
        router.ReturnRefused(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            because=note,
            refused_at=tx.now,
        ),
        key=str(assignment.id),
    )
    writing.tell_return_refused(tx, lead, assignment, owner_of(assignment, rules), rules, note or "")
    return True


def _accept(
    tx: Transaction, lead: Lead, assignment: Assignment, row: LeadReturn, *, rules: Rules, by: str, via: str
) -> None:
    row.state, row.decided_at, row.decided_by = "accepted", tx.now, by
    credited = charging.credit(tx, assignment.id, f"returned: {row.reason}", by=by)
    tx.emit(
        router.LeadReturned(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=assignment.owner_id,
            reason=row.reason,
            accepted_by="rule" if by == "rule" else "manager",
            credited=credited,
            returned_at=tx.now,
        ),
        key=str(assignment.id),
    )
    log.info("lead_returned", lead_id=str(lead.lead_id), owner_id=assignment.owner_id, credited=credited)
    # By the time that the manager decides the lead may be closed, or somebody else's: then only the money goes back.
    if lead.assignment_id != assignment.id or lead.closed_at is not None:
        return
    end_duty(tx, lead, assignment, owner_of(assignment, rules), "return")
    change(tx, lead, assignment, "returned", note=row.reason, via=via)
    count_end(tx, lead, assignment)
    lead.had_before = {**lead.had_before, assignment.owner_id: "returned"}
    if rules.feedback.return_reason(row.reason).goes_to == "next":
        assign_to_next(tx, lead, "returned", rules=rules)
    else:
        assign_to_marketing(tx, lead, "unusable", f"returned by its owner: {row.reason}", rules=rules)
