"""What a sales organisation is promised of leads that sales does not use: none is kept by saying nothing."""

import pytest

from services.router.models import Lead
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from tests.integration.router.test_silence import in_talks, link, tell
from tests.integration.router.told import lead_row, owner_id, press, token, without_duty
from tests.played_room import PlayedRoom


@pytest.mark.requirement("REC-3", "ACC-5")
def test_when_nothing_happens_with_a_lead_it_comes_back_to_be_nurtured(router: PlayedRoom, desk: Desk) -> None:
    lead, kept = in_talks(router, desk), in_talks(router, desk)
    router.pass_days(30)
    press(router, desk, token(router, desk, kept.lead_id, "quoted"), amount="9000")
    router.pass_days(13)

    (back,) = router.published(published.LeadRecycled)
    assert (back.lead_id, back.told_by) == (lead.lead_id, "silence")
    assert owner_id(router, lead.lead_id) == "marketing"
    assert owner_id(router, kept.lead_id) == "hawkeye-implement"
    assert without_duty(router, desk) == []


@pytest.mark.requirement("FBK-2", "FBK-8")
def test_the_loop_is_closed_by_the_prospect_where_the_owner_stays_silent(router: PlayedRoom, desk: Desk) -> None:
    lead = in_talks(router, desk)
    router.pass_days(22)
    tell(router, desk, link(router, lead), "elsewhere", bought_from="Acme Ag")

    (lost,) = router.published(published.LeadLost)
    assert (lost.lost_to, lost.told_by) == ("Acme Ag", "prospect")
    assert lead_row(router, lead.lead_id)["closed_at"] is not None
    assert [row for row in router.rows(Lead) if row["closed_at"] is None] == []
