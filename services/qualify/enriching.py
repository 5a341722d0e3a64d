"""The company's providers at work: whatever one of them does, no lead waits for it or is lost by it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog

from services.qualify.domain.enrichment import FACTS, Found, Sourced, Subject, worth_telling
from services.qualify.enrichment import Provider
from services.qualify.enrichment.http import HttpProvider
from shared.contracts.people import Person

log = structlog.get_logger()


@dataclass(frozen=True)
class Enrichment:
    """Who is asked, and what of it the front desk is told."""

    instant: Mapping[str, Provider] = field(default_factory=dict)
    asking: Mapping[str, HttpProvider] = field(default_factory=dict)
    #: Particulars that the front desk is told where it has none.
    tell: frozenset[str] = frozenset()
    #: Less sure values are kept here alone.
    sure: float = 0.5

    def look(self, subject: Subject, at: datetime) -> list[Sourced]:
        """What the instant providers tell of somebody."""
        found: list[Sourced] = []
        for name, provider in self.instant.items():
            try:
                found += [Sourced(each, name, at) for each in provider.look(subject)]
            except Exception as error:
                # A list with a surprise in it costs this lead one fact, not the lead.
                log.error("enrichment_failed", provider=name, error=type(error).__name__)
        return found

    def news(self, found: list[Sourced], known: Subject) -> list[Sourced]:
        """What of it the front desk does not know."""
        return worth_telling(found, known, self.tell, self.sure)


@dataclass(frozen=True)
class FoundOut:
    """What lists tell of somebody at once: facts for rules, and the person as the front desk will know them by it."""

    facts: Mapping[str, str]
    person: Person


#: What the front desk takes over as it is; email and phone it reads first, and may refuse.
_TAKEN_OVER = ("company", "job_title", "website", "language")


def as_known_soon(person: Person, news: Iterable[Sourced]) -> Person:
    """The person with what the front desk is being told: the first score need not wait for its answer."""
    taken: dict[str, Any] = {each.found.field: each.found.value for each in news if each.found.field in _TAKEN_OVER}
    return replace(person, **taken)


def subject_of(person: Person) -> Subject:
    """What providers may look at."""
    address = person.address
    return Subject(
        email=person.email,
        phone=person.phone,
        company=person.company,
        job_title=person.job_title,
        website=person.website,
        language=person.language,
        country=address.country if address else None,
        state=address.state if address else None,
        postcode=address.postcode if address else None,
    )


def facts_in(found: list[Sourced]) -> dict[str, str]:
    """The facts among it, the surest of each."""
    surest: dict[str, Found] = {}
    for each in found:
        known = surest.get(each.found.field)
        if each.found.field in FACTS and (known is None or each.found.confidence > known.confidence):
            surest[each.found.field] = each.found
    return {name: value.value for name, value in sorted(surest.items())}
