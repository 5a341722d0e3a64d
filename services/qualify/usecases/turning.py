"""Changes that no event brings: time passes, or the others of the same company do something."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.qualify.models import BuyingGroup, Profile
from services.qualify.usecases import locking, reassessing
from services.qualify.usecases.groups import KIND, VIEWS
from services.qualify.usecases.scoring import LOOK_AGAIN, Measuring, pass_time, reassess
from shared.database.unit_of_work import Transaction
from shared.room import DueItem


def look_again(tx: Transaction, item: DueItem, *, measuring: Measuring) -> None:
    """Time has passed: rank, decision, stage or segment of the lead may be another."""
    for profile in locking.take(tx, [UUID(item.key)]):
        profile.changes_at = None
        pass_time(tx, profile, measuring(tx))


def show_group(tx: Transaction, item: DueItem, *, measuring: Measuring) -> None:
    """Shows every member the others; who sees something new is assessed anew."""
    members = _members(tx, item)
    for profile in locking.take(tx, map(UUID, members)):
        if _see(tx, profile, members):
            reassess(tx, profile, measuring(tx))


def preload(tx: Transaction, items: Sequence[DueItem]) -> None:
    """Takes the leads of all items at once: one after the other they would be locked in any order."""
    leads = {UUID(item.key) for item in items if item.kind == LOOK_AGAIN}
    for item in items:
        if item.kind == KIND:
            leads.update(map(UUID, _members(tx, item)))
        if item.kind == reassessing.KIND:
            leads.update(reassessing.waiting(tx, item))
    locking.take(tx, leads)


def _members(tx: Transaction, item: DueItem) -> dict[str, Any]:
    """The group's leads, read without a lock: who changes the group meanwhile has it shown again."""
    query = select(BuyingGroup.members).where(BuyingGroup.company_id == UUID(item.key))
    return tx.session.scalar(query) or {}


def _see(tx: Transaction, profile: Profile, members: dict[str, Any]) -> bool:
    """Keeps what the lead sees of the others; says whether it is new."""
    others = [each for each in members.values() if each["person_id"] != str(profile.person_id)]
    view = {
        "people": len({each["person_id"] for each in others}),
        "score": sum(each["score"] for each in others),
        "roles": sorted({each["role"] for each in others if each["role"]}),
    }
    seen = profile.colleagues[max(profile.colleagues)] if profile.colleagues else None
    if view == seen or (seen is None and not others):
        return False
    views = profile.colleagues | {tx.now.isoformat(): view}
    profile.colleagues = {at: views[at] for at in sorted(views)[-VIEWS:]}
    return True
