"""What qualification tells of values that it found out about a person."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from shared.contracts.event import Event, contract, event


@contract
class EnrichedValue:
    """One value with where it is from. It stands beside what the person said, never above it."""

    field: str
    value: str
    #: The provider's name in the company's enrichment.yml.
    provider: str
    #: 0 to 1.
    confidence: float
    #: overlaid: from somebody's list; inferred: concluded from another value.
    kind: Literal["overlaid", "inferred"]
    #: When the provider said so.
    at: datetime


@event("qualify", "profile_enriched")
class ProfileEnriched(Event):
    """Values that the person did not give were found. Told once per set of values."""

    person_id: UUID
    lead_id: UUID
    values: list[EnrichedValue]
    enriched_at: datetime
