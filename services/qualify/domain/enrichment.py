"""What can be found out about a person beside what they said, and where each value is from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from shared.conditions import FactType

#: How a value came: from a list that somebody keeps, or concluded from another value.
Kind = Literal["overlaid", "inferred"]
#: Facts that look-ups add to those of every lead.
FACTS: Mapping[str, FactType] = {
    "email_domain_kind": "text",
    "phone_kind": "text",
    "phone_region": "text",
    "time_zone": "text",
    "county": "text",
}
#: What the front desk knows of a person and can be told; it takes them where nothing better is known.
PARTICULARS = ("company", "website", "job_title", "phone", "email", "language")


@dataclass(frozen=True)
class Subject:
    """What a provider may look at."""

    email: str | None = None
    phone: str | None = None
    company: str | None = None
    job_title: str | None = None
    website: str | None = None
    language: str | None = None
    country: str | None = None
    state: str | None = None
    postcode: str | None = None

    @property
    def domain(self) -> str | None:
        """Where their mail lives."""
        return self.email.rpartition("@")[2].lower() if self.email else None


@dataclass(frozen=True)
class Found:
    """One value of a provider, and how sure it is, 0 to 1."""

    field: str
    value: str
    confidence: float
    kind: Kind = "inferred"


@dataclass(frozen=True)
class Sourced:
    """A value with its provider and the time at which that said so."""

    found: Found
    provider: str
    at: datetime


def worth_telling(found: Iterable[Sourced], known: Subject, wanted: frozenset[str], sure: float) -> list[Sourced]:
    """Of what was found, the particulars that the person lacks and that are sure enough: of each the surest."""
    best: dict[str, Sourced] = {}
    for each in found:
        field = each.found.field
        if field not in wanted or each.found.confidence < sure or getattr(known, field):
            continue
        if field not in best or each.found.confidence > best[field].found.confidence:
            best[field] = each
    return [best[field] for field in sorted(best)]
