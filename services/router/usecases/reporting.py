"""Words of programs: quotation tools, CRMs and cash desks say of a lead what its owner would."""

from uuid import UUID

from services.router import store
from services.router.domain.rules import Rules
from services.router.domain.status import ACTIONS
from services.router.models import Assignment, Lead, Share
from services.router.usecases import sharing
from services.router.usecases.saying import Word, say
from shared.contracts import calls
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction


def report(tx: Transaction, request: calls.SayRequest, *, rules: Rules) -> calls.SayReply:
    """Does what a program says of a lead, once per key. Raises NotFound, NotAllowed, ContractViolation."""
    if request.status not in ACTIONS:
        raise ContractViolation("SayRequest", {"status": [f"One of {', '.join(ACTIONS)}."]})
    lead, entry = entry_for(tx, request.lead_id, request.owner_id)
    key = f"{request.by}/{request.key}" if request.key else None
    word = Word(request.status, request.fields, via="api", by=request.by, said_at=request.said_at, key=key)
    done = say(tx, lead, entry, word, rules=rules)
    return calls.SayReply(lead_id=lead.lead_id, status=done.status, changed=done.changed, because=done.because)


def entry_for(tx: Transaction, lead_id: UUID, owner_id: str | None) -> tuple[Lead, Assignment | Share]:
    """The lead, locked, and under what this owner has it, or had it last. Raises NotFound.

    Of a lead that was never theirs an owner learns nothing, not even that it is there.
    """
    lead = tx.get(Lead, lead_id)
    if lead is None or lead.assignment_id is None:
        raise NotFound(f"lead {lead_id}")
    entry_id = lead.assignment_id if owner_id is None else store.entry_of_owner(tx.session, lead_id, owner_id)
    entry = sharing.entry_of(tx, entry_id) if entry_id is not None else None
    if entry is None:
        raise NotFound(f"lead {lead_id}")
    return lead, entry
