"""Owners get their leads over real sockets, once, whatever the far side does."""

import json
from datetime import timedelta
from typing import Any

import pytest
import vobject  # type: ignore[import-untyped]
from icalendar import Calendar
from lxml import etree
from standardwebhooks import Webhook

from services.router.deliveries import posting, smtp
from services.router.domain.rules import Rules
from services.router.usecases.answering import Desk
from shared.contracts import router as published
from shared.database.plumbing import EFFECT
from tests.integration.router.receivers import DealerServer, MailServer, perform
from tests.integration.router.told import lead_in, lead_row, look, qualified, responded
from tests.played_room import PlayedRoom

BY_WEBHOOK, BY_MAIL, BY_ADF = "50010", "50613", "60506"


def hand_over(router: PlayedRoom, postcode: str, **over: Any) -> Any:
    """A sales-ready lead in this postcode, and the first attempt to deliver it."""
    lead = lead_in(postcode, state=None, products=["compact-tractor"], **over)
    router.hear(lead, qualified(lead))
    perform(router)
    return lead


def effect(router: PlayedRoom) -> dict[str, Any]:
    (row,) = router.rows(EFFECT)
    return row


def test_a_webhook_is_signed_and_carries_the_package(
    delivering: PlayedRoom, dealer: DealerServer, rules: Rules, desk: Desk
) -> None:
    lead = hand_over(delivering, BY_WEBHOOK)

    (posted,) = dealer.received
    assert posted.path == "/leads.hawkeye-implement.example/leadbus"
    secret = rules.owners["hawkeye-implement"].webhook.secrets[0]  # type: ignore[union-attr]
    body = Webhook(secret).verify(posted.body, posted.headers)
    assert body["type"] == "lead.assigned"
    assert body["data"]["lead_id"] == str(lead.lead_id)
    assert body["data"]["contact"]["phone"] == "+15155550142"
    assert body["data"]["qualification"]["bant"]["authority"] == "owner"
    token = body["data"]["links"]["accept"].removeprefix("https://leads.prairie-line.example/l/")
    assert look(delivering, desk, token).possible
    (delivered,) = delivering.published(published.LeadDelivered)
    assert (delivered.delivery, delivered.attempts, delivered.owner_id) == ("webhook", 1, "hawkeye-implement")


def test_a_failing_server_gets_the_same_message_again_until_it_takes_it(
    delivering: PlayedRoom, dealer: DealerServer
) -> None:
    dealer.script = [500, 503, 200]
    hand_over(delivering, BY_WEBHOOK)
    for _ in range(2):
        delivering.clock.forward(minutes=1)
        perform(delivering)

    assert len({posted.headers["webhook-id"] for posted in dealer.received}) == 1
    assert len({posted.body for posted in dealer.received}) == 1
    assert [event.attempts for event in delivering.published(published.LeadDelivered)] == [3]


def test_retry_after_is_respected(delivering: PlayedRoom, dealer: DealerServer) -> None:
    dealer.script = [{"code": 429, "Retry-After": "1800"}]
    hand_over(delivering, BY_WEBHOOK)

    assert effect(delivering)["next_attempt_at"] == delivering.clock.now() + timedelta(minutes=30)


@pytest.mark.parametrize("answer", [410, 404, {"code": 302, "Location": "/elsewhere"}])
def test_what_the_dealers_system_refuses_goes_to_their_mailbox(
    delivering: PlayedRoom, dealer: DealerServer, mail: MailServer, answer: Any
) -> None:
    dealer.script = [answer]
    hand_over(delivering, BY_WEBHOOK)
    perform(delivering)

    assert [posted.path for posted in dealer.received] == ["/leads.hawkeye-implement.example/leadbus"]
    (failed,) = delivering.published(published.DeliveryFailed)
    assert (failed.outcome, failed.delivery) == ("failed", "webhook")
    assert len([one for one in mail.to("sales@hawkeye-implement.example") if "New lead" in one["Subject"]]) == 1
    assert [event.delivery for event in delivering.published(published.LeadDelivered)] == ["email"]


def test_a_server_that_never_answers_gets_it_again_under_the_same_id(
    delivering: PlayedRoom, dealer: DealerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "ANSWER_SECONDS", 0.3)
    dealer.script = ["silence", 200]
    hand_over(delivering, BY_WEBHOOK)

    assert effect(delivering)["detail"].startswith("NoAnswer")

    delivering.clock.forward(minutes=1)
    perform(delivering)
    assert len(delivering.published(published.LeadDelivered)) == 1
    assert len({posted.headers["webhook-id"] for posted in dealer.received}) == 1


def test_a_server_that_trickles_for_ever_is_broken_off(
    delivering: PlayedRoom, dealer: DealerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "WHOLE_SECONDS", 0.5)
    dealer.script = ["trickle"]
    hand_over(delivering, BY_WEBHOOK)

    assert effect(delivering)["detail"].startswith("NoAnswer")


def test_a_server_that_is_away_is_tried_again(delivering: PlayedRoom, dealer: DealerServer) -> None:
    with DealerServer() as gone:
        address = gone.url
    with pytest.raises(posting.NotSent):
        posting.post(f"{address}/x", b"{}", {}, allow_private=True)


def test_the_mail_is_a_sheet_to_read_with_the_lead_as_adf(delivering: PlayedRoom, mail: MailServer, desk: Desk) -> None:
    lead = hand_over(delivering, BY_MAIL)

    (message,) = mail.to("leads@cedar-valley-tractor.example")
    assert message["From"].addresses[0].addr_spec == "leads@prairie-line.example"
    assert message["Subject"] == "New lead: Ann Lee, Ames: compact-tractor"
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "+15155550142" in text
    assert "+15155550142" in html
    link = next(word for word in text.split() if "/l/" in word)
    assert look(delivering, desk, link.rpartition("/")[2]).action == "accept"
    assert "All your leads: https://leads.prairie-line.example/portal" in text
    attached, card, due = message.iter_attachments()
    assert attached.get_content_type() == "application/x-adf+xml"
    assert etree.fromstring(attached.get_content()).findtext("prospect/id") == str(lead.lead_id)
    assert (card.get_content_type(), due.get_content_type()) == ("text/vcard", "text/calendar")
    saved = vobject.readOne(card.get_content())
    assert (saved.fn.value, saved.tel.value) == ("Ann Lee", "+15155550142")
    (entry,) = Calendar.from_ical(due.get_content()).walk("VEVENT")
    assert entry.decoded("DTEND") == lead_row(delivering, lead.lead_id)["due_at"]


def test_a_crm_inbox_gets_the_bare_document(delivering: PlayedRoom, mail: MailServer) -> None:
    lead = hand_over(delivering, BY_ADF)

    (message,) = mail.to("crm@fox-valley-turf.example")
    assert message.get_content_type() == "text/plain"
    root = etree.fromstring(message.get_content().encode())
    assert root.findtext("prospect/id") == str(lead.lead_id)


def test_a_prospect_cannot_write_headers_or_add_recipients(delivering: PlayedRoom, mail: MailServer) -> None:
    hand_over(delivering, BY_MAIL, person={"name": "Eve\r\nBcc: all@evil.example", "email": "a@b.example,c@d.example"})

    ((recipients, message),) = mail.received
    assert recipients == ["leads@cedar-valley-tractor.example"]
    assert message["Bcc"] is None
    assert message["Subject"] == "New lead: Eve Bcc: all@evil.example, Ames: compact-tractor"


def test_a_mail_server_that_is_busy_gets_it_later_and_one_that_refuses_does_not(
    delivering: PlayedRoom, mail: MailServer
) -> None:
    mail.script = ["451 try later"]
    hand_over(delivering, BY_MAIL)
    assert effect(delivering)["state"] == "planned"

    mail.refused = {"leads@cedar-valley-tractor.example"}
    delivering.clock.forward(minutes=1)
    perform(delivering)
    (failed,) = delivering.published(published.DeliveryFailed)
    assert (failed.delivery, failed.outcome, failed.reason[:3]) == ("email", "failed", "550")

    perform(delivering)
    (told,) = mail.to("north-region@prairie-line.example")
    assert told["Subject"] == "Lead not delivered to Cedar Valley Tractor: Ann Lee"


def test_a_mail_whose_fate_is_unknown_goes_again_under_the_same_message_id(
    delivering: PlayedRoom, mail: MailServer
) -> None:
    mail.script = ["drop"]
    hand_over(delivering, BY_MAIL)
    assert effect(delivering)["detail"].startswith(smtp.NoAnswer.__name__)

    delivering.clock.forward(minutes=1)
    perform(delivering)
    first, second = mail.to("leads@cedar-valley-tractor.example")
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()


def test_the_owner_is_told_what_is_new_once(delivering: PlayedRoom, dealer: DealerServer, mail: MailServer) -> None:
    lead = hand_over(delivering, BY_WEBHOOK)
    again = responded(lead, message="Please hurry", products=["zero-turn-mower"])
    delivering.hear(again)
    delivering.hear(again)
    perform(delivering)

    news = [json.loads(posted.body) for posted in dealer.received][1:]
    assert [body["type"] for body in news] == ["lead.responded"]
    assert news[0]["data"]["news"]["message"] == "Please hurry"

    by_mail = hand_over(delivering, BY_MAIL)
    delivering.hear(responded(by_mail, message="Call me"))
    perform(delivering)
    assert "Call me" in mail.to("leads@cedar-valley-tractor.example")[1].get_content()


def test_reminder_and_escalation_are_real_mails(delivering: PlayedRoom, mail: MailServer) -> None:
    hand_over(delivering, BY_MAIL)
    delivering.clock.forward(hours=24)
    delivering.run_due()
    perform(delivering)
    delivering.clock.forward(hours=12)
    delivering.run_due()
    perform(delivering)

    (reminder,) = mail.to("sales@cedar-valley-tractor.example")
    assert "2026-03-04 12:00 UTC" in reminder.get_content()
    (escalation,) = mail.to("north-region@prairie-line.example")
    assert escalation["Subject"] == "Cedar Valley Tractor has not answered: Ann Lee"


def test_a_secret_is_in_no_table(delivering: PlayedRoom, rules: Rules) -> None:
    hand_over(delivering, BY_WEBHOOK)
    secret = rules.owners["hawkeye-implement"].webhook.secrets[0]  # type: ignore[union-attr]

    stored = json.dumps([row["payload"] for row in delivering.rows(EFFECT)])
    assert secret not in stored
    assert "/l/" not in stored
