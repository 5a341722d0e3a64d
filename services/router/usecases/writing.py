"""Letters that follow from what owners say: about returns, and about words that could not be read."""

from uuid import UUID

from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.models import Assignment, Lead, Share
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


def ask_again(
    tx: Transaction,
    lead: Lead,
    entry: Assignment | Share,
    owner: Owner,
    rules: Rules,
    *,
    receipt_id: UUID,
    address: str,
    because: str,
    line: str | None,
) -> None:
    """Has whoever answered told what could not be read or done, with the links; once per answer."""
    payload = snapshot(tx, lead, entry, owner, rules, "reply_unread")
    news = {"because": because, "line": line}
    tx.plan(EMAIL, f"unread/{receipt_id}", payload | {"recipient": "address", "address": address, "news": news})
