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
from services.router.models import Assignment, Lead, Person, Share
from services.router.usecases.assigning import owner_of
from services.router.usecases.erasing import ERASED
from services.router.usecases.portal_history import history, sent
from services.router.usecases.portal_leads import contract_visitor, gives_to
from services.router.usecases.portal_signing import Seals, visitor_in
from services.router.usecases.saying import Word, describe, say, state_of
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
    lead, entry = _theirs(tx, request.lead_id, visitor)
    owner = owner_of(entry, rules)
    # Read, not locked: somebody looks.
    tx.preload(Person, [lead.person_id], locked=False)
    package = snapshot(tx, lead, entry, owner, rules, "lead")["package"]
    works_it = entry.owner_id in visitor.works_for
    state = state_of(lead, entry)
    # Whoever shares a lead has no duty of their own: the clock is that of the one who is responsible.
    clock, due_at = (None, None) if isinstance(entry, Share) else (lead.clock, lead.due_at)
    return calls.PortalLeadReply(
        visitor=contract_visitor(visitor, rules),
        lead_id=lead.lead_id,
        owner=contract_owner(owner),
        status=state,
        clock=clock.partition("_")[0] if clock else None,
        due_at=due_at,
        overdue=due_at is not None and due_at < tx.now,
        assigned_at=entry.assigned_at,
        package=package,
        because=package["assignment"]["because"] or "several work on this lead, and you are one of them",
        candidates=_candidates(entry, rules, named=not works_it) if isinstance(entry, Assignment) else [],
        sent=sent(tx, lead, entry.id),
        history=history(tx, lead, rules, visitor),
        material=_material(materials, state, package["interest"]["products"]),
        actions=_actions(tx, lead, entry, rules) if works_it else [],
        gives_to=gives_to(visitor, lead.owner_id, rules) if lead.closed_at is None else [],
        blocked=lead.blocked if isinstance(entry, Assignment) else None,
        shared=lead.shares > 0,
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
    if lead is None or lead.status == ERASED or lead.assignment_id is None:
        raise NotFound("lead")
    entry = _entry(tx, lead, visitor, request.action)
    word = Word(request.action, request.fields, via="portal", by=visitor.address)  # type: ignore[arg-type]
    done = say(tx, lead, entry, word, rules=rules)
    return calls.PortalWordReply(status=done.status, changed=done.changed, kept=_keeps(lead, entry, visitor))


def _theirs(tx: Transaction, lead_id: UUID, visitor: Visitor) -> tuple[Lead, Assignment | Share]:
    """The lead, and by what they see it. That it exists is nobody else's business."""
    lead = store.read_lead(tx.session, lead_id)
    if lead is None or lead.assignment_id is None or lead.owner_id is None or lead.status == ERASED:
        raise NotFound("lead")
    entry_id: UUID | None = lead.assignment_id
    if lead.owner_id not in visitor.works_for:
        share = store_portal.live_share(tx.session, lead_id, (*visitor.works_for, *visitor.manages))
        entry_id = lead.assignment_id if visitor.sees(lead.owner_id) and share is None else share
    entry = store.read_entry(tx.session, entry_id) if entry_id else None
    if entry is None:
        raise NotFound("lead")
    return lead, entry


def _entry(tx: Transaction, lead: Lead, visitor: Visitor, action: str) -> Assignment | Share:
    """Under what they speak of a locked lead. Whose lead went on by their own word may say that word twice."""
    if lead.owner_id in visitor.works_for:
        found = tx.get(Assignment, lead.assignment_id)
        assert found is not None, "the database lets no registered lead be without an assignment"
        return found
    share_id = store_portal.live_share(tx.session, lead.lead_id, visitor.works_for)
    share = tx.get(Share, share_id) if share_id is not None else None
    if share is not None:
        return share
    had = [one for one in store_portal.assignments_of(tx.session, lead.lead_id) if one.owner_id in visitor.works_for]
    if not had or not _ended_by(had[-1], action):
        raise NotFound("lead")
    return had[-1]


def _keeps(lead: Lead, entry: Assignment | Share, visitor: Visitor) -> bool:
    """Whether the lead is still theirs after what they said."""
    return lead.owner_id in visitor.works_for or (isinstance(entry, Share) and entry.ended_at is None)


def _ended_by(assignment: Assignment, action: str) -> bool:
    ends = {"decline": ("declined",), "wrong_territory": ("declined",), "not_ready": ("recycled",),
            "return": ("returned", "unusable")}  # fmt: skip
    return assignment.ended_because in ends.get(action, ())


def _actions(tx: Transaction, lead: Lead, assignment: Assignment | Share, rules: Rules) -> list[calls.PortalAction]:
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


def _material(known: Sequence[Material], status: str, products: Sequence[str]) -> list[calls.PortalMaterial]:
    found = material_for(known, status, products)
    return [calls.PortalMaterial(title=one.title, url=one.url, text=one.text) for one in found]
