"""Which leads are most likely to become sales: learnt from the company's own, told with reasons, beside the points."""

import pytest

from shared.contracts.qualify import LeadScored
from tests.builders import lead_registered, person, response
from tests.integration.qualify.sales import chance_of, inquiries, sell, train
from tests.played_room import PlayedRoom


def scored(room: PlayedRoom, answers: dict[str, str]) -> LeadScored:
    lead = lead_registered(person=person(), response=response(answers=answers, received_at=room.clock.now()))
    room.hear(lead)
    return next(each for each in room.published(LeadScored) if each.lead_id == lead.lead_id)


@pytest.mark.requirement("SCO-11")
def test_leads_that_are_likelier_to_buy_are_known_before_they_do(qualification: PlayedRoom) -> None:
    sell(qualification, 400)
    before = scored(qualification, {"role": "owner", "timing": "now"})
    done = train(qualification)
    after = scored(qualification, {"role": "owner", "timing": "now"})
    came = list(inquiries(qualification, 150, seed=4711))
    qualification.hear(*(lead for lead, _ in came))
    told = {each.lead_id: each.prediction for each in qualification.published(LeadScored) if each.prediction}
    likeliest = sorted(came, key=lambda one: -told[one[0].lead_id].probability)
    best, worst = likeliest[:50], likeliest[-50:]

    assert done.at_work
    assert sum(sold for _, sold in best) > 2 * sum(sold for _, sold in worst)
    assert after.prediction is not None
    assert after.prediction.probability == pytest.approx(chance_of("owner", "now"), abs=0.15)
    assert any("timing now: raises the chance" in reason.words for reason in after.prediction.reasons)
    assert (after.score, after.rank, after.decision) == (before.score, before.rank, before.decision)
