"""Leads of social networks: announced without their answers, and never lost for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shared.contracts.capture import LeadRegistered
from tests.integration.capture.desk import only
from tests.integration.capture.platform_server import Platform, lead, linkedin_notice, notice, response, serving
from tests.integration.capture.repairs import PullingDesk, announced, of_linkedin, pulling_desk


@pytest.fixture
def platform() -> Iterator[Platform]:
    with serving() as running:
        yield running


@pytest.fixture
def desk(
    room_database: Callable[[str], str], platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PullingDesk]:
    played = pulling_desk(room_database("capture"), platform, tmp_path, monkeypatch)
    yield played
    played.engine.dispose()


@pytest.mark.requirement("CAP-11")
def test_social_networks_are_channels_like_any_other(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    platform.responses["r-1"] = response("r-1", "bob@bobson.example")
    desk.receive(announced(notice("111")), of_linkedin(linkedin_notice("r-1")))
    desk.perform()

    found = {event.response.channel: event for event in desk.published(LeadRegistered)}
    assert found["meta"].response.medium == found["linkedin"].response.medium == "social"
    assert found["linkedin"].person.email == "bob@bobson.example"


@pytest.mark.requirement("CAP-1")
def test_a_lead_is_not_lost_when_its_notice_never_comes(desk: PullingDesk, platform: Platform) -> None:
    platform.leads |= {str(one): lead(str(one), f"p{one}@farm.example") for one in (12, 13, 14, 15, 16)}
    desk.receive(announced(notice("13")))
    desk.perform()
    desk.reconcile()
    desk.perform()

    assert {event.person.email for event in desk.published(LeadRegistered)} == {
        f"p{one}@farm.example" for one in (12, 13, 14, 15, 16)
    }
    assert desk.ledger() | {"received": 5, "registered": 5, "pending": 0} == desk.ledger()


@pytest.mark.requirement("CAP-1")
def test_a_lead_is_not_lost_when_the_platform_is_away_or_the_token_has_run_out(
    desk: PullingDesk, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    platform.script = [(503, b"", {})] * 3
    sent = announced(notice("111"))
    desk.receive(sent)
    desk.perform_until_settled()
    assert desk.reply(sent).state == "registered"

    platform.token = "renewed"
    platform.leads["112"] = lead("112", "bob@ray.example")
    late = announced(notice("112"), minutes=60)
    desk.receive(late)
    desk.perform()
    assert "renew it in the environment variable LEADBUS_META_TOKEN" in only(desk.quarantine()).detail
    monkeypatch.setenv("LEADBUS_META_TOKEN", "renewed")
    desk.reconcile()
    desk.perform()
    assert desk.reply(late).state == "registered"


@pytest.mark.requirement("CAP-15")
def test_an_announced_lead_has_its_identifier_before_its_answers(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    sent = announced(notice("111"))
    desk.receive(sent)
    before = desk.reply(sent)
    desk.clock.forward(hours=5)
    desk.perform()

    assert before.state == "awaiting"
    assert desk.reply(sent).inquiry_id == before.inquiry_id
    assert only(desk.published(LeadRegistered)).response.received_at == sent.intake.received_at
