"""Names under which a company is known, so that a file of named accounts finds it."""

from uuid import UUID


def account_names(company: str | None, email: str | None, company_id: UUID | str | None = None) -> frozenset[str]:
    """The company's name, its mail domain and its id, as accounts are compared."""
    domain = email.rpartition("@")[2] if email else None
    return frozenset(folded(name) for name in (company, domain, str(company_id) if company_id else None) if name)


def folded(name: str) -> str:
    """A name without capitals and doubled spaces."""
    return " ".join(name.casefold().split())
