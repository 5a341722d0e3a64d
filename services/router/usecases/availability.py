"""How owners stand, and what they say of their own availability."""

from dataclasses import replace
from datetime import datetime

from services.router import store
from services.router.domain.choice import Wanted, first_objection
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.standing import Standing
from services.router.domain.territory import Place
from services.router.models import OwnerRow
from services.router.usecases.standings import all_standings, owner_row, standing_of
from shared.contracts.calls import AvailabilityRequest, OwnerNow, OwnersNowReply
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction


def owners_now(tx: Transaction, *, rules: Rules) -> OwnersNowReply:
    """All owners as they stand, in the order of the company's file."""
    known, held = all_standings(tx, rules), store.held_by_owner(tx.session, tx.now)
    found = []
    for name, owner in rules.owners.items():
        together = [known[name], *(known[below] for below in rules.sub_dealers(name))]
        now = _now(tx, owner, known[name])
        now = replace(
            now,
            held=held.get(name, 0),
            this_month_below=sum(one.this_month for one in together),
            open_below=sum(one.open for one in together),
        )
        found.append(now)
    return OwnersNowReply(owners=found)


def set_availability(tx: Transaction, request: AvailabilityRequest, *, rules: Rules) -> OwnersNowReply:
    """Notes what an owner says of themselves. Raises NotFound, and ContractViolation for a limit below 0."""
    owner = rules.owners.get(request.owner_id)
    if owner is None:
        raise NotFound(f"owner {request.owner_id}")
    if request.daily_limit is not None and request.daily_limit < 0:
        raise ContractViolation("AvailabilityRequest", {"daily_limit": ["It is 0 (no limit) or more."]})
    row = owner_row(tx, owner.owner_id)
    _note(row, request)
    return OwnersNowReply(owners=[_now(tx, owner, standing_of(row, owner.calendar, tx.now))])


def pause(tx: Transaction, owner: Owner, until: datetime | None) -> bool:
    """The owner takes nothing new until then, or until they say otherwise. False when that was so already."""
    row = owner_row(tx, owner.owner_id)
    if row.paused and row.paused_until == until:
        return False
    row.paused, row.paused_until = True, until
    return True


def _note(row: OwnerRow, request: AvailabilityRequest) -> None:
    if request.paused is not None:
        row.paused, row.paused_until = request.paused, request.until if request.paused else None
    if request.daily_limit is not None:
        row.daily_limit = request.daily_limit or None


def _now(tx: Transaction, owner: Owner, standing: Standing) -> OwnerNow:
    # A lead that asks for nothing in particular: what then speaks against the owner is their own.
    anything = Wanted(Place(), frozenset(), {}, score=1_000_000, rank=min(owner.ranks, default=None), at=tx.now)
    if owner.industries:
        anything = Wanted(**{**vars(anything), "industry": min(owner.industries)})
    objection = first_objection(owner, anything, {owner.owner_id: standing})
    closed = owner.calendar.closed(tx.now)
    return OwnerNow(
        owner_id=owner.owner_id,
        name=owner.name,
        kind=owner.kind,
        today=standing.today,
        this_week=standing.this_week,
        this_month=standing.this_month,
        open=standing.open,
        not_taking=objection.because if objection else None,
        opens_at=owner.calendar.opening(tx.now) if closed is not None else None,
        daily_limit=standing.daily_limit,
        ended=standing.ended,
        won=standing.won,
        parent=owner.parent,
        this_month_below=standing.this_month,
        open_below=standing.open,
    )
