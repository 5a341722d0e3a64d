"""Accounts: a company, or a person of no known company, and the rep who serves it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.router.models import Account, Assignment, Lead
from services.router.usecases.knowledge import person_document
from shared.database.unit_of_work import Transaction


def accounts_of(person: Mapping[str, Any]) -> list[str]:
    """Names of the accounts that a person belongs to, the wider one first."""
    company = person.get("company_id")
    own = account_of_person(person["person_id"])
    return [f"company:{company}", own] if company else [own]


def account_of_person(person_id: UUID | str) -> str:
    """The account of somebody by themselves."""
    return f"person:{person_id}"


def rep_of(tx: Transaction, person: Mapping[str, Any]) -> str | None:
    """Who serves the person's company, or else the person."""
    for name in accounts_of(person):
        account = tx.get(Account, name)
        if account is not None:
            return account.owner_id
    return None


def take_account(tx: Transaction, lead: Lead, assignment: Assignment) -> None:
    """Who accepts a lead serves its account from now on: the next lead of the company or person is theirs too."""
    for name in sorted(accounts_of(person_document(tx, lead))):
        account = tx.get(Account, name)
        if account is None:
            account = tx.add(Account(account=name))
        account.owner_id, account.lead_id, account.since = assignment.owner_id, lead.lead_id, tx.now
