"""What other rooms and the gateway may ask."""

from uuid import UUID

from services.router import store
from services.router.domain.rules import Rules
from services.router.usecases.assigning import owner_of
from services.router.views import contract_owner
from shared.contracts.calls import AssignmentReply, LedgerReply
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction


def current_assignment(tx: Transaction, lead_id: UUID, *, rules: Rules) -> AssignmentReply:
    """Who owns a lead, and until when they must do what. Raises NotFound."""
    lead = store.read_lead(tx.session, lead_id)
    assignment = store.read_assignment(tx.session, lead.assignment_id) if lead and lead.assignment_id else None
    if lead is None or assignment is None:
        raise NotFound(f"no lead {lead_id} has an owner here")
    return AssignmentReply(
        lead_id=lead_id,
        assignment_id=assignment.id,
        owner=contract_owner(owner_of(assignment, rules)),
        status=lead.status or "assigned",
        clock=(lead.clock or "closed").partition("_")[0],
        # A closed lead has nothing due: the moment it was closed stands for it.
        due_at=lead.due_at or lead.closed_at or assignment.assigned_at,
        assigned_at=assignment.assigned_at,
        held_until=assignment.held_until if assignment.held_until and assignment.held_until > tx.now else None,
        shared_with=sorted(store.sharers(tx.session, [lead_id]) if lead.shares else []),
    )


def ledger(tx: Transaction, *, rules: Rules) -> LedgerReply:
    """Counts of leads and deliveries. `live_without_owner` must be 0 at every instant."""
    named = store.counts(tx.session, tx.now)
    named["live_without_owner"] = len(store.leads_without_duty(tx.session, rules.owners.keys()))
    return LedgerReply(counts=named)
