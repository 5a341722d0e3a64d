"""Several people of one company are a buying group: what one does counts for the others as well.

What a lead brings into its group is what it scores by itself, without the group. So a change goes once around the
group, and never comes back to where it began.
"""

from collections.abc import Iterable
from uuid import UUID

from services.qualify.models import BuyingGroup, Profile
from shared.contracts.envelope import Envelope
from shared.database.unit_of_work import Transaction

#: Kind of the due work that shows a group to its members; its key is the company's id.
KIND = "show_group"
#: Of a company's leads so many are looked at; of what a lead saw of the others the newest are kept.
MEMBERS, VIEWS = 100, 50
#: The answer that tells what part somebody has in buying.
ROLE = "role"


def companies_of(envelopes: Iterable[Envelope]) -> set[UUID]:
    """The companies that a batch names."""
    people = (getattr(envelope.data, "person", None) for envelope in envelopes)
    return {person.company_id for person in people if person is not None and person.company_id}


def join(tx: Transaction, profile: Profile, company_id: UUID | None, score: int, role: str | None) -> None:
    """Notes what the lead brings into the group of its company, and has the others told when that is new."""
    if profile.company_id is not None and profile.company_id != company_id:
        leave(tx, profile)
    profile.company_id = company_id
    if company_id is None:
        return
    group = tx.get(BuyingGroup, company_id) or tx.add(BuyingGroup(company_id=company_id, members={}))
    brought = {"person_id": str(profile.person_id), "score": score, "role": role}
    lead_id = str(profile.lead_id)
    if group.members.get(lead_id) == brought or (lead_id not in group.members and len(group.members) >= MEMBERS):
        return
    group.members = group.members | {lead_id: brought}
    if len(group.members) > 1:
        tx.schedule(KIND, str(company_id), tx.now)


def leave(tx: Transaction, profile: Profile) -> None:
    """The lead is closed, or its person is of another company."""
    group = tx.get(BuyingGroup, profile.company_id) if profile.company_id else None
    if group is None or str(profile.lead_id) not in group.members:
        return
    group.members = {lead_id: brought for lead_id, brought in group.members.items() if lead_id != str(profile.lead_id)}
    tx.schedule(KIND, str(profile.company_id), tx.now)
