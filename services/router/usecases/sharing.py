"""Leads that several owners work on: one alone is responsible, the others have a share.

Who sells it becomes responsible. When the responsible one declines, lapses or returns it, the best of those who share
it does, before anybody new.
"""

from uuid import UUID

import structlog

from services.router import store
from services.router.domain.market import Choice
from services.router.domain.rules import Rules
from services.router.domain.status import Action
from services.router.models import Assignment, Lead, Share
from services.router.usecases import charging, telling
from services.router.usecases.knowledge import rank_of
from services.router.usecases.standings import count_given, count_gone
from services.router.views import contract_owner
from shared.contracts import router
from shared.database.unit_of_work import Transaction
from shared.ids import derived_id

log = structlog.get_logger()

#: How far a share is; who is further comes first.
_ORDER = ("assigned", "accepted", "contacted", "appointment", "quoted")


def entry_of(tx: Transaction, entry_id: UUID) -> Assignment | Share | None:
    """What a link speaks for: an assignment, or a share; a share that made its owner responsible is its assignment."""
    assignment = tx.get(Assignment, entry_id)
    if assignment is not None:
        return assignment
    share = tx.get(Share, entry_id)
    if share is not None and share.assignment_id is not None:
        return tx.get(Assignment, share.assignment_id)
    return share


def offer(tx: Transaction, lead: Lead, assignment: Assignment, choice: Choice, *, rules: Rules) -> None:
    """Gives the lead to those who share it, and has them told."""
    for place, name in enumerate(choice.further, 2):
        owner = rules.owners[name]
        share = tx.add(
            Share(
                id=derived_id(assignment.id, "share", name),
                lead_id=lead.lead_id,
                owner_id=name,
                place=place,
                territory=choice.territory,
                status="assigned",
                counted=False,
                assigned_at=tx.now,
            )
        )
        lead.shares += 1
        count_given(tx, share, owner)
        tx.emit(
            router.LeadShared(
                lead_id=lead.lead_id,
                share_id=share.id,
                assignment_id=assignment.id,
                owner=contract_owner(owner),
                place=place,
                of=len(choice.further) + 1,
                shared_at=tx.now,
            ),
            key=str(share.id),
        )
        telling.hand_over(tx, lead, share, owner, rules)


def live(tx: Transaction, lead: Lead) -> list[Share]:
    """The shares of a locked lead that last, the best first."""
    if not lead.shares:
        return []
    tx.session.flush()
    found = [
        share for name in store.live_shares(tx.session, lead.lead_id) if (share := tx.get(Share, name)) is not None
    ]
    return sorted(found, key=lambda share: (-_ORDER.index(share.status), share.place))


def best(tx: Transaction, lead: Lead) -> Share | None:
    """Who of those who share the lead is next: who is further with it, then who is the better choice."""
    return next((share for share in live(tx, lead) if share.owner_id not in lead.had_before), None)


def take_over(tx: Transaction, lead: Lead, assignment: Assignment) -> Share | None:
    """The share of whoever becomes responsible now, which ends with it; None where they have none."""
    share = next((one for one in live(tx, lead) if one.owner_id == assignment.owner_id), None)
    if share is None:
        return None
    share.assignment_id = assignment.id
    # It goes on counting among what they work on, as their assignment.
    assignment.counted, share.counted = share.counted, False
    _end(tx, lead, share, "promoted")
    return share


def end_all(tx: Transaction, lead: Lead, because: str, *, rules: Rules) -> None:
    """Nobody shares the lead any more; whoever did is told why."""
    for share in live(tx, lead):
        if (owner := rules.owners.get(share.owner_id)) is not None:
            telling.tell_gone(tx, lead, share, owner, rules, because)
        _end(tx, lead, share, because)


def answer(tx: Transaction, lead: Lead, share: Share, action: Action, to: str, *, rules: Rules) -> None:
    """Does what somebody says who shares a lead, `to` being the status that it leads to. Not for a sale.

    A sale makes them responsible first.
    """
    if action not in ("decline", "pause_me") and share.accepted_at is None:
        share.accepted_at = tx.now
        charging.charge(tx, lead, share, rules, rank_of(lead))
    if to in _ORDER:
        previous, share.status = share.status, to
        tx.emit(
            router.ShareStatusChanged(
                lead_id=lead.lead_id,
                share_id=share.id,
                owner_id=share.owner_id,
                status=to,
                previous=previous,
                changed_at=tx.now,
            ),
            key=f"{share.id}/{to}",
        )
        return
    lead.had_before = {**lead.had_before, share.owner_id: to}
    share.status = to
    _end(tx, lead, share, to)


def _end(tx: Transaction, lead: Lead, share: Share, because: str) -> None:
    count_gone(tx, share)
    share.ended_at, share.ended_because = tx.now, because
    lead.shares -= 1
    tx.emit(
        router.ShareEnded(
            lead_id=lead.lead_id,
            share_id=share.id,
            owner_id=share.owner_id,
            because=because,
            assignment_id=share.assignment_id,
            ended_at=tx.now,
        ),
        key=str(share.id),
    )
    log.info("share_ended", lead_id=str(lead.lead_id), owner_id=share.owner_id, because=because)
