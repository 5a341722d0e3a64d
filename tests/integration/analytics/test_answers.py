"""What analytics answers: a lead's story, the funnel, the ledger."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from services.analytics.usecases import reading
from shared.contracts.calls import FunnelReply, FunnelRequest, LeadReply
from shared.contracts.capture import ConsentChanged, LeadRegistered, PersonUpdated
from shared.contracts.errors import NotFound
from shared.contracts.router import LeadRecycled
from tests.builders import NOON, enveloped, person, response
from tests.integration.analytics.told import DEALER, life, lives, lost, quarantined, received, responded
from tests.played_room import PlayedRoom


def story(analytics: PlayedRoom, lead: LeadRegistered) -> LeadReply:
    with analytics.uow.begin() as tx:
        return reading.lead(tx, lead.lead_id)


def funnel(analytics: PlayedRoom, **request: object) -> FunnelReply:
    with analytics.uow.begin() as tx:
        return reading.funnel(tx, FunnelRequest(**request))  # type: ignore[arg-type]


def reached(reply: FunnelReply) -> dict[str, int]:
    return {stage.stage: stage.leads for stage in reply.stages}


def test_a_won_lead_tells_its_whole_story_in_order(analytics: PlayedRoom) -> None:
    told = life("won")
    analytics.hear_all(reversed(told))
    reply = story(analytics, told[1].data)

    assert [entry.text for entry in reply.timeline] == [
        "An inquiry from website-contact (form) came in and opens a lead.",
        "Registered as a new lead from website-contact, campaign website, interested in grain-dryer.",
        "Given to Marketing (marketing): initial. Due to accept by 2026-03-04 12:00.",
        "Scored 80 points (70 fit + 10 engagement): hot, qualified.",
        "Qualified for sales with 80 points as hot: budget named.",
        "Given to Ames Tractor (dealer): initial. Due to accept by 2026-03-04 12:00.",
        "dealer-ames accepted the lead.",
        "dealer-ames moved the lead from assigned to accepted.",
        "dealer-ames quoted 48500 USD.",
        "dealer-ames moved the lead from accepted to quoted.",
        "Won: dealer-ames made the sale for 48000 USD.",
        "dealer-ames moved the lead from quoted to won.",
    ]
    assert (reply.stage, reply.rank, reply.score, reply.status) == ("won", "hot", 80, "won")
    assert reply.owner == DEALER
    assert (reply.source, reply.campaign, reply.registered_at) == ("website-contact", "website", NOON)


def test_events_of_one_moment_are_told_in_the_order_of_life(analytics: PlayedRoom) -> None:
    told = [enveloped(envelope.data, time=NOON) for envelope in life("unready")]
    analytics.hear_all(reversed(told))

    events = [entry.event for entry in story(analytics, told[1].data).timeline]
    assert events == [
        "inquiry_received", "lead_registered", "lead_scored", "lead_assigned", "programme_entered", "piece_sent"
    ]  # fmt: skip


def test_the_story_has_what_the_person_said_outside_the_lead_and_nothing_of_others(analytics: PlayedRoom) -> None:
    told, others = life("unready"), life("unready")
    lead: LeadRegistered = told[1].data
    newer = person(person_id=lead.person_id, name="Ann Lee-Smith")
    analytics.hear_all([*told, *others])
    analytics.clock.forward(days=1)
    analytics.hear(
        PersonUpdated(person_id=lead.person_id, person=newer, revision=2),
        ConsentChanged(person_id=lead.person_id, channel="email", allowed=False, changed_at=NOON, origin="form"),
    )
    reply = story(analytics, lead)

    assert len(reply.timeline) == len(told) + 2
    assert reply.person is not None
    assert reply.person.name == "Ann Lee-Smith"


def test_a_lost_lead_that_marketing_took_back_is_not_lost(analytics: PlayedRoom) -> None:
    told = life("lost")
    lead: LeadRegistered = told[1].data
    analytics.hear_all(told)
    assert story(analytics, lead).stage == "lost"

    analytics.hear(
        LeadRecycled(
            lead_id=lead.lead_id, person_id=lead.person_id, owner_id="d", reason="asks again",
            recycled_at=NOON + timedelta(days=9),
        )
    )  # fmt: skip
    assert story(analytics, lead).stage == "accepted"
    analytics.hear(lost(lead, NOON + timedelta(days=20)))
    assert story(analytics, lead).stage == "lost"


def test_a_lead_that_nobody_spoke_of_is_not_found(analytics: PlayedRoom) -> None:
    with analytics.uow.begin() as tx, pytest.raises(NotFound):
        reading.lead(tx, uuid4())


def test_the_funnel_counts_leads_at_every_stage_they_reached(analytics: PlayedRoom) -> None:
    for fate in ("unready", "unready", "qualified", "accepted", "quoted", "won", "lost"):
        analytics.hear_all(life(fate))

    reply = funnel(analytics)
    assert reached(reply) == {"inquiry": 7, "qualified": 5, "accepted": 4, "quoted": 2, "won": 1, "lost": 1}
    assert [stage.conversion for stage in reply.stages] == [None, 0.7143, 0.8, 0.5, 0.5, None]
    assert {each.key: each.leads for each in reply.by_rank} == {"hot": 5, "cold": 2}
    assert {each.key: each.leads for each in reply.by_owner} == {"dealer-ames": 5, "marketing": 2}


def test_a_sale_without_a_quote_counts_as_one_that_passed_it(analytics: PlayedRoom) -> None:
    told = [envelope for envelope in life("won") if envelope.type != "quote_recorded"]
    analytics.hear_all(told)

    assert reached(funnel(analytics))["quoted"] == 1


def test_the_funnel_of_a_campaign_a_source_or_a_time(analytics: PlayedRoom) -> None:
    analytics.hear_all(life("won", campaign="farm-progress-show", source="farm-progress-list"))
    analytics.hear_all(life("unready", at=NOON + timedelta(days=40)))

    assert reached(funnel(analytics, campaign="farm-progress-show"))["won"] == 1
    assert reached(funnel(analytics, source="website-contact")) == dict.fromkeys(
        ("qualified", "accepted", "quoted", "won", "lost"), 0
    ) | {"inquiry": 1}
    assert funnel(analytics, since=date(2026, 3, 2), until=date(2026, 3, 3)).inquiries == 1
    assert funnel(analytics, since=date(2026, 3, 3), until=date(2026, 4, 11)).inquiries == 0
    assert funnel(analytics, until=date(2026, 3, 2)).new_leads == 0


def test_every_kind_of_inquiry_is_counted_as_what_became_of_it(analytics: PlayedRoom) -> None:
    told = life("unready")
    again = response()
    analytics.hear_all(told)
    analytics.hear(
        received(again, "responded", told[1].lead_id), responded(told[1].data, again),
        received(response(), "test"), quarantined(response()), quarantined(response()),
    )  # fmt: skip

    reply = funnel(analytics)
    counted = (reply.inquiries, reply.new_leads, reply.repeat_responses, reply.test, reply.quarantined)
    assert counted == (5, 1, 1, 1, 2)


def test_the_ledger_balances_and_shows_what_is_missing(analytics: PlayedRoom) -> None:
    told = list(lives(8))
    late = next(envelope for envelope in told if envelope.type == "lead_registered")
    analytics.hear_all(envelope for envelope in told if envelope is not late)
    with analytics.uow.begin() as tx:
        assert reading.ledger(tx)["balance"] == 1

    analytics.hear_all([late])
    with analytics.uow.begin() as tx:
        ledger = reading.ledger(tx)
    assert ledger["balance"] == 0
    assert ledger["events"] == len(told)
    assert ledger["events.capture.lead_registered"] == ledger["leads"] == 8
    assert ledger["inquiries"] == 8 + ledger["responses"] + ledger["inquiries.test"] + ledger["inquiries.quarantined"]


def test_a_registered_lead_without_an_owner_is_counted(analytics: PlayedRoom) -> None:
    told = life("unready")
    analytics.hear_all(envelope for envelope in told if envelope.type != "lead_assigned")
    with analytics.uow.begin() as tx:
        assert reading.ledger(tx)["leads_without_owner"] == 1

    analytics.hear_all(told)
    with analytics.uow.begin() as tx:
        assert reading.ledger(tx)["leads_without_owner"] == 0
