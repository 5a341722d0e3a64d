"""An owner takes back how a lead ended: its person's next inquiry joins it again."""

from datetime import timedelta
from itertools import permutations
from uuid import UUID, uuid4

from services.capture.models import Lead
from shared.contracts.router import LeadLost, LeadReopened, LeadWon
from tests.builders import NOON
from tests.integration.capture.desk import FrontDesk


def test_the_newest_word_counts_in_whatever_order_it_is_heard(desk: FrontDesk) -> None:
    later = NOON + timedelta(days=1)
    for order in permutations(range(3)):
        lead_id = uuid4()
        events = (
            LeadWon(lead_id=lead_id, owner_id="d", revision=3, won_at=NOON),
            LeadReopened(
                lead_id=lead_id, assignment_id=UUID(int=1), owner_id="d", revision=4, was="won", reopened_at=later
            ),
            LeadLost(lead_id=lead_id, owner_id="d", reason="price", revision=5, lost_at=later),
        )
        for place in order:
            desk.hear(events[place])
        (row,) = [row for row in desk.rows(Lead) if row["id"] == lead_id]
        assert row["resolution"] == "lost", order

        again = later + timedelta(hours=1)
        desk.hear(
            LeadReopened(
                lead_id=lead_id, assignment_id=UUID(int=1), owner_id="d", revision=6, was="lost", reopened_at=again
            )
        )
        (row,) = [row for row in desk.rows(Lead) if row["id"] == lead_id]
        assert row["resolution"] == "open"
