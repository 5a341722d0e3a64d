"""How the territories' owners coped with the leads of the last days."""

from datetime import timedelta

from services.router import store
from services.router.domain import staffing
from services.router.domain.rules import Rules
from services.router.domain.staffing import Load
from shared.contracts.calls import StaffingReply, StaffingRequest, TerritoryStaffing
from shared.contracts.errors import ContractViolation
from shared.database.unit_of_work import Transaction

MOST_DAYS = 366


def staffed(tx: Transaction, request: StaffingRequest, *, rules: Rules) -> StaffingReply:
    """Every territory's load against what its owners take. Raises ContractViolation for a senseless number of days."""
    if not 1 <= request.days <= MOST_DAYS:
        raise ContractViolation("StaffingRequest", {"days": [f"1 to {MOST_DAYS}."]})
    since = tx.now - timedelta(days=request.days)
    given = store.given_by_territory(tx.session, since)
    refused = store.refused_full(tx.session, since)
    loads = {
        owner: Load(count, lapsed, refused.get(owner, 0))
        for owner, (count, lapsed) in store.given_by_owner(tx.session, since).items()
    }
    loads |= {owner: Load(refused_full=count) for owner, count in refused.items() if owner not in loads}
    found = staffing.staffing(rules, given, loads, since, request.days)
    misplaced = store.misplaced(tx.session, since)
    told = [TerritoryStaffing(**vars(one), misplaced=misplaced.get(one.territory, 0)) for one in found]
    return StaffingReply(days=request.days, territories=told)
