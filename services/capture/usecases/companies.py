"""Which company a person is of: one id for everybody who shares its domain, or its name in one place.

Two keys that somebody brings together ("miller.example" and "Miller Farms" in Iowa) are one company's from then on, so
that a colleague who gives the name alone is found by it. An id once given to a key stays.
"""

from collections.abc import Iterable

from services.capture.domain.matching.organisations import company_id, company_keys
from services.capture.domain.person import Facts
from services.capture.models import Person
from services.capture.store import companies as store
from shared.database.unit_of_work import Transaction


def preload(tx: Transaction, said: Iterable[Facts]) -> None:
    """Loads the companies that these facts name, in one query."""
    store.load(tx.session, {key for facts in said for key in keys_of(facts)})


def settle(tx: Transaction, person: Person, facts: Facts) -> None:
    """Gives the person, of whom these facts are known now, the id of their company."""
    keys = keys_of(facts)
    known = store.load(tx.session, keys)
    found = next((known[key] for key in keys if key in known), None) or company_id(keys)
    if found is not None:
        store.note(tx.session, {key: found for key in keys if key not in known})
    person.company_id = found


def file(tx: Transaction) -> None:
    """Stores the keys that came up, in one statement."""
    store.file(tx.session)


def keys_of(facts: Facts) -> list[str]:
    """By what the company of these facts is known, surest first."""
    if not (facts.company or facts.email or facts.website):
        return []
    return company_keys(facts.company, facts.email or "", facts.website, facts.address)
