"""Letters that follow from what owners say: about returns, and about words that could not be read."""

from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead
from services.router.usecases.telling import EMAIL, snapshot
from shared.database.unit_of_work import Transaction


def ask_about_return(
    tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, reason: str, evidence: str
) -> None:
    """Has the manager asked whether a lead may be returned, with the evidence."""
    payload = snapshot(tx, lead, assignment, owner, rules, "return_asked")
    news = {"reason": reason, "evidence": evidence}
    tx.plan(EMAIL, f"return/{assignment.id}", payload | {"recipient": "manager", "news": news})


def tell_return_refused(
    tx: Transaction, lead: Lead, assignment: Assignment, owner: Owner, rules: Rules, because: str
) -> None:
    """Has the owner told that the lead stays theirs."""
    payload = snapshot(tx, lead, assignment, owner, rules, "return_refused")
    tx.plan(EMAIL, f"return-refused/{assignment.id}", payload | {"recipient": "owner", "news": because})
