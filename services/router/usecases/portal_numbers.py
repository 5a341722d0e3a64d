"""An owner's own figures against those of their group; nobody else is named, and no figure tells of one of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from services.router import store, store_portal
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.visitor import Visitor
from services.router.usecases.portal_leads import contract_visitor
from services.router.usecases.portal_signing import Seals, visitor_in
from services.router.usecases.standings import MONTHS_KEPT
from services.router.views import contract_owner
from shared.contracts import calls
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction

#: With fewer others the middle figure would tell how one of them does.
FEWEST_OTHERS = 3
Results = Mapping[str, Any]


def my_numbers(
    tx: Transaction, request: calls.PortalNumbersRequest, *, rules: Rules, seals: Seals
) -> calls.PortalNumbersReply:
    """Half a year of one owner, month by month, and of their group. Raises LinkInvalid and NotFound."""
    visitor = visitor_in(tx, request.session, rules=rules, seals=seals)
    owner = rules.owners[_owner(visitor, request.owner)]
    group, name = group_of(owner, rules)
    rows = {row.owner_id: row for row in store.owner_rows(tx.session)}
    results = {name: row.results for name, row in rows.items()}
    mine, others = results.get(owner.owner_id, {}), [results.get(other, {}) for other in group]
    months = sorted({*mine, *(month for one in others for month in one)})[-MONTHS_KEPT:]
    return calls.PortalNumbersReply(
        visitor=contract_visitor(visitor, rules),
        owner=contract_owner(owner),
        mine=figures(mine.values()),
        group=middle([figures(one.values()) for one in others]),
        group_name=name,
        group_owners=group,
        months=[
            calls.PortalMonth(
                month=month,
                mine=figures(_in(mine, month)),
                group=middle([figures(_in(one, month)) for one in others]) or calls.PortalFigures(),
            )
            for month in months
        ],
        paused=owner.owner_id in rows and rows[owner.owner_id].paused,
        sold=store_portal.sold_by(tx.session, owner.owner_id, rules.currency),
        currency=rules.currency,
    )


def _owner(visitor: Visitor, named: str | None) -> str:
    wanted = named or next(iter(visitor.works_for), None)
    if wanted is None or not visitor.sees(wanted):
        raise NotFound("owner")
    return wanted


def group_of(owner: Owner, rules: Rules) -> tuple[list[str], str]:
    """With whom an owner is compared, and how that group is called: their kind in their region, or else everywhere."""
    alike = [one for one in rules.owners.values() if one.kind == owner.kind and one.owner_id != owner.owner_id]
    near = [one.owner_id for one in alike if owner.region is not None and one.region == owner.region]
    kind = owner.kind.replace("_", " ")
    if len(near) >= FEWEST_OTHERS:
        return near, f"the other {kind}s in {owner.region}"
    return [one.owner_id for one in alike], f"all other {kind}s"


def figures(months: Iterable[Results]) -> calls.PortalFigures:
    """What some months tell of one owner; what was not to be done tells nothing."""
    total: Counter[str] = Counter()
    for month in months:
        total.update(month)
    return calls.PortalFigures(
        hours_to_contact=total["hours"] / total["contacts"] if total["contacts"] else None,
        close_rate=total["won"] / total["ended"] if total["ended"] else None,
        ended=int(total["ended"]),
        won=int(total["won"]),
    )


def middle(others: Sequence[calls.PortalFigures]) -> calls.PortalFigures | None:
    """The middle one of a group for each figure; None for one that too few of them have."""
    hours = _middle([one.hours_to_contact for one in others])
    rate = _middle([one.close_rate for one in others])
    if hours is None and rate is None:
        return None
    return calls.PortalFigures(hours_to_contact=hours, close_rate=rate)


def _middle(values: Collection[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if len(known) >= FEWEST_OTHERS else None


def _in(results: Mapping[str, Results], month: str) -> list[Results]:
    return [results[month]] if month in results else []
