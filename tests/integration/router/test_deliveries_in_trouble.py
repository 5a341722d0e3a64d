"""A way that fails: tried for days, left in peace, disabled with notice, and no lead waits for it."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from services.router.models import DeliveryChannel, DeliveryRow
from services.router.usecases import delivering_desk
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from tests.integration.router.receivers import DealerServer, MailServer, perform
from tests.integration.router.told import lead_in, qualified
from tests.played_room import PlayedRoom

OWNER = "sales@hawkeye-implement.example"


def hand_over(router: PlayedRoom) -> Any:
    lead = lead_in("50010", products=["compact-tractor"])
    router.hear(lead, qualified(lead))
    perform(router)
    return lead


def later(router: PlayedRoom, **span: float) -> None:
    router.clock.forward(**span)
    perform(router)


def channel(router: PlayedRoom) -> dict[str, Any]:
    (one,) = router.rows(DeliveryChannel)
    return one


def leads_by_mail(mail: MailServer) -> int:
    return len([one for one in mail.to(OWNER) if one["Subject"].startswith("New lead")])


def fail_until_open(router: PlayedRoom, dealer: DealerServer) -> None:
    dealer.script = [503] * 4
    hand_over(router)
    for seconds in (5, 30, 120):
        later(router, seconds=seconds)
    perform(router)
    assert channel(router)["state"] == "open"


def test_after_four_failures_in_a_row_the_lead_goes_by_email_too(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer
) -> None:
    dealer.script = [503] * 3
    hand_over(delivering)
    later(delivering, seconds=5)
    later(delivering, seconds=30)
    assert (channel(delivering)["state"], leads_by_mail(mail)) == ("closed", 0)

    dealer.script = [503]
    later(delivering, seconds=120)
    perform(delivering)
    assert (channel(delivering)["state"], leads_by_mail(mail)) == ("open", 1)


def test_a_way_in_trouble_is_left_in_peace_and_new_leads_go_by_email_at_once(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer
) -> None:
    fail_until_open(delivering, dealer)
    tried = len(dealer.received)
    for _ in range(5):
        hand_over(delivering)
    perform(delivering)

    assert len(dealer.received) == tried
    assert leads_by_mail(mail) == 6


def test_one_delivery_finds_out_whether_the_system_is_back_then_all_follow_each_once(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer
) -> None:
    fail_until_open(delivering, dealer)
    leads = [hand_over(delivering) for _ in range(4)]
    tried = len(dealer.received)
    dealer.script = [503]
    later(delivering, seconds=61)
    assert len(dealer.received) == tried + 1

    later(delivering, seconds=130)
    assert len(dealer.received) == tried + 2
    for _ in range(40):
        later(delivering, minutes=10)
    arrived = [json.loads(one.body)["data"]["lead_id"] for one in dealer.received[tried + 1 :]]
    assert {str(lead.lead_id) for lead in leads} < set(arrived)
    assert len(arrived) == len(set(arrived)) == 5
    assert (channel(delivering)["state"], channel(delivering)["failures"]) == ("closed", 0)
    assert leads_by_mail(mail) == 5


def test_patience_that_was_asked_for_is_kept_by_every_delivery_and_is_no_failure(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer
) -> None:
    dealer.script = [{"code": 429, "Retry-After": "1800"}]
    hand_over(delivering)
    hand_over(delivering)
    assert len(dealer.received) == 1

    later(delivering, minutes=29)
    assert len(dealer.received) == 1
    later(delivering, minutes=1)
    assert len(dealer.received) == 3
    assert mail.received == []


def test_a_system_that_fails_for_days_is_disabled_and_everybody_is_told_once(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer
) -> None:
    dealer.script = [500] * 1000
    first = hand_over(delivering)
    for _ in range(4 * 24):
        later(delivering, hours=1)
    assert (channel(delivering)["state"], channel(delivering)["because"]) == ("disabled", "500")
    for told in (OWNER, "north-region@prairie-line.example"):
        assert len([one for one in mail.to(told) if "go by email" in one["Subject"]]) == 1
    (event,) = delivering.published(published.DeliveryChannelDisabled)
    assert event.disabled_at - event.failing_since >= timedelta(days=3)

    tried = len(dealer.received)
    second = hand_over(delivering)
    perform(delivering)
    later(delivering, days=2)
    assert len(dealer.received) == tried
    states = {row["lead_id"]: row["state"] for row in delivering.rows(DeliveryRow) if row["way"] == "webhook"}
    assert states == {first.lead_id: "failed", second.lead_id: "failed"}
    assert leads_by_mail(mail) == 2


def test_410_disables_at_once_and_what_went_astray_can_be_sent_again_under_its_id(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer, desk: Desk
) -> None:
    dealer.script = [410]
    hand_over(delivering)
    assert channel(delivering)["state"] == "disabled"

    with delivering.uow.begin() as tx:
        assert delivering_desk.enable(tx, "hawkeye-implement", "webhook", by="test", replay=True, rules=desk.rules) == 1
    perform(delivering)
    assert len({one.headers["webhook-id"] for one in dealer.received}) == 1
    assert [row["state"] for row in delivering.rows(DeliveryRow) if row["way"] == "webhook"] == ["delivered"]
    assert channel(delivering)["state"] == "closed"


def test_a_number_a_minute_is_kept_and_nothing_is_lost(
    delivering_by: Callable[[str], PlayedRoom], dealer: DealerServer
) -> None:
    key = "whsec_c7NbmBXZY+mAN0j9llQJFDiOvZpn3VSS"
    router = delivering_by(f"- {{webhook: https://leads.hawkeye-implement.example/x, secret: {key}, per_minute: 3}}")
    for _ in range(7):
        hand_over(router)
    assert len(dealer.received) == 3

    for expected in (4, 5, 6, 7):
        later(router, seconds=20)
        assert len(dealer.received) == expected


def test_a_trial_reaches_the_far_side_and_tells_nobody_else(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer, desk: Desk
) -> None:
    with delivering.uow.begin() as tx:
        key = delivering_desk.test(tx, "hawkeye-implement", "webhook", by="test", rules=desk.rules)
    perform(delivering)

    assert json.loads(dealer.received[0].body)["type"] == "lead.test"
    (row,) = delivering.rows(DeliveryRow)
    assert (row["key"], row["notice"], row["state"], row["answer"], row["lead_id"]) == (
        key,
        "test",
        "delivered",
        "200",
        None,
    )
    assert delivering.published() == []
    assert mail.received == []


@pytest.mark.parametrize("way", ["webhook"])
def test_the_list_shows_every_way_and_what_is_parked(
    delivering: PlayedRoom, dealer: DealerServer, desk: Desk, way: str
) -> None:
    dealer.script = [404]
    hand_over(delivering)
    with delivering.uow.begin() as tx:
        found = delivering_desk.listed(tx, rules=desk.rules)
    (one,) = [one for one in found.channels if (one.owner_id, one.way) == ("hawkeye-implement", way)]
    assert (one.state, one.parked, one.failures, one.because) == ("closed", 1, 1, "404: refused")
    assert one.goes_to == "https://leads.hawkeye-implement.example/leadbus"
