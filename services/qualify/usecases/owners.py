"""Who owns each lead, as far as a back-test needs it: what a draft would send to whom."""

from collections.abc import Sequence

from services.qualify.models import LeadOwner
from shared.contracts import router
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction

#: Owners who sell; a lead that is not ready lies with marketing or the call centre.
SELLING = ("dealer", "distributor", "rep")


def keep_owner(tx: Transaction, envelope: Envelope) -> None:
    """The lead has a new owner; the highest revision counts."""
    event: router.LeadAssigned = envelope.data
    kept = tx.get(LeadOwner, event.lead_id) or tx.add(
        LeadOwner(lead_id=event.lead_id, revision=0, owner_id="", sales_revision=0, sales_owner_id=None)
    )
    if event.revision > kept.revision:
        kept.revision, kept.owner_id = event.revision, event.owner.owner_id
    if event.owner.kind in SELLING and event.revision > kept.sales_revision:
        kept.sales_revision, kept.sales_owner_id = event.revision, event.owner.owner_id


def preload(tx: Transaction, envelopes: Sequence[Envelope]) -> None:
    """Loads the owners of the leads that were assigned."""
    tx.preload(LeadOwner, {each.lead_id for each in envelopes if each.contract is router.LeadAssigned})
