"""What managers see and do in the portal: how their owners stand, pauses, and leads given to somebody else."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.router import store, store_portal
from services.router.domain.rules import Rules
from services.router.domain.visitor import Visitor
from services.router.models import OwnerRow
from services.router.usecases.availability import owners_now, set_availability
from services.router.usecases.erasing import ERASED
from services.router.usecases.portal_leads import contract_visitor
from services.router.usecases.portal_numbers import figures
from services.router.usecases.portal_signing import Seals, visitor_in
from services.router.usecases.reassigning import MOST, reassign
from services.router.views import contract_owner
from shared.contracts import calls
from shared.contracts.calls import AvailabilityRequest
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction

LAPSED_WITHIN = timedelta(days=90)


def my_region(tx: Transaction, session: str, *, rules: Rules, seals: Seals) -> calls.PortalRegionReply:
    """Everybody whom the visitor manages, who has most overdue at the top. Raises LinkInvalid and NotFound."""
    visitor = _manager(tx, session, rules, seals)
    load = store_portal.overdue_by_owner(tx.session, visitor.manages, tx.now)
    lapsed = store_portal.lapsed_by_owner(tx.session, visitor.manages, tx.now - LAPSED_WITHIN)
    rows = {row.owner_id: row for row in store.owner_rows(tx.session)}
    not_taking = {one.owner_id: one.not_taking for one in owners_now(tx, rules=rules).owners}
    lines = [
        _line(name, load.get(name, (0, 0)), lapsed.get(name, 0), rows.get(name), not_taking.get(name), rules)
        for name in visitor.manages
    ]
    ordered = sorted(lines, key=lambda line: (-line.overdue, -line.lapsed, -line.open, line.owner.name))
    return calls.PortalRegionReply(visitor=contract_visitor(visitor, rules), owners=ordered)


def pause_owner(tx: Transaction, request: calls.PortalPause, *, rules: Rules, seals: Seals) -> calls.PortalPaused:
    """Pauses one of the owners whom they manage or work for. Raises LinkInvalid and NotFound."""
    visitor = visitor_in(tx, request.session, rules=rules, seals=seals)
    if not visitor.sees(request.owner):
        raise NotFound("owner")
    until = request.until if request.paused else None
    set_availability(tx, AvailabilityRequest(owner_id=request.owner, paused=request.paused, until=until), rules=rules)
    return calls.PortalPaused(owner=request.owner, paused=request.paused)


def give_on(tx: Transaction, request: calls.PortalReassign, *, rules: Rules, seals: Seals) -> calls.PortalReassigned:
    """Gives leads of the manager's owners to another one of them, or each to its next candidate.

    Raises LinkInvalid, NotFound when one of them is not theirs, and ContractViolation without reason or leads.
    """
    visitor = _manager(tx, request.session, rules, seals)
    because = request.because.strip()
    problems = {
        "because": [] if because else ["Say why: it stays on record."],
        "lead_ids": [] if 0 < len(request.lead_ids) <= MOST else [f"Choose one at least, {MOST} at most."],
    }
    if any(problems.values()):
        raise ContractViolation("PortalReassign", {name: said for name, said in problems.items() if said})
    if request.to is not None and request.to not in visitor.manages:
        raise NotFound("owner")
    _check_theirs(tx, request.lead_ids, visitor)
    done = reassign(tx, request.lead_ids, request.to, by=visitor.address, because=because, rules=rules)
    refused = [one.because for one in done if not one.done]
    return calls.PortalReassigned(
        done=len(done) - len(refused), refused=len(refused), because=refused[0] if refused else None
    )


def _manager(tx: Transaction, session: str, rules: Rules, seals: Seals) -> Visitor:
    visitor = visitor_in(tx, session, rules=rules, seals=seals)
    if not visitor.manages:
        raise NotFound("region")
    return visitor


def _check_theirs(tx: Transaction, lead_ids: Sequence[UUID], visitor: Visitor) -> None:
    for lead_id in lead_ids:
        lead = store.read_lead(tx.session, lead_id)
        if lead is None or lead.owner_id not in visitor.manages or lead.status == ERASED:
            raise NotFound("lead")


def _line(
    owner_id: str,
    load: tuple[int, int],
    lapsed: int,
    row: OwnerRow | None,
    not_taking: str | None,
    rules: Rules,
) -> calls.PortalOwnerLine:
    known = figures(row.results.values()) if row is not None else calls.PortalFigures()
    return calls.PortalOwnerLine(
        owner=contract_owner(rules.owners[owner_id]),
        open=load[0],
        overdue=load[1],
        lapsed=lapsed,
        hours_to_contact=known.hours_to_contact,
        close_rate=known.close_rate,
        not_taking=not_taking,
        paused=row is not None and row.paused,
    )
