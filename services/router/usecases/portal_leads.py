"""The leads that somebody sees in the portal, what is due first at the top."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.router import store_portal
from services.router.domain import package
from services.router.domain.calendar import Calendar
from services.router.domain.rules import Rules
from services.router.domain.visitor import Visitor
from services.router.store_portal import Wanted
from services.router.usecases.portal_signing import Seals, visitor_in
from services.router.views import contract_owner
from shared.contracts import calls
from shared.contracts.errors import ContractViolation, NotFound
from shared.contracts.people import Owner
from shared.database.unit_of_work import Transaction

PAGE = 25
LONGEST_TEXT = 100
RANKS = ("hot", "warm", "cold", "future")


def my_leads(
    tx: Transaction, request: calls.PortalLeadsRequest, *, rules: Rules, seals: Seals
) -> calls.PortalLeadsReply:
    """One page of leads. Raises LinkInvalid, and NotFound for an owner of whom the visitor may not know."""
    visitor = visitor_in(tx, request.session, rules=rules, seals=seals)
    owners = _owners(visitor, request.owner)
    calendar = _calendar(visitor, rules)
    wanted = Wanted(
        owners=owners,
        shelf=request.shelf,
        status=request.status,
        due_before=_due_before(request.due, calendar, tx.now),
        product=request.product,
        rank=request.rank,
        text=(request.text or "").strip()[:LONGEST_TEXT] or None,
        after=_place(request.after),
    )
    found = store_portal.page_of_leads(tx.session, wanted, PAGE + 1)
    counts = store_portal.open_counts(tx.session, owners, tx.now, _tonight(calendar, tx.now))
    return calls.PortalLeadsReply(
        visitor=contract_visitor(visitor, rules),
        owner=contract_owner(rules.owners[request.owner]) if request.owner else None,
        leads=[_line(row, tx.now) for row in found[:PAGE]],
        next=_mark(found[PAGE - 1], request.shelf) if len(found) > PAGE else None,
        counts=calls.PortalCounts(**vars(counts), most=store_portal.MOST),
        products=_products(owners, rules),
        ranks=list(RANKS),
        gives_to=gives_to(visitor, request.owner, rules),
    )


def contract_visitor(visitor: Visitor, rules: Rules) -> calls.Visitor:
    """Who is signed in, as the pages know them."""
    return calls.Visitor(
        address=visitor.address,
        name=visitor.name,
        owners=[contract_owner(rules.owners[name]) for name in visitor.works_for],
        manages=bool(visitor.manages),
        time_zone=_calendar(visitor, rules).zone.key,
    )


def gives_to(visitor: Visitor, owner_id: str | None, rules: Rules) -> list[Owner]:
    """To whom a manager may give leads of one of their owners, by name."""
    if owner_id not in visitor.manages:
        return []
    others = (rules.owners[name] for name in visitor.manages if name != owner_id)
    return [contract_owner(one) for one in sorted(others, key=lambda one: one.name) if one.active]


def _owners(visitor: Visitor, named: str | None) -> Sequence[str]:
    """Whose leads are shown: the visitor's own, or those of one owner that they see."""
    if named is None:
        return visitor.works_for
    if not visitor.sees(named):
        raise NotFound("owner")
    return (named,)


def _calendar(visitor: Visitor, rules: Rules) -> Calendar:
    return rules.owners[(visitor.works_for or visitor.manages)[0]].calendar


def _tonight(calendar: Calendar, now: datetime) -> datetime:
    tomorrow = calendar.day(now) + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=calendar.zone)


def _due_before(due: str | None, calendar: Calendar, now: datetime) -> datetime | None:
    match due:
        case "overdue":
            return now
        case "today":
            return _tonight(calendar, now)
        case "week":
            return _tonight(calendar, now) + timedelta(days=6)
    return None


def _products(owners: Sequence[str], rules: Rules) -> list[str]:
    """What can be asked about: what these owners sell, or everything that anybody sells."""
    sold = [rules.owners[name].products for name in owners]
    every = sold if all(sold) else [owner.products for owner in rules.owners.values()]
    return sorted(set().union(*every))


def _line(row: Row[Any], now: datetime) -> calls.PortalLeadLine:
    person = row.person or {}
    responses = sorted(row.responses.values(), key=lambda one: one["number"])
    return calls.PortalLeadLine(
        lead_id=row.lead_id,
        owner_id=row.owner_id,
        name=person.get("name"),
        company=person.get("company"),
        city=(person.get("address") or {}).get("city"),
        phone=person.get("phone"),
        products=package.products(responses),
        rank=row.rank,
        status=row.status,
        clock=row.clock.partition("_")[0] if row.clock else None,
        due_at=None if row.is_share else row.due_at,
        overdue=row.due_at is not None and row.due_at < now and not row.is_share,
        closed_at=row.closed_at,
        blocked=row.blocked,
        shared=row.shared,
    )


def _mark(row: Row[Any], shelf: str) -> str:
    moment: datetime = row.due_at if shelf == "open" else row.closed_at
    return f"{moment.isoformat()}~{row.lead_id}"


def _place(mark: str | None) -> tuple[datetime, UUID] | None:
    if mark is None:
        return None
    moment, _, lead_id = mark.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(lead_id)
    except ValueError:
        raise ContractViolation("PortalLeadsRequest", {"after": ["This is no page of the list."]}) from None
