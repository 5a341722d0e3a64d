"""Names under which a company is known, so that a file of named accounts finds it."""

from collections.abc import Collection
from uuid import UUID


def account_names(company: str | None, email: str | None, company_id: UUID | str | None = None) -> frozenset[str]:
    """The company's name, its mail domain and its id, as accounts are compared."""
    domain = email.rpartition("@")[2] if email else None
    return frozenset(folded(name) for name in (company, domain, str(company_id) if company_id else None) if name)


#: A mail provider that nobody has listed looks like a company of people who name many others, or none.
MOST_NAMES, MOST_WITHOUT_NAME = 5, 25


def is_one_company(people: Collection[str]) -> bool:
    """Whether these may be people of one company: "name:…" for each name that they gave it, "person:…" for others."""
    names = sum(one.startswith("name:") for one in people)
    return names <= MOST_NAMES and len(people) - names <= MOST_WITHOUT_NAME


def folded(name: str) -> str:
    """A name without capitals and doubled spaces."""
    return " ".join(name.casefold().split())
