"""Pieces by email, over a real mail server: taken, put off, refused, or nobody knows."""

from datetime import timedelta
from email.message import EmailMessage

import pytest

from services.fulfillment.channels.smtp import MailServer
from services.fulfillment.models import Piece
from shared.contracts.capture import PersonUpdated
from shared.contracts.fulfillment import PieceFailed, PieceSent
from shared.contracts.people import Consent
from shared.database.plumbing import EFFECT
from shared.work import effects
from tests.builders import NOON, lead_registered, person, response
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import assigned, consent, disqualified, responded, step


def test_inquiry_is_acknowledged_at_once(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead)

    assert house.send() == 1

    ((recipients, message),) = sink.taken
    assert recipients == ["ann.lee@leefarms.example"]
    assert message["Subject"] == "Thank you for your inquiry about our grain dryers"
    (piece,) = house.rows(Piece)
    assert (piece["state"], piece["reference"]) == ("sent", message["Message-ID"])
    (sent,) = house.published(PieceSent)
    assert (sent.lead_id, sent.piece, sent.key, sent.sent_at) == (lead.lead_id, "acknowledgement", piece["key"], NOON)


def test_inquiry_heard_twice_is_acknowledged_once(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, lead)
    house.send()
    house.hear(lead)
    house.send()

    assert len(sink.taken) == 1
    assert len(house.published(PieceSent)) == 1


def test_repeated_inquiry_is_acknowledged_with_what_is_new(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead)
    house.clock.forward(hours=1)
    house.hear(responded(lead, products=["grain-dryer", "feed-mixer"]))
    house.send()

    assert sorted(sink.subjects) == [
        "Thank you for your inquiry about our grain dryers",
        "We have added to your inquiry – feed mixers",
    ]


@pytest.mark.parametrize(
    "lead",
    [
        lead_registered(person=person(email=None)),
        lead_registered(response=response(consent=Consent(email=False))),
    ],
    ids=["no address", "refused"],
)
def test_who_cannot_or_must_not_be_written_to_is_not(house: House, sink: MailSink, lead: object) -> None:
    house.hear(lead)  # type: ignore[arg-type]

    assert house.send() == 0
    assert house.rows(Piece) == []


def test_server_that_is_busy_gets_the_piece_later_once(house: House, sink: MailSink) -> None:
    sink.rcpt_answers = ["450 4.2.0 Greylisted"]
    sink.data_answers = ["451 4.3.0 Try later"]
    house.hear(lead_registered())

    house.send()
    assert house.states() == {"acknowledgement": "planned"}
    assert house.send() == 0, "not before its time"
    house.clock.forward(seconds=6)
    house.send()
    assert house.states() == {"acknowledgement": "planned"}
    house.clock.forward(seconds=31)
    house.send()

    assert house.states() == {"acknowledgement": "sent"}
    assert len(sink.taken) == 1


def test_server_that_is_away_gets_the_piece_when_it_is_back(house: House, sink: MailSink) -> None:
    house.hear(lead_registered())
    sink.stop()
    house.send()
    assert house.states() == {"acknowledgement": "planned"}

    sink.start()
    house.clock.forward(seconds=6)
    house.send()

    assert house.states() == {"acknowledgement": "sent"}


def test_server_that_is_away_for_a_day_loses_nothing(house: House, sink: MailSink) -> None:
    house.hear(lead_registered())
    sink.stop()
    for _ in range(6):
        house.send()
        house.clock.forward(hours=4)
    sink.start()
    house.clock.forward(hours=4)
    house.send()

    assert house.states() == {"acknowledgement": "sent"}


def test_refused_for_good_is_failed_and_told(house: House, sink: MailSink) -> None:
    sink.rcpt_answers = ["550 5.1.1 <ann.lee@leefarms.example> unknown"]
    house.hear(lead_registered())
    house.send()
    house.clock.forward(days=1)

    assert house.send() == 0
    assert sink.taken == []
    (failed,) = house.published(PieceFailed)
    assert failed.outcome == "failed"
    assert failed.reason.startswith("550 5.1.1")
    assert "ann.lee" not in failed.reason


def test_connection_lost_after_the_message_is_unknown_and_never_sent_again(house: House, sink: MailSink) -> None:
    sink.drops = 1
    house.hear(lead_registered())
    house.send()
    house.clock.forward(days=2)
    house.expire()

    assert house.send() == 0
    assert len(sink.taken) == 1
    assert house.states() == {"acknowledgement": "unknown"}
    (failed,) = house.published(PieceFailed)
    assert failed.outcome == "unknown"
    assert house.published(PieceSent) == []


def test_process_that_dies_while_sending_leaves_unknown_and_never_sends_again(house: House, sink: MailSink) -> None:
    house.hear(lead_registered())
    (claimed,) = house.claim()
    effects.perform(house.room, claimed)  # and here the process dies, before the record

    assert house.expire() == 1
    house.clock.forward(days=1)
    assert house.send() == 0
    assert len(sink.taken) == 1
    assert house.states() == {"acknowledgement": "unknown"}


def test_refusal_after_planning_stops_the_piece_at_the_last_moment(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, step(lead))
    house.hear(consent(lead, False, NOON + timedelta(seconds=1)))
    house.send()

    assert sink.taken == []
    assert house.states() == {"acknowledgement": "suppressed", "nurture-1-guide": "suppressed"}
    assert {event.outcome for event in house.published(PieceFailed)} == {"suppressed"}


def test_marketing_stays_suppressed_while_a_new_question_is_answered(house: House, sink: MailSink) -> None:
    lead = lead_registered(response=response(consent=Consent()))
    house.hear(lead, consent(lead, False, NOON - timedelta(days=30)), step(lead))
    house.send()

    assert house.states() == {"acknowledgement": "sent", "nurture-1-guide": "suppressed"}


def test_permission_given_later_lets_marketing_through_again(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(consent(lead, True, NOON + timedelta(hours=2)), consent(lead, False, NOON + timedelta(hours=1)))
    house.hear(lead, step(lead))
    house.send()

    assert house.states()["nurture-1-guide"] == "sent"


def test_junk_gets_nothing_not_even_what_was_planned(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, assigned(lead), disqualified(lead))
    house.clock.forward(minutes=11)
    house.run_due()
    house.send()

    assert sink.taken == []
    assert house.states() == {"acknowledgement": "suppressed"}


def test_piece_goes_to_the_newest_address(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    moved = person(person_id=lead.person_id, email="ann@new.example")
    older = person(person_id=lead.person_id, email="ann@old.example")
    house.hear(PersonUpdated(person_id=lead.person_id, person=moved, revision=3))
    house.hear(lead, PersonUpdated(person_id=lead.person_id, person=older, revision=2))
    house.send()

    assert sink.taken[0][0] == ["ann@new.example"]


def test_acknowledgement_that_comes_days_late_is_not_sent(house: House, sink: MailSink) -> None:
    house.hear(lead_registered())
    house.clock.forward(days=4)
    house.send()

    assert sink.taken == []
    assert house.published(PieceFailed)[0].reason.startswith("too late")


def test_template_that_breaks_holds_the_piece_back_until_it_is_mended(
    house: House, sink: MailSink, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = house.room.effects["email"].act.keywords["desk"]
    house.hear(lead_registered())
    with monkeypatch.context() as broken:
        broken.setattr(desk.templates, "email", lambda *_, **__: 1 / 0)
        house.send()
    assert house.states() == {"acknowledgement": "planned"}

    house.clock.forward(seconds=6)
    house.send()

    assert house.states() == {"acknowledgement": "sent"}


def test_many_pieces_share_a_connection(house: House, sink: MailSink) -> None:
    house.hear(*(lead_registered() for _ in range(12)))
    house.send()

    assert len(sink.taken) == 12
    assert sink.connections == 1


def test_connection_that_went_stale_is_replaced(house: House, sink: MailSink) -> None:
    house.hear(lead_registered())
    house.send()
    sink.drops = 1
    house.hear(lead_registered())
    house.send()
    house.hear(lead_registered())
    house.send()

    assert [row["state"] for row in house.rows(EFFECT)].count("done") == 2
    assert len(sink.taken) == 3


def test_dots_at_line_starts_arrive_as_written(sink: MailSink) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@b.example", "c@d.example", "dots"
    message.set_content(".one\n..two\nthree.\n.\nlast\n")
    server = MailServer(sink.url)
    server.deliver(message)
    server.close()

    assert sink.messages[0].get_content().replace("\r\n", "\n") == ".one\n..two\nthree.\n.\nlast\n"
