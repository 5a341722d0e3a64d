"""An owner takes back how a lead ended: whatever the order in which it is heard, the newest word counts."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import UUID

import pytest

from services.analytics.usecases import reading
from shared.contracts.calls import FunnelRequest
from shared.contracts.router import LeadReopened
from tests.builders import NOON
from tests.integration.analytics.told import life, lost, won
from tests.played_room import PlayedRoom


@pytest.mark.requirement("FBK-2")
def test_a_sale_that_was_none_is_counted_as_what_it_was(analytics: PlayedRoom) -> None:
    later = NOON + timedelta(days=1)
    for order in permutations(range(3)):
        told = life("quoted")
        lead = told[1].data
        reopened = LeadReopened(
            lead_id=lead.lead_id, assignment_id=UUID(int=1), owner_id="d", revision=4, was="won", reopened_at=later
        )
        ends = (replace(won(lead, NOON), revision=3), reopened, replace(lost(lead, later), revision=5))
        analytics.hear_all(told)
        for place in order:
            analytics.hear(ends[place])
        with analytics.uow.begin() as tx:
            assert reading.lead(tx, lead.lead_id).stage == "lost"

    with analytics.uow.begin() as tx:
        stages = {stage.stage: stage.leads for stage in reading.funnel(tx, FunnelRequest()).stages}
    assert (stages["quoted"], stages["won"], stages["lost"]) == (6, 0, 6)


def test_a_sale_that_was_taken_back_is_open_again(analytics: PlayedRoom) -> None:
    told = life("quoted")
    lead = told[1].data
    reopened = LeadReopened(
        lead_id=lead.lead_id, assignment_id=UUID(int=1), owner_id="d", revision=4, was="won", reopened_at=NOON
    )
    analytics.hear_all(told)
    for event in (reopened, replace(won(lead, NOON), revision=3)):
        analytics.hear(event)

    with analytics.uow.begin() as tx:
        found = reading.lead(tx, lead.lead_id)
    assert found.stage == "quoted"
    assert any("takes back that the lead was won" in entry.text for entry in found.timeline)
