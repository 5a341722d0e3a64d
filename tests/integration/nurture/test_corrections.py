"""An owner takes back how a lead ended."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

from services.nurture.models import Lead
from shared.contracts.router import LeadLost, LeadReopened, LeadWon
from tests.builders import NOON
from tests.played_room import PlayedRoom


def test_the_newest_word_counts_in_whatever_order_it_is_heard(nurture: PlayedRoom) -> None:
    later = NOON + timedelta(days=1)
    for order in permutations(range(3)):
        lead_id = uuid4()
        reopened = LeadReopened(
            lead_id=lead_id, assignment_id=UUID(int=1), owner_id="d", revision=4, was="won", reopened_at=later
        )
        won = LeadWon(lead_id=lead_id, owner_id="d", revision=3, won_at=NOON)
        lost = LeadLost(lead_id=lead_id, owner_id="d", reason="price", revision=5, lost_at=later)
        events = (won, reopened, lost)
        for place in order:
            nurture.hear(events[place])
        (row,) = [row for row in nurture.rows(Lead) if row["lead_id"] == lead_id]
        assert (row["closed_as"], row["closed_at"]) == ("lost", later), order

        nurture.hear(
            LeadReopened(
                lead_id=lead_id, assignment_id=UUID(int=1), owner_id="d", revision=6, was="lost",
                reopened_at=later + timedelta(hours=1),
            )
        )  # fmt: skip
        (row,) = [row for row in nurture.rows(Lead) if row["lead_id"] == lead_id]
        assert row["closed_as"] is None
