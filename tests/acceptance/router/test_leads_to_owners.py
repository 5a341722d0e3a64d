"""What a sales organisation is promised of its leads, each shown on a real database and over real sockets."""

import json
from uuid import uuid4

import pytest

from services.router.models import Lead
from services.router.usecases.answering import Desk
from shared.contracts import fulfillment
from shared.contracts import router as published
from shared.contracts.people import Bant, PreviousResponse, ScoreLine
from shared.contracts.qualify import LeadScored
from tests.builders import NOON
from tests.integration.router.receivers import DealerServer, MailServer, perform
from tests.integration.router.told import (
    assignments,
    disqualified,
    lead_in,
    lead_row,
    owner_id,
    press,
    qualified,
    token,
    without_duty,
)
from tests.played_room import PlayedRoom


@pytest.mark.requirement("OWN-1", "OWN-2", "OWN-3", "OWN-5", "OWN-7")
def test_every_lead_has_one_owner_with_a_duty_and_a_time_from_its_first_moment_on(
    router: PlayedRoom, desk: Desk
) -> None:
    low, high, never = lead_in(), lead_in(), lead_in()
    router.hear(low)
    router.hear(high)
    router.hear(qualified(high), never)
    router.hear(disqualified(never))

    def owned() -> None:
        assert without_duty(router, desk) == []

    router.pass_days(5, owned)
    kinds = {row["lead_id"]: desk.rules.owners[owner_id(router, row["lead_id"])].kind for row in router.rows(Lead)}
    assert kinds[low.lead_id] == kinds[never.lead_id] == "marketing"
    assert kinds[high.lead_id] in ("dealer", "rep", "call_centre")


@pytest.mark.requirement("OWN-4", "OWN-6")
def test_who_owned_a_lead_from_when_to_when_and_why_it_changed_hands_is_on_record(
    router: PlayedRoom, desk: Desk
) -> None:
    lead = lead_in()
    router.hear(lead)
    router.clock.forward(hours=1)
    router.hear(qualified(lead))
    router.clock.forward(hours=1)
    press(router, desk, token(router, desk, lead.lead_id, "decline"), reason="too far")

    rows = assignments(router, lead.lead_id)
    assert [(row["owner_id"], row["occasion"]) for row in rows] == [
        ("marketing", "initial"),
        ("hawkeye-implement", "qualified"),
        ("cedar-valley-tractor", "declined"),
    ]
    assert [row["ended_at"] for row in rows] == [row["assigned_at"] for row in rows[1:]] + [None]
    changed = router.published(published.LeadAssigned)
    assert [event.previous_owner_id for event in changed] == [None, "marketing", "hawkeye-implement"]


@pytest.mark.requirement("RTE-1", "RTE-10")
def test_rules_choose_the_owner_by_geography_and_product_and_say_why(router: PlayedRoom) -> None:
    dryer, mower = (lead_in("51201", products=[product]) for product in ("grain-dryer", "zero-turn-mower"))
    router.hear(dryer, qualified(dryer), mower, qualified(mower))

    assert owner_id(router, dryer.lead_id) == "northwest-iowa-grain"
    assert owner_id(router, mower.lead_id) == "hawkeye-implement"
    reasons = {line.owner_id: line.because for line in router.published(published.LeadAssigned)[-1].explanation}
    assert reasons["hawkeye-implement"] == "territory us-ia, their turn"
    assert reasons["cedar-valley-tractor"] == "does not sell zero-turn-mower"
    assert reasons["northwest-iowa-grain"] == "outside territory"


@pytest.mark.requirement("RTE-2", "RTE-5", "RTE-7")
def test_a_sales_ready_lead_is_with_the_dealers_system_distributor_or_mailbox_at_once(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer
) -> None:
    by_webhook, by_mail = lead_in("50010"), lead_in("62901", state="IL")
    abroad = lead_in("20095", state=None, country="DE")
    for lead in (by_webhook, by_mail, abroad):
        delivering.hear(lead)
        delivering.hear(qualified(lead))
    perform(delivering)

    assert {posted.path.split("/")[1] for posted in dealer.received} == {
        "leads.hawkeye-implement.example",
        "leads.landtechnik-heide.example",
    }
    assert len(mail.to("leads@little-egypt-tractor.example")) == 1
    delivered = delivering.published(published.LeadDelivered)
    assert {event.lead_id for event in delivered} == {by_webhook.lead_id, by_mail.lead_id, abroad.lead_id}
    assert all(event.delivered_at == NOON for event in delivered)


@pytest.mark.requirement("RTE-4", "ACC-7")
def test_a_refused_or_ignored_lead_goes_to_the_next_candidate(router: PlayedRoom, desk: Desk) -> None:
    refused, ignored = lead_in(), lead_in()
    router.hear(refused, qualified(refused), ignored, qualified(ignored))
    press(router, desk, token(router, desk, refused.lead_id, "decline"), reason="no time")
    router.pass_days(2)

    assert owner_id(router, ignored.lead_id) != "hawkeye-implement"
    assert [row["occasion"] for row in assignments(router, ignored.lead_id)][-1] == "lapsed"
    assert [row["occasion"] for row in assignments(router, refused.lead_id)][2] == "declined"


@pytest.mark.requirement("DUP-1", "FUL-11")
def test_the_lead_package_tells_the_new_owner_what_is_known(delivering: PlayedRoom, dealer: DealerServer) -> None:
    previous = PreviousResponse(
        lead_id=lead_in().lead_id, registered_at=NOON, campaign="mower-mailing", source="keyed-cards", resolution="lost"
    )
    lead = lead_in("50010", person={"website": "https://leefarms.example"}, previous=previous)
    line = ScoreLine(
        rule="budget", group="fit", points=82, because="60,000 USD of budget", evidence={"budget": "60000"}
    )
    scored = LeadScored(
        lead_id=lead.lead_id, person_id=lead.person_id, revision=1, fit=82, engagement=0, score=82, rank="hot",
        decision="qualified", lines=[line], bant=Bant(), rules_version="x", scored_at=NOON,
    )  # fmt: skip
    sent = fulfillment.PrintJobSent(
        piece_id=lead.lead_id, key="k", job_id="j", lead_id=lead.lead_id, person_id=lead.person_id,
        piece="welcome-pack",
        occasion="registered", items=["dryer-catalogue"], pages=2, sent_at=NOON,
    )  # fmt: skip
    delivering.hear(lead, scored, sent, qualified(lead))
    perform(delivering)

    told = json.loads(dealer.received[0].body)["data"]
    contact = told["contact"]
    assert (contact["phone"], contact["email"]) == ("+15155550142", "ann.lee@leefarms.example")
    assert contact["website"] == "https://leefarms.example"
    assert (told["initiative"]["campaign"], told["initiative"]["source"]) == ("website", "website-contact")
    assert (told["fulfilment"][0]["piece"], told["fulfilment"][0]["channel"]) == ("welcome-pack", "post")
    assert told["fulfilment"][0]["sent_at"].startswith("2026-03-02")
    assert told["answers"]["budget"] == "60000"
    assert told["qualification"]["bant"]["authority"] == "owner"
    assert told["qualification"]["reasons"] == [{"points": 82, "because": "60,000 USD of budget"}]
    assert (told["previous"]["campaign"], told["previous"]["resolution"]) == ("mower-mailing", "lost")


@pytest.mark.requirement("ACC-1")
def test_the_owner_accepts_with_one_link_and_only_then_is_it_accepted(
    delivering: PlayedRoom, mail: MailServer, desk: Desk
) -> None:
    lead = lead_in("50613")
    delivering.hear(lead, qualified(lead))
    perform(delivering)
    (message,) = mail.to("leads@cedar-valley-tractor.example")
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    link = next(word for word in text.split() if "/l/" in word).rpartition("/")[2]
    assert delivering.published(published.LeadAccepted) == []

    assert press(delivering, desk, link).changed
    (accepted,) = delivering.published(published.LeadAccepted)
    assert (accepted.owner_id, accepted.lead_id) == ("cedar-valley-tractor", lead.lead_id)


@pytest.mark.requirement("ACC-2", "ACC-3")
def test_a_lead_cannot_be_ignored_at_any_of_its_stages(delivering: PlayedRoom, mail: MailServer, desk: Desk) -> None:
    untouched, taken, stale = (lead_in("50613") for _ in range(3))
    for lead in (untouched, taken, stale):
        delivering.hear(lead, qualified(lead))
    press(delivering, desk, token(delivering, desk, taken.lead_id, "accept"))
    press(delivering, desk, token(delivering, desk, stale.lead_id, "contacted"))
    delivering.pass_days(2, lambda: none_left(delivering))
    first = {(event.lead_id, event.clock) for event in delivering.published(published.LeadEscalated)}
    delivering.pass_days(5, lambda: none_left(delivering))
    later = {(event.lead_id, event.clock) for event in delivering.published(published.LeadEscalated)}

    assert first == {(untouched.lead_id, "accept"), (taken.lead_id, "contact")}
    assert (stale.lead_id, "update") in later
    assert owner_id(delivering, untouched.lead_id) != "cedar-valley-tractor"
    assert len(mail.to("sales@cedar-valley-tractor.example")) == 3
    assert len(mail.to("north-region@prairie-line.example")) >= 3


def none_left(router: PlayedRoom) -> None:
    while perform(router):
        continue


@pytest.mark.requirement("FBK-1", "FBK-3", "FBK-4")
def test_owners_say_how_a_lead_stands_with_links_and_others_hear_it_at_once(router: PlayedRoom, desk: Desk) -> None:
    leads = {name: lead_in() for name in ("contacted", "appointment", "won", "lost", "not_ready")}
    router.hear(*leads.values(), *(qualified(lead) for lead in leads.values()))
    said: dict[str, dict[str, str]] = {"won": {"amount": "9000"}, "lost": {"lost_to": "Green Brand", "reason": "price"}}
    for action, lead in leads.items():
        press(router, desk, token(router, desk, lead.lead_id, action), **said.get(action, {}))  # type: ignore[arg-type]

    last = {event.lead_id: event.status for event in router.published(published.LeadStatusChanged)}
    assert [last[lead.lead_id] for lead in leads.values()] == ["contacted", "appointment", "won", "lost", "recycled"]
    (lost,) = router.published(published.LeadLost)
    assert (lost.lost_to, lost.reason) == ("Green Brand", "price")


@pytest.mark.requirement("REC-1")
def test_a_lead_that_is_not_ready_flows_back_to_marketing(router: PlayedRoom, desk: Desk) -> None:
    lead = lead_in()
    router.hear(lead, qualified(lead))
    press(router, desk, token(router, desk, lead.lead_id, "not_ready"), reason="after harvest", until="2026-11-15")

    assert owner_id(router, lead.lead_id) == "marketing"
    (recycled,) = router.published(published.LeadRecycled)
    assert recycled.reason == "after harvest"
    assert lead_row(router, lead.lead_id)["due_at"].date().isoformat() == "2026-11-15"


@pytest.mark.requirement("DUP-6")
def test_a_known_account_keeps_its_rep_wherever_its_next_lead_comes_from(router: PlayedRoom, desk: Desk) -> None:
    company = {"company_id": uuid4()}
    first = lead_in("50010", person=company)
    router.hear(first, qualified(first))
    rep = owner_id(router, first.lead_id)
    press(router, desk, token(router, desk, first.lead_id, "accept"))
    colleague = lead_in("66502", state="KS", person=company)
    router.hear(colleague, qualified(colleague))

    assert owner_id(router, colleague.lead_id) == rep
    assert assignments(router, colleague.lead_id)[-1]["explanation"][0]["because"] == "serves this account already"
