"""Telling how an owner's duty ended: in time, late, or not at all."""

from services.router.domain.answer import Said, left_out
from services.router.domain.owner import Owner
from services.router.domain.status import Action
from services.router.models import Assignment, Lead
from shared.contracts import router
from shared.database.unit_of_work import Transaction

#: Clocks of those who sell; marketing reviews at its leisure.
DUTIES = ("accept", "contact", "update")


def end_duty(
    tx: Transaction,
    lead: Lead,
    assignment: Assignment,
    owner: Owner,
    did: Action | None = None,
    said: Said | None = None,
) -> None:
    """The clock that runs is over: its owner did something, or nothing (`did` is None) and time passed."""
    if lead.clock not in DUTIES or lead.due_at is None:
        return
    outcome = "missed" if did is None else "in_time" if tx.now <= lead.due_at else "late"
    tx.emit(
        router.DutyEnded(
            lead_id=lead.lead_id,
            assignment_id=assignment.id,
            owner_id=owner.owner_id,
            owner_name=owner.name,
            clock=lead.clock,  # type: ignore[arg-type]
            outcome=outcome,  # type: ignore[arg-type]
            did=did,
            left_out=left_out(did, said or Said()) if did else [],
            due_at=lead.due_at,
            ended_at=tx.now,
        ),
        key=f"{assignment.id}/{lead.clock_round}",
    )
