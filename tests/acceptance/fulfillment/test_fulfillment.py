"""What a prospect gets from the example company: in the mailbox, and on paper."""

from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest

from services.fulfillment.models import Piece
from shared.contracts.capture import LeadRegistered
from shared.contracts.fulfillment import PieceSent, PrintJobSent
from tests.builders import NOON, address, lead_registered, person, response
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.printed import PrintJob, open_letter, words
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import DEALER, MARKETING, assigned, disqualified, responded, scored
from tests.unit.fulfillment.builders import LINKS, library

LIBRARY = library()


def served(house: House, lead: LeadRegistered, rank: str = "cold", decision: str = "not_ready") -> None:
    """The lead is registered, judged, owned, and sent what it is due."""
    house.hear(lead, scored(lead, rank, decision), assigned(lead, DEALER))
    house.send()


def items_sent(house: House, lead: LeadRegistered, channel: str = "email") -> set[str]:
    rows = house.rows(Piece)
    return {
        item
        for row in rows
        if row["lead_id"] == lead.lead_id and row["channel"] == channel and row["state"] == "sent"
        for item in row["items"]
    }


def body(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def literature_mail(sink: MailSink) -> EmailMessage:
    (found,) = [message for message in sink.messages if "asked for" in str(message["Subject"])]
    return found


@pytest.mark.requirement("FUL-1")
def test_rules_choose_the_literature_of_the_products_asked_for(house: House) -> None:
    dryer, tractor, none = (
        lead_registered(person=person(), response=response(products=products, answers={}))
        for products in (["grain-dryer"], ["compact-tractor"], [])
    )
    for lead in (dryer, tractor, none):
        served(house, lead)

    assert items_sent(house, dryer) == {"grain-dryer-brochure", "grain-dryer-demo"}
    assert items_sent(house, tractor) == {"compact-tractor-brochure", "compact-tractor-demo"}
    assert items_sent(house, none) == {"company-brochure"}


@pytest.mark.requirement("FUL-2", "SCO-12")
@pytest.mark.parametrize(
    ("rank", "mailable", "paper"),
    [("hot", True, True), ("warm", True, True), ("cold", True, False), ("future", True, False), ("hot", False, False)],
)
def test_everybody_gets_email_and_the_most_qualified_hard_copy_too(
    house: House, sink: MailSink, rank: str, mailable: bool, paper: bool
) -> None:
    served(house, lead_registered(person=person(address=address(mailable=mailable))), rank, "not_ready")

    assert literature_mail(sink)["To"].addresses[0].addr_spec == "ann.lee@leefarms.example"
    assert len(house.jobs()) == paper


@pytest.mark.requirement("FUL-2")
def test_junk_gets_neither(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, disqualified(lead), assigned(lead, MARKETING))
    house.send()

    assert sink.taken == []
    assert house.jobs() == []


@pytest.mark.requirement("FUL-3")
def test_area_level_of_interest_source_and_quality_vary_what_is_sent(house: House) -> None:
    plain = lead_registered(person=person(), response=response(answers={}))
    keen = lead_registered(person=person(), response=response(answers={"interest": "quote"}))
    fair = lead_registered(person=person(), response=response(answers={}, medium="trade_show"))
    warm = lead_registered(person=person(), response=response(answers={}))
    buyer = lead_registered(person=person(), response=response(answers={"timing": "now"}))
    abroad = lead_registered(person=person(address=address(country="DE")), response=response(answers={"timing": "now"}))
    for lead in (plain, keen, fair, buyer, abroad):
        served(house, lead)
    served(house, warm, "warm")

    assert "grain-dryer-datasheet" not in items_sent(house, plain)
    for lead in (keen, fair, warm):
        assert "grain-dryer-datasheet" in items_sent(house, lead)
    assert "finance-sheet" in items_sent(house, buyer)
    assert "finance-sheet" not in items_sent(house, abroad)


@pytest.mark.requirement("FUL-4")
def test_inquiry_is_acknowledged_before_anything_else_is_known_of_it(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead)
    house.send()

    (message,) = sink.messages
    assert "Thank you for your inquiry about our grain dryers" in str(message["Subject"])
    (sent,) = house.published(PieceSent)
    assert sent.sent_at == NOON


@pytest.mark.requirement("FUL-4")
def test_repeated_inquiry_is_acknowledged_as_one(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead)
    house.send()
    house.hear(responded(lead, products=["feed-mixer"]))
    house.send()

    assert "We have added feed mixers to your open inquiry" in body(sink.messages[-1])


@pytest.mark.requirement("FUL-5")
def test_literature_links_to_brochures_data_sheets_and_interactive_demos(house: House, sink: MailSink) -> None:
    served(house, lead_registered(response=response(answers={"interest": "demo"})), "warm")

    text = body(literature_mail(sink))
    for item in ("grain-dryer-brochure", "grain-dryer-datasheet", "grain-dryer-demo"):
        link = LIBRARY.items[item].link
        assert link is not None
        assert link in text
        assert urlsplit(link).scheme == "https"
    assert "PL-1000" in [line["sku"] for line in PrintJob.read(house.jobs()[0]).manifest["pick"]]


@pytest.mark.requirement("FUL-6")
def test_email_and_letter_name_who_will_follow_up(house: House, sink: MailSink) -> None:
    served(house, lead_registered(), "hot", "qualified")

    assert "Your dealer: Heartland Ag & Turf" in body(literature_mail(sink))
    assert "HeartlandAg&Turf" in words(open_letter(PrintJob.read(house.jobs()[0]).pdf))


@pytest.mark.requirement("FUL-6")
def test_literature_waits_for_the_owner_but_not_for_ever(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, scored(lead, "hot", "qualified"), assigned(lead, MARKETING, 1))
    house.send()
    assert len(sink.taken) == 1

    house.clock.forward(minutes=11)
    house.run_due()
    house.send()

    assert "Prairie Line Customer Team" in body(literature_mail(sink))


@pytest.mark.requirement("FUL-7")
def test_every_piece_can_be_answered(house: House, sink: MailSink) -> None:
    served(house, lead_registered(), "hot", "qualified")

    for message in sink.messages:
        assert message["Reply-To"].addresses[0].addr_spec == "customer-team@prairieline.example"
    assert "sales@heartland.example" in body(literature_mail(sink))
    (letter,) = [row for row in house.rows(Piece) if row["channel"] == "post"]
    url = LINKS.response_url(letter["piece_id"])
    assert url in words(open_letter(PrintJob.read(house.jobs()[0]).pdf))
    assert LINKS.read_response(url.rsplit("/", 1)[1]) == letter["piece_id"]


@pytest.mark.requirement("FUL-8")
def test_letter_is_personal(house: House) -> None:
    served(house, lead_registered(), "hot", "qualified")

    job = PrintJob.read(house.jobs()[0])
    text = words(open_letter(job.pdf))
    for expected in ("AnnLee", "1200PrairieRoad", "DearAnnLee,", "March2,2026", "graindryers", "HeartlandAg&Turf"):
        assert expected in text
    assert job.manifest["recipient"]["lines"][0] == "Ann Lee"


@pytest.mark.requirement("FUL-11")
def test_every_piece_is_on_record_with_what_it_held_and_when_it_went(house: House) -> None:
    lead = lead_registered(response=response(answers={}))
    house.hear(lead)
    house.send()
    house.clock.forward(minutes=3)
    served(house, LeadRegistered(**vars(lead)), "hot", "qualified")

    told = {event.piece: event for event in house.published() if isinstance(event, PieceSent | PrintJobSent)}
    assert set(told) == {"acknowledgement", "literature", "catalogue-letter"}
    assert told["acknowledgement"].sent_at == NOON
    assert told["literature"].sent_at == house.clock.now()
    assert told["literature"].items == ["grain-dryer-brochure", "grain-dryer-demo", "grain-dryer-datasheet"]
    assert told["catalogue-letter"].items == ["full-catalogue", "grain-dryer-brochure"]
    for row in house.rows(Piece):
        assert (row["state"], row["settled_at"]) == ("sent", told[row["piece"]].sent_at)
        assert row["because"]
        assert row["rules_version"] == LIBRARY.version
