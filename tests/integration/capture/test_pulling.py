"""Leads that a platform announces without their answers: fetched, registered once, and never lost on the way."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.capture.models import Inquiry, PulledAnswer, Repair
from services.capture.platforms import linkedin
from services.capture.present import Present
from services.capture.usecases import privacy, pulling, repairing
from shared.contracts.calls import EraseRequest, ReleaseManyRequest
from shared.contracts.capture import InquiryQuarantined, InquiryReceived, InquiryReleased, LeadRegistered
from shared.work import effects
from tests.integration.capture.desk import only
from tests.integration.capture.platform_server import (
    TOKEN,
    Platform,
    lead,
    linkedin_notice,
    notice,
    response,
    serving,
)
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


def test_an_announced_lead_is_awaited_fetched_and_registered(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    sent = announced(notice("111"))
    desk.receive(sent)

    assert desk.reply(sent).state == "awaiting"
    assert desk.ledger() | {"received": 1, "awaiting": 1, "pending": 1, "registered": 0} == desk.ledger()
    assert desk.perform() == ["pull"]

    assert desk.reply(sent).state == "registered"
    event = only(desk.published(LeadRegistered))
    assert (event.person.email, event.person.family_name) == ("zoe@mueller.example", "Müller")
    assert event.response.answers["acres"] == "12"
    assert event.response.attribution["meta_form_id"] == "602817004416"
    assert only(desk.published(InquiryReceived)).inquiry_id == only(desk.rows(Inquiry))["id"]
    kept = only(desk.rows(PulledAnswer))["body"]
    assert json.loads(kept) == platform.leads["111"]
    assert "Müller".encode() in kept
    assert desk.ledger() | {"registered": 1, "pending": 0} == desk.ledger()
    assert not any(TOKEN in target for target in platform.asked)


def test_several_leads_of_one_notice_and_a_second_copy_of_it(desk: PullingDesk, platform: Platform) -> None:
    platform.leads |= {one: lead(one, f"p{one}@farm.example") for one in ("1", "2", "3")}
    sent = announced(notice("1", "2", "3"))
    desk.receive(sent)
    desk.receive(announced(notice("2"), minutes=1), announced(notice("1", "3"), minutes=60))
    desk.perform()

    assert len(desk.published(LeadRegistered)) == len(desk.effect_states()) == 3
    assert desk.ledger() | {"received": 6, "registered": 3, "duplicate": 3, "pending": 0} == desk.ledger()
    assert [row.state for row in desk.reply(sent).rows] == ["registered"] * 3


def test_two_leads_of_one_person_that_are_recorded_together_are_one_lead(desk: PullingDesk, platform: Platform) -> None:
    platform.leads |= {one: lead(one, "zoe@mueller.example", name="Zoë Müller") for one in ("111", "112")}
    platform.leads["112"]["field_data"].append({"name": "when_do_you_plan_to_buy?", "values": ["now"]})
    desk.receive(announced(notice("111", "112")))
    desk.perform()

    assert desk.ledger() | {"registered": 1, "responded": 1, "persons": 1, "leads": 1} == desk.ledger()


def test_linkedin_s_answer_and_its_test_lead(desk: PullingDesk, platform: Platform) -> None:
    platform.responses["abc-1"] = response("abc-1", "jo@park.example")
    platform.responses["abc-2"] = response("abc-2", "test@park.example", testLead=True)
    real, test = of_linkedin(linkedin_notice("abc-1")), of_linkedin(linkedin_notice("abc-2"))
    desk.receive(real, test)
    desk.perform()

    assert (desk.reply(real).state, desk.reply(test).state) == ("registered", "test")
    assert only(desk.published(LeadRegistered)).person.email == "jo@park.example"
    assert desk.ledger() | {"registered": 1, "test": 1, "pending": 0} == desk.ledger()


def test_a_form_that_linkedin_leaves_out_is_asked_for_once_and_names_the_answers(
    desk: PullingDesk, platform: Platform
) -> None:
    linkedin._FORMS._known.clear()
    whole = {one: response(one, f"{one}@park.example") for one in ("abc-1", "abc-2", "abc-3")}
    platform.forms["7"] = next(iter(whole.values()))["form"]
    platform.responses |= {one: {k: v for k, v in said.items() if k != "form"} for one, said in whole.items()}
    for number, one in enumerate(whole):
        desk.receive(of_linkedin(linkedin_notice(one), minutes=number))
    desk.perform()

    found = {event.person.email: event.response for event in desk.published(LeadRegistered)}
    assert sorted(found) == [f"{one}@park.example" for one in whole]
    assert len([path for path in platform.asked if "/leadForms/" in path]) == 1


def test_a_form_that_may_not_be_read_holds_no_answers_back(desk: PullingDesk, platform: Platform) -> None:
    linkedin._FORMS._known.clear()
    platform.responses["abc-1"] = {k: v for k, v in response("abc-1", "jo@park.example").items() if k != "form"}
    sent = of_linkedin(linkedin_notice("abc-1"))
    desk.receive(sent)
    desk.perform()

    # Without its questions no answer is an address: it is set aside, whole, and can be released.
    assert desk.reply(sent).state == "quarantined"


def test_a_process_killed_between_fetching_and_registering_loses_nothing(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    sent = announced(notice("111"))
    desk.receive(sent)
    claimed = effects.claim_planned(desk.uow, desk.room, 10)
    effects.perform(desk.room, only(claimed))
    # Killed here: the answer is gone, the claim is left.
    assert desk.reply(sent).state == "awaiting"
    effects.expire_claims(desk.uow, desk.room, timedelta(0))
    desk.clock.forward(minutes=1)
    desk.perform()

    assert desk.reply(sent).state == "registered"
    assert len(platform.asked) == 2
    assert len(desk.published(LeadRegistered)) == 1


def test_two_that_fetched_the_same_lead_register_it_once(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    desk.receive(announced(notice("111")))
    slow = only(effects.claim_planned(desk.uow, desk.room, 10))
    outcome = effects.perform(desk.room, slow)
    effects.expire_claims(desk.uow, desk.room, timedelta(0))
    desk.clock.forward(minutes=1)
    desk.perform()
    effects.settle(desk.uow, desk.room, [(slow, outcome)])

    assert len(desk.published(LeadRegistered)) == 1
    desk.ledger()


def test_a_limit_of_calls_is_waited_for(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    platform.responses["abc-1"] = response("abc-1", "jo@park.example")
    platform.script = [(429, {"status": 429}, {"Retry-After": "900"})]
    sent = of_linkedin(linkedin_notice("abc-1"))
    desk.receive(sent)
    desk.perform()
    assert desk.reply(sent).state == "awaiting"
    desk.clock.forward(minutes=14)
    assert desk.perform() == []
    desk.clock.forward(minutes=1)
    assert desk.perform() == ["pull"]
    assert desk.reply(sent).state == "registered"

    usage = {"123": [{"type": "leadgen", "call_count": 100, "estimated_time_to_regain_access": 30}]}
    limited = {
        "error": {"code": 80005, "message": "There have been too many leadgen api calls", "error_subcode": 2446079}
    }
    platform.script = [(400, limited, {"X-Business-Use-Case-Usage": json.dumps(usage)})]
    desk.receive(announced(notice("111")))
    desk.perform()
    desk.clock.forward(minutes=29)
    assert desk.perform() == []
    desk.clock.forward(minutes=1)
    assert desk.perform() == ["pull"]
    assert desk.ledger()["registered"] == 2


def test_an_outage_is_sat_out(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    platform.script = [(500, b"<html>oops", {}), (503, {"error": {"code": 2, "is_transient": True}}, {})]
    sent = announced(notice("111"))
    desk.receive(sent)
    desk.perform_until_settled()
    assert desk.reply(sent).state == "registered"


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ((400, {"error": {"code": 100, "error_subcode": 33}}, {}), "no such lead"),
        ((403, {"error": {"code": 10}}, {}), "leads_retrieval"),
        ((302, b"", {"Location": "http://127.0.0.1:1/"}), "refused"),
        ((200, b"\xff\xfe not json", {}), "not JSON"),
        ((200, {"id": "111", "created_time": "x"}, {}), "field_data"),
    ],
)
def test_what_cannot_be_fetched_is_set_aside_with_the_reason(
    desk: PullingDesk, platform: Platform, answer: Any, word: str
) -> None:
    platform.script = [answer, answer]
    sent = announced(notice("111"))
    desk.receive(sent)
    desk.perform()

    reply = desk.reply(sent)
    assert reply.state == "quarantined"
    assert word in (reply.detail or "")
    assert only(desk.published(InquiryQuarantined)).reason == reply.reason
    assert desk.ledger() | {"quarantined": 1, "pending": 0} == desk.ledger()


def test_a_token_that_may_not_read_ads_still_reads_the_lead(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example", ad_name="Spring")
    platform.ads_permission = False
    sent = announced(notice("111"))
    desk.receive(sent)
    desk.perform()
    assert desk.reply(sent).state == "registered"


def test_an_expired_token_is_named_and_its_leads_come_back_when_it_is_renewed(
    desk: PullingDesk, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    platform.token = "renewed"
    sent = announced(notice("111"))
    desk.receive(sent)
    desk.perform()
    aside = only(desk.quarantine())
    assert aside.reason == "pull_failed"
    assert "LEADBUS_META_TOKEN" in aside.detail
    assert TOKEN not in aside.detail

    monkeypatch.setenv("LEADBUS_META_TOKEN", "renewed")
    desk.reconcile()
    assert desk.reply(sent).state == "awaiting"
    desk.perform()

    assert desk.reply(sent).state == "registered"
    assert only(desk.published(InquiryReleased)).outcome == "awaiting"
    assert only(desk.rows(Repair))["by"] == "reconciler"
    assert desk.ledger() | {"received": 1, "registered": 1, "quarantined": 0} == desk.ledger()


def test_an_operator_releases_all_that_could_not_be_fetched(
    desk: PullingDesk, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.leads |= {str(one): lead(str(one), f"p{one}@farm.example") for one in range(10, 15)}
    monkeypatch.delenv("LEADBUS_META_TOKEN")
    desk.receive(announced(notice(*platform.leads)))
    desk.perform()
    assert desk.ledger()["quarantined"] == 5
    assert platform.asked == []

    monkeypatch.setenv("LEADBUS_META_TOKEN", TOKEN)
    with desk.uow.begin() as tx:
        request = ReleaseManyRequest(by="ops", reason="pull_failed")
        run = repairing.release_many(tx, request, Present(desk.folder).company(tx))
    assert run.outcomes == {"awaiting": 5}
    desk.perform()
    assert desk.ledger() | {"registered": 5, "quarantined": 0, "pending": 0} == desk.ledger()


def test_a_lead_that_is_never_given_is_not_asked_for_for_ever(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = {**lead("111", "zoe@mueller.example"), "field_data": None}
    gone = (400, {"error": {"code": 100, "error_subcode": 33}}, {})
    desk.receive(announced(notice("111")))
    for _ in range(6):
        platform.script = [gone]
        desk.perform()
        platform.script = []
        desk.clock.forward(minutes=15)
        desk.reconcile()

    assert len(desk.effect_states()) == 1 + pulling.MOST_ASKED_AGAIN
    assert len(desk.published(InquiryQuarantined)) == 1 + pulling.MOST_ASKED_AGAIN
    assert len({envelope.id for envelope in desk.envelopes(InquiryQuarantined)}) == 1 + pulling.MOST_ASKED_AGAIN
    assert only(desk.quarantine()).reason == "pull_failed"


def test_what_was_never_announced_is_found_and_what_was_is_left_alone(desk: PullingDesk, platform: Platform) -> None:
    platform.leads |= {str(one): lead(str(one), f"p{one}@farm.example") for one in range(12, 20)}
    platform.leads["99"] = lead("99", "other@form.example", form="1")
    platform.responses |= {f"r-{one}": response(f"r-{one}", f"r{one}@park.example") for one in range(8)}
    desk.receive(announced(notice("12", "13")), of_linkedin(linkedin_notice("r-5")))
    desk.perform()
    desk.reconcile()
    desk.perform()
    first = desk.ledger()
    assert first | {"received": 16, "registered": 16, "duplicate": 0, "pending": 0} == first

    desk.clock.forward(minutes=15)
    desk.run_due()
    assert "reconcile" in desk.perform()
    assert desk.ledger() == first
    # The notice comes late: it is the same lead.
    desk.receive(announced(notice("17"), minutes=90))
    assert desk.ledger() | {"received": 17, "duplicate": 1, "registered": 16} == desk.ledger()


def test_a_notice_and_the_list_that_cross_make_one_lead(desk: PullingDesk, platform: Platform) -> None:
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    with desk.uow.begin() as tx:
        assert desk.room.begin is not None
        desk.room.begin(tx)
    desk.run_due()
    claimed = effects.claim_planned(desk.uow, desk.room, 10, pulling.RECONCILE)
    outcomes = [(one, effects.perform(desk.room, one)) for one in claimed]
    desk.receive(announced(notice("111")))
    effects.settle(desk.uow, desk.room, outcomes)
    desk.perform()

    assert len(desk.published(LeadRegistered)) == 1
    assert desk.ledger() | {"received": 1, "registered": 1} == desk.ledger()


def test_a_person_who_was_erased_is_not_brought_back_by_the_list(
    desk: PullingDesk, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "a secret of these tests, long enough"
    monkeypatch.setenv("LEADBUS_SECRET", secret)
    platform.leads["111"] = lead("111", "zoe@mueller.example")
    sent = announced(notice("111"))
    desk.receive(sent)
    desk.perform()
    who = only(desk.published(LeadRegistered)).person_id
    with desk.uow.begin() as tx:
        privacy.erase(tx, EraseRequest(person_id=who, reason="asked by letter", by="front office"), secret=secret)
    assert desk.rows(PulledAnswer) == []

    desk.reconcile()
    assert desk.effect_states() == ["done"]
    assert desk.ledger() | {"received": 1, "erased": 1, "persons": 0} == desk.ledger()
    assert desk.reply(sent).state == "erased"


def test_a_lead_that_linkedin_takes_back(desk: PullingDesk, platform: Platform) -> None:
    platform.responses["abc-1"] = response("abc-1", "jo@park.example")
    made, deleted = of_linkedin(linkedin_notice("abc-1")), of_linkedin(linkedin_notice("abc-1", "DELETED"), minutes=1)
    desk.receive(made)
    desk.receive(deleted)
    desk.perform()
    assert (desk.reply(made).state, desk.reply(deleted).state) == ("withdrawn", "withdrawn")
    assert desk.published(LeadRegistered) == []
    # In the other order.
    late, early = of_linkedin(linkedin_notice("abc-2"), minutes=2), of_linkedin(linkedin_notice("abc-2", "DELETED"))
    desk.receive(early)
    desk.receive(late)
    assert desk.reply(late).state == "withdrawn"
    assert desk.ledger() | {"received": 4, "withdrawn": 4, "pending": 0} == desk.ledger()


def test_a_registered_lead_that_linkedin_takes_back_is_noted(desk: PullingDesk, platform: Platform) -> None:
    platform.responses["abc-1"] = response("abc-1", "jo@park.example")
    made = of_linkedin(linkedin_notice("abc-1"))
    desk.receive(made)
    desk.perform()
    desk.receive(of_linkedin(linkedin_notice("abc-1", "DELETED"), minutes=5))
    assert desk.reply(made).state == "registered"
    row = next(row for row in desk.rows(Inquiry) if row["outcome"] == "registered")
    assert any("deleted at the platform" in note["problem"] for note in row["notes"])
    desk.ledger()


def test_an_id_that_is_a_path_is_never_asked_for(desk: PullingDesk, platform: Platform) -> None:
    desk.receive(announced(notice("../me/accounts")), of_linkedin(linkedin_notice("..")))
    desk.perform()
    assert platform.asked == []
    assert desk.ledger()["quarantined"] == 2


def test_a_platform_that_trickles_is_left(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from services.capture.platforms import asking
    from services.capture.platforms.account import Account
    from shared.secret import Secret

    monkeypatch.setenv("T", TOKEN)
    platform.leads["1"] = lead("1", "a@b.example")
    account = Account("meta-mowers", "meta", f"{platform.url}/v23.0", Secret(("T",)))
    ticks = iter(range(0, 1000, 40))
    began = time.monotonic()
    with pytest.raises(asking.Busy):
        asking.get(account, "1", {"fields": "id"}, monotonic=lambda: float(next(ticks)), whole_seconds=30)
    assert time.monotonic() - began < 10
