"""What happened with a lead, newest first: who had it, every word that was said, every message that went out."""

from uuid import UUID

from services.router import store, store_portal
from services.router.domain.rules import Rules
from services.router.domain.visitor import Visitor
from services.router.models import Assignment, Lead, OwnerWord
from shared.contracts.calls import PortalEvent, PortalSent
from shared.database.unit_of_work import Transaction


def history(tx: Transaction, lead: Lead, rules: Rules, visitor: Visitor) -> list[PortalEvent]:
    """Hand-overs and words, the newest first. Who else had the lead is named to managers alone."""
    assignments = store_portal.assignments_of(tx.session, lead.lead_id)
    turn = {one.id: one.revision for one in assignments}
    # What was said under an assignment comes after its hand-over, also within one moment.
    given = [((one.assigned_at, one.revision, 0), _given(one, rules, visitor)) for one in assignments]
    said = [
        ((word.said_at, turn.get(word.assignment_id, 0), word.number), _said(word, rules, visitor))
        for word in store.words_of(tx.session, lead.lead_id)
    ]
    return [event for _, event in sorted([*given, *said], key=lambda pair: pair[0], reverse=True)]


def _given(one: Assignment, rules: Rules, visitor: Visitor) -> PortalEvent:
    return PortalEvent(
        at=one.assigned_at,
        what=f"given_{one.occasion}",
        owner=_name(one.owner_id, rules, visitor),
        by=one.by if one.owner_id in visitor.manages else None,
        fields={"because": one.because} if one.because else {},
    )


def _said(word: OwnerWord, rules: Rules, visitor: Visitor) -> PortalEvent:
    theirs = visitor.sees(word.owner_id)
    return PortalEvent(
        at=word.said_at,
        what=word.action,
        owner=_name(word.owner_id, rules, visitor),
        by=word.by if theirs else None,
        via=word.via,
        fields={name: str(value) for name, value in word.fields.items()} if theirs else {},
        corrected=word.corrected_by is not None,
    )


def sent(tx: Transaction, lead: Lead, entry_id: UUID) -> list[PortalSent]:
    """What went out to the present owner because of the lead, newest first."""
    rows = [row for row in store_portal.deliveries_of(tx.session, lead.lead_id) if row.assignment_id == entry_id]
    return [
        PortalSent(what=row.notice, way=row.way, state=row.state, at=row.settled_at or row.planned_at) for row in rows
    ]


def _name(owner_id: str, rules: Rules, visitor: Visitor) -> str:
    owner = rules.owners.get(owner_id)
    if owner is None:
        return "somebody who is no longer with us"
    return owner.name if visitor.sees(owner_id) or owner.kind == "marketing" else f"another {owner.kind}"
