"""One lead in the portal: everything known, why it is theirs, what was sent, what helps, and what can be said now."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.router import store, store_portal
from services.router.domain.material import Material, material_for
from services.router.domain.owner import Owner
from services.router.domain.rules import Rules
from services.router.domain.status import ACTIONS, Action
from services.router.domain.visitor import Visitor
from services.router.models import Assignment, Lead, Person
from services.router.usecases.assigning import owner_of
from services.router.usecases.erasing import ERASED
from services.router.usecases.portal_history import history, sent
from services.router.usecases.portal_leads import contract_visitor
from services.router.usecases.portal_signing import Seals, visitor_in
from services.router.usecases.saying import Word, describe, say
from services.router.usecases.telling import snapshot
from services.router.views import contract_owner
from shared.contracts import calls, router
from shared.contracts.errors import ContractViolation, NotFound
from shared.database.unit_of_work import Transaction


def show_lead(
    tx: Transaction,
    request: calls.PortalLeadRequest,
    *,
    rules: Rules,
    seals: Seals,
    materials: Sequence[Material] = (),
) -> calls.PortalLeadReply:
    """Everything about one lead. Raises LinkInvalid, and NotFound for a lead that is not, or no longer, theirs."""
    visitor = visitor_in(tx, request.session, rules=rules, seals=seals)
    lead, assignment = _theirs(tx, request.lead_id, visitor)
    owner = owner_of(assignment, rules)
    # Read, not locked: somebody looks.
    tx.preload(Person, [lead.person_id], locked=False)
    package = snapshot(tx, lead, assignment, owner, rules, "lead")["package"]
    works_it = assignment.owner_id in visitor.works_for
    return calls.PortalLeadReply(
        visitor=contract_visitor(visitor, rules),
        lead_id=lead.lead_id,
        owner=contract_owner(owner),
        status=lead.status or "assigned",
        clock=lead.clock.partition("_")[0] if lead.clock else None,
        due_at=lead.due_at,
        overdue=lead.due_at is not None and lead.due_at < tx.now,
        assigned_at=assignment.assigned_at,
        package=package,
        because=package["assignment"]["because"],
        candidates=_candidates(assignment, rules, named=not works_it),
        sent=sent(tx, lead, assignment),
        history=history(tx, lead, rules, visitor),
        material=_material(materials, lead, package["interest"]["products"]),
        actions=_actions(tx, lead, assignment, rules) if works_it else [],
        blocked=lead.blocked,
        quoted=lead.quoted_amount,
        currency=lead.quoted_currency or rules.currency,
    )


def say_of_lead(tx: Transaction, request: calls.PortalWord, *, rules: Rules, seals: Seals) -> calls.PortalWordReply:
    """Does what somebody says of a lead of theirs; a second time nothing happens.

    Raises LinkInvalid, NotFound, NotAllowed, and ContractViolation with what is wrong with which field.
    """
    visitor = visitor_in(tx, request.session, rules=rules, seals=seals)
    if request.action not in ACTIONS:
        raise ContractViolation("PortalWord", {"action": ["There is nothing of this name to say."]})
    lead = tx.get(Lead, request.lead_id)
    assignment = _assignment(tx, lead, visitor, request.action)
    assert lead is not None
    word = Word(request.action, request.fields, via="portal", by=visitor.address)  # type: ignore[arg-type]
    done = say(tx, lead, assignment, word, rules=rules)
    return calls.PortalWordReply(
        status=done.status, changed=done.changed, kept=lead.owner_id in visitor.works_for and lead.status != ERASED
    )


def _theirs(tx: Transaction, lead_id: UUID, visitor: Visitor) -> tuple[Lead, Assignment]:
    """The lead, when they may see it. That it exists is nobody else's business."""
    lead = store.read_lead(tx.session, lead_id)
    if lead is None or lead.owner_id is None or lead.status == ERASED or not visitor.sees(lead.owner_id):
        raise NotFound("lead")
    assignment = store.read_assignment(tx.session, lead.assignment_id) if lead.assignment_id else None
    assert assignment is not None, "the database lets no registered lead be without an assignment"
    return lead, assignment


def _assignment(tx: Transaction, lead: Lead | None, visitor: Visitor, action: str) -> Assignment:
    """Under which assignment they speak. Whose lead went on by their own word may say that word twice."""
    if lead is None or lead.status == ERASED or lead.assignment_id is None:
        raise NotFound("lead")
    if lead.owner_id in visitor.works_for:
        found = tx.get(Assignment, lead.assignment_id)
        assert found is not None, "the database lets no registered lead be without an assignment"
        return found
    had = [one for one in store_portal.assignments_of(tx.session, lead.lead_id) if one.owner_id in visitor.works_for]
    if not had or not _ended_by(had[-1], action):
        raise NotFound("lead")
    return had[-1]


def _ended_by(assignment: Assignment, action: str) -> bool:
    ends = {"decline": ("declined",), "wrong_territory": ("declined",), "not_ready": ("recycled",),
            "return": ("returned", "unusable")}  # fmt: skip
    return assignment.ended_because in ends.get(action, ())


def _actions(tx: Transaction, lead: Lead, assignment: Assignment, rules: Rules) -> list[calls.PortalAction]:
    found: list[calls.PortalAction] = []
    for action in ACTIONS:
        described = describe(lead, assignment, action, rules=rules, now=tx.now)
        if described.possible and action != "pause_me":
            found.append(_action(action, described.asks, described.choices))
    return found


def _action(action: Action, asks: Sequence[str], choices: Sequence[str]) -> calls.PortalAction:
    return calls.PortalAction(action=action, asks=list(asks), choices={"reason": list(choices)} if choices else {})


def _candidates(assignment: Assignment, rules: Rules, *, named: bool) -> list[router.Candidate]:
    """Everybody who was looked at. One owner is not told who the others are; their manager is."""
    return [
        router.Candidate(
            **{**line, **({} if named or line["chosen"] else _nameless(rules.owners.get(line["owner_id"])))}
        )
        for line in assignment.explanation
    ]


def _nameless(owner: Owner | None) -> dict[str, Any]:
    kind = owner.kind.replace("_", " ") if owner else "owner"
    return {"owner_id": "", "name": f"another {kind}"}


def _material(known: Sequence[Material], lead: Lead, products: Sequence[str]) -> list[calls.PortalMaterial]:
    found = material_for(known, lead.status or "assigned", products)
    return [calls.PortalMaterial(title=one.title, url=one.url, text=one.text) for one in found]
