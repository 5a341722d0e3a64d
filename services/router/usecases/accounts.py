"""Accounts: a company, or a person of no known company, and the rep who serves it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.router.domain.account import folded, is_one_company
from services.router.domain.rules import Rules
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
        if account is not None and is_one_company(account.people):
            return account.owner_id
    return None


def take_account(tx: Transaction, lead: Lead, assignment: Assignment, rules: Rules) -> None:
    """Who accepts a lead serves its account from now on: the next lead of the company or person is theirs too.

    Who only stands in for the account's rep leaves it to them.
    """
    person = person_document(tx, lead)
    for name in sorted(accounts_of(person)):
        account = tx.get(Account, name)
        if account is None:
            account = tx.add(Account(account=name, people=[]))
        rep = rules.owners.get(account.owner_id or "")
        if rep is None or rep.deputy != assignment.owner_id:
            account.owner_id, account.lead_id, account.since = assignment.owner_id, lead.lead_id, tx.now
        if name.startswith("company:") and is_one_company(account.people):
            account.people = sorted({*account.people, _named_by(person)})


def _named_by(person: Mapping[str, Any]) -> str:
    """What somebody calls their company; their own id where they name none."""
    return f"name:{folded(person['company'])}" if person.get("company") else f"person:{person['person_id']}"
