"""What a marketing manager reads off the journal."""

from datetime import timedelta

import pytest

from services.analytics.usecases import reading
from shared.contracts.calls import FunnelReply, FunnelRequest, LeadReply
from shared.contracts.event import Event
from tests.builders import NOON, lead_registered, person
from tests.integration.analytics.told import disqualified, life, qualified, recycled, won
from tests.played_room import PlayedRoom

DAY = timedelta(days=1)


def funnel(analytics: PlayedRoom, **request: object) -> FunnelReply:
    with analytics.uow.begin() as tx:
        return reading.funnel(tx, FunnelRequest(**request))  # type: ignore[arg-type]


def story(analytics: PlayedRoom, lead_id: object) -> LeadReply:
    with analytics.uow.begin() as tx:
        return reading.lead(tx, lead_id)  # type: ignore[arg-type]


@pytest.mark.requirement("REP-6")
def test_volume_and_quality_are_told_apart_by_source_and_by_campaign(analytics: PlayedRoom) -> None:
    for fate in ("unready", "unready", "unready", "qualified"):
        analytics.hear_all(life(fate, campaign="google-search-dryers", source="google-ads-dryers"))
    for fate in ("qualified", "won"):
        analytics.hear_all(life(fate, campaign="farm-progress-show", source="farm-progress-list"))

    whole = funnel(analytics)
    assert [(each.key, each.leads) for each in whole.by_source] == [("google-ads-dryers", 4), ("farm-progress-list", 2)]
    assert {each.key: each.leads for each in whole.by_campaign} == {"google-search-dryers": 4, "farm-progress-show": 2}
    search, show = (
        {stage.stage: stage.conversion for stage in funnel(analytics, campaign=campaign).stages}
        for campaign in ("google-search-dryers", "farm-progress-show")
    )
    assert (search["qualified"], show["qualified"]) == (0.25, 1.0)
    assert {each.key: each.leads for each in funnel(analytics, source="google-ads-dryers").by_rank} == {
        "cold": 3,
        "hot": 1,
    }


@pytest.mark.requirement("REP-7")
def test_the_distribution_of_ranks_follows_the_newest_score_of_each_lead(analytics: PlayedRoom) -> None:
    for fate in ("unready", "unready", "qualified"):
        analytics.hear_all(reversed(life(fate)))

    assert [(each.key, each.leads) for each in funnel(analytics).by_rank] == [("cold", 2), ("hot", 1)]


@pytest.mark.requirement("REP-19")
def test_the_health_of_the_funnel_shows_before_any_revenue(analytics: PlayedRoom) -> None:
    for fate in ("unready", "unready", "qualified", "accepted", "accepted", "quoted"):
        analytics.hear_all(life(fate))

    stages = {stage.stage: (stage.leads, stage.conversion) for stage in funnel(analytics).stages}
    assert stages["inquiry"] == (6, None)
    assert stages["qualified"] == (4, 0.6667)
    assert stages["accepted"] == (3, 0.75)
    assert stages["quoted"] == (1, 0.3333)
    assert stages["won"] == (0, 0.0)


@pytest.mark.requirement("REP-21")
def test_the_history_of_a_lead_names_its_campaign_its_nurturing_and_every_interaction(analytics: PlayedRoom) -> None:
    told = life("qualified", campaign="spring-field-days", source="keyed-cards")
    analytics.hear_all(told)
    reply = story(analytics, told[1].data.lead_id)

    texts = " ".join(entry.text for entry in reply.timeline)
    assert len(reply.timeline) == len(told)
    for part in ("spring-field-days", "keyed-cards", "programme not-ready-yet", "Sent nurture-1-guide", "Ames Tractor"):
        assert part in texts
    assert [entry.at for entry in reply.timeline] == sorted(entry.at for entry in reply.timeline)


@pytest.mark.requirement("SYS-2")
def test_whatever_happens_to_a_lead_shows_as_soon_as_it_is_heard(analytics: PlayedRoom) -> None:
    told = life("won")
    shown = []
    for event in told[1:]:
        analytics.hear_all([event])
        shown.append(story(analytics, told[1].data.lead_id).timeline[-1].event)

    assert shown == [event.type for event in told[1:]]


@pytest.mark.requirement("REC-4")
def test_leads_that_were_given_up_once_are_counted_when_they_convert(analytics: PlayedRoom) -> None:
    for day, fate in enumerate(("disqualified", "given back", "given back", "won at once")):
        lead = lead_registered(person=person(email=f"a@farm{day}.example"))
        stories: dict[str, list[Event]] = {
            "disqualified": [disqualified(lead, NOON)],
            "given back": [qualified(lead, NOON), recycled(lead, NOON + DAY), qualified(lead, NOON + 90 * DAY)],
            "won at once": [qualified(lead, NOON), won(lead, NOON + DAY)],
        }
        last = [won(lead, NOON + 100 * DAY)] if day == 2 else []
        for event in [lead, *stories[fate], *last][::-1]:
            analytics.hear(event)

    found = funnel(analytics).reclaimed
    assert (found.discarded, found.ready_again, found.won) == (3, 2, 1)
