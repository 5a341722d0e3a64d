"""Leads that nobody works any more, whoever had them."""

from collections.abc import Iterable
from uuid import UUID

from services.router import store
from services.router.models import Assignment, Lead, Share
from services.router.usecases.standings import count_gone
from shared.database.unit_of_work import Transaction


def let_go(tx: Transaction, lead_ids: Iterable[UUID]) -> None:
    """They count no longer among what their owners, and those who share them, work on."""
    for lead in tx.preload(Lead, lead_ids):
        assignment = tx.get(Assignment, lead.assignment_id) if lead.assignment_id is not None else None
        if assignment is not None:
            count_gone(tx, assignment)
        for name in store.live_shares(tx.session, lead.lead_id):
            if (share := tx.get(Share, name)) is not None:
                count_gone(tx, share)
    tx.session.flush()
