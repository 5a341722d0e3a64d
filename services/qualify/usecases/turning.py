"""Changes that no event brings: time passes, or the others of the same company do something."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.qualify.models import BuyingGroup, Person, Profile, Screening
from services.qualify.usecases import recalling
from services.qualify.usecases.groups import VIEWS
from services.qualify.usecases.scoring import Measuring, pass_time, reassess
from shared.database.unit_of_work import Transaction
from shared.room import DueItem


def look_again(tx: Transaction, item: DueItem, *, measuring: Measuring) -> None:
    """Time has passed: rank, decision, stage or segment of the lead may be another."""
    lead_id = UUID(item.key)
    person_id = tx.session.scalar(select(Profile.person_id).where(Profile.lead_id == lead_id))
    tx.preload(Person, [person_id])
    profile = tx.get(Profile, lead_id)
    if profile is not None:
        profile.changes_at = None
        pass_time(tx, profile, measuring(tx))


def show_group(tx: Transaction, item: DueItem, *, measuring: Measuring) -> None:
    """Shows every member the others; who sees something new is assessed anew."""
    # Read without a lock, which comes last, as for everybody: who changes the group meanwhile has it shown again.
    company = UUID(item.key)
    members = tx.session.scalar(select(BuyingGroup.members).where(BuyingGroup.company_id == company)) or {}
    persons = {UUID(brought["person_id"]) for brought in members.values()}
    tx.preload(Person, persons)
    recalling.load_activities(tx.session, persons)
    leads = {UUID(lead_id) for lead_id in members}
    profiles = tx.preload(Profile, leads)
    tx.preload(Screening, leads)
    for profile in profiles:
        if _see(tx, profile, members):
            reassess(tx, profile, measuring(tx))


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
