"""Digital footsteps, as the requirements ask for them."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from services.analytics.domain.sentences import sentence
from services.capture.usecases import trails
from shared.contracts import schema
from shared.contracts.calls import FootstepsRequest
from shared.contracts.capture import ActivityReassessed, ActivityRecorded, LeadRegistered
from tests.integration.capture import steps as footsteps
from tests.integration.capture.desk import FrontDesk, only
from tests.integration.capture.steps import followed, inquiry, page, steps, told

VISITOR = "a-browser-of-ann-0001"
ADVERT = {"utm_source": "google", "utm_medium": "cpc", "utm_campaign": "gs-dryers-2026", "gclid": "g-1"}
AN_HOUR = {"age": 3_600_000}


@pytest.fixture(autouse=True)
def _signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_SECRET", footsteps.SECRET)


def _visit_and_inquire(desk: FrontDesk) -> LeadRegistered:
    """Ann comes by an advertisement, reads, downloads, reckons, and asks two days later."""
    calculation = {"id": "c", "kind": "calculator", "what": "drying-cost", "details": {"bushels": "9000"}}
    paper = {"id": "d", "kind": "download", "what": "drying-guide"}
    desk.receive(steps(VISITOR, page("/dryers"), paper, calculation, first=ADVERT | AN_HOUR, last=ADVERT | AN_HOUR))
    desk.receive(inquiry(VISITOR, minutes=2 * 24 * 60))
    registered: LeadRegistered = only(desk.published(LeadRegistered))
    return registered


def _told(desk: FrontDesk) -> list[ActivityRecorded]:
    recorded: list[ActivityRecorded] = desk.published(ActivityRecorded)
    return recorded


@pytest.mark.requirement("DIG-1", "DIG-3", "CAP-10")
def test_visits_papers_and_calculators_are_footsteps(desk: FrontDesk) -> None:
    _visit_and_inquire(desk)

    assert {(one.kind, one.what) for one in _told(desk)} == {
        ("page", "/dryers"),
        ("download", "drying-guide"),
        ("calculator", "drying-cost"),
    }


@pytest.mark.requirement("DIG-2", "CAP-16")
def test_every_footstep_says_what_when_and_by_which_tactic(desk: FrontDesk) -> None:
    lead = _visit_and_inquire(desk)

    assert {(one.campaign, one.source, one.tactic) for one in _told(desk)} == {
        ("google-search-dryers", "google", "cpc")
    }
    assert {one.at for one in _told(desk)} == {lead.response.received_at - timedelta(days=2)}
    attribution = lead.response.attribution
    assert (attribution["first_utm_source"], attribution["first_gclid"]) == ("google", "g-1")


@pytest.mark.requirement("DIG-3", "CAP-10")
def test_a_link_in_a_mail_tells_at_once_who_followed_it(desk: FrontDesk) -> None:
    lead = _visit_and_inquire(desk)
    desk.receive(followed("gd-500-brochure", lead.person_id, uuid.uuid4(), minutes=5000))

    click = _told(desk)[-1]
    assert (click.person_id, click.lead_id, click.title) == (
        lead.person_id,
        lead.lead_id,
        "Brochure of the GD 500 grain dryer",
    )


@pytest.mark.requirement("DUP-3", "DIG-4")
def test_what_was_done_anonymously_joins_the_lead_exactly_once(desk: FrontDesk) -> None:
    lead = _visit_and_inquire(desk)
    desk.receive(inquiry(VISITOR, minutes=3 * 24 * 60, fields={"your-message": "One more question"}))

    assert len(_told(desk)) == 3
    assert {(one.person_id, one.lead_id, one.anonymous_before) for one in _told(desk)} == {
        (lead.person_id, lead.lead_id, True)
    }


@pytest.mark.requirement("DIG-5", "DUP-3")
def test_other_web_sites_tell_what_they_saw(desk: FrontDesk) -> None:
    seen = {"kind": "webinar", "what": "Drying corn", "email": "ann@leefarms.example", "at": "2026-02-01T18:00:00Z"}
    desk.receive(told(seen))
    lead = _visit_and_inquire(desk)

    assert ("webinar", lead.person_id, "webinars") in {(one.kind, one.person_id, one.site) for one in _told(desk)}


@pytest.mark.requirement("DIG-6")
def test_a_program_s_footsteps_are_marked_and_taken_back_when_it_is_learnt_late(desk: FrontDesk) -> None:
    lead, mail = _visit_and_inquire(desk), uuid.uuid4()
    for second, link in enumerate(("drying-guide", "gd-500-brochure", "mower-catalogue")):
        desk.receive(followed(link, lead.person_id, mail, minutes=5000 + second / 60))

    believed = {one.activity_id: one.verdict for one in _told(desk)}
    believed |= {one.activity_id: one.verdict for one in desk.published(ActivityReassessed)}
    assert sorted(believed.values()) == ["human"] * 3 + ["suspect"] * 3


@pytest.mark.requirement("REP-21", "DIG-2")
def test_footsteps_can_be_read_as_sentences(desk: FrontDesk) -> None:
    _visit_and_inquire(desk)

    said = {sentence("capture", "activity_recorded", _raw(one)) for one in _told(desk)}
    brought = "brought by google (cpc), campaign google-search-dryers, before anybody knew who it was"
    assert said == {
        f"Looked at /dryers (www), {brought}.",
        f"Downloaded White paper: drying corn without losing weight (www), {brought}.",
        f"Used the calculator Drying cost calculator (www), {brought}.",
    }


def _raw(event: ActivityRecorded) -> dict[str, Any]:
    return schema.dump(event)


@pytest.mark.requirement("DIG-1", "DIG-4")
def test_whoever_owns_the_lead_sees_the_whole_way_that_led_to_it(desk: FrontDesk) -> None:
    lead = _visit_and_inquire(desk)
    with desk.uow.begin() as tx:
        found = trails.footsteps(tx, FootstepsRequest(person_id=lead.person_id))

    assert [one.what for one in found.first_pages] == ["/dryers"]
    assert found.first_touch is not None
    assert found.first_touch.at == found.steps[0].at - timedelta(hours=1)
    assert {one.kind: one.human for one in found.counts} == {"calculator": 1, "download": 1, "page": 1}
