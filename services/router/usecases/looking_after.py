"""What the sales manager looks after: mail that nobody could read, and what keeps owners from going on."""

from collections import defaultdict
from uuid import UUID

from services.router import store
from services.router.domain.rules import Rules
from services.router.models import OwnerReply
from shared.contracts import calls
from shared.contracts.errors import NotFound
from shared.database.unit_of_work import Transaction


def waiting_replies(tx: Transaction) -> calls.RepliesReply:
    """Mail that waits, the oldest first."""
    kept = ("receipt_id", "received_at", "lead_id", "owner_id", "sender", "subject", "text", "outcome", "because")
    rows = store.waiting_replies(tx.session)
    return calls.RepliesReply(
        replies=[calls.WaitingReply(**{name: getattr(row, name) for name in kept}) for row in rows]
    )


def settle_reply(tx: Transaction, receipt_id: UUID, by: str) -> bool:
    """Somebody has dealt with it: of a mail that belongs to no lead nothing is kept. False when it was settled."""
    row = tx.get(OwnerReply, receipt_id)
    if row is None:
        raise NotFound(f"reply {receipt_id}")
    if not row.waits:
        return False
    row.waits, row.settled_at, row.settled_by = False, tx.now, by
    if row.lead_id is None:
        row.sender = row.subject = row.text = None
    return True


def blockers(tx: Transaction, *, rules: Rules) -> calls.BlockersReply:
    """What holds up open leads now, by owner and reason, the most first."""
    found: dict[tuple[str, str], list[UUID]] = defaultdict(list)
    for lead_id, owner_id, blocked in store.blocked_leads(tx.session):
        found[owner_id, blocked].append(lead_id)
    by_number = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    return calls.BlockersReply(
        blockers=[
            calls.Blocker(
                owner_id=owner_id,
                owner_name=rules.owners[owner_id].name if owner_id in rules.owners else owner_id,
                reason=reason,
                leads=len(lead_ids),
                lead_ids=lead_ids,
            )
            for (owner_id, reason), lead_ids in by_number
        ]
    )
