"""What qualification found out about a person: it fills gaps, says who found it, and wins over nothing that is said."""

from collections import defaultdict
from datetime import datetime

import structlog

from services.capture.domain.person import Kind
from services.capture.usecases.overlaying import overlay
from shared.contracts.enrichment import ProfileEnriched
from shared.contracts.envelope import Envelope
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction

log = structlog.get_logger()


def take_over(tx: Transaction, envelope: Envelope) -> None:
    """Files each provider's values as overlaid or inferred."""
    event: ProfileEnriched = envelope.data
    by_provider: dict[tuple[str, Kind, datetime], dict[str, str]] = defaultdict(dict)
    for each in event.values:
        by_provider[each.provider, each.kind, each.at][each.field] = each.value
    for (provider, kind, at), values in sorted(by_provider.items()):
        try:
            overlay(tx, event.person_id, values, f"enrichment: {provider}", kind=kind, at=at)
        except NotFound:
            log.info("enriched_nobody", person_id=str(event.person_id))
