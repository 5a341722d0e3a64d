"""When literature goes out, and what it then says."""

import pytest

from services.fulfillment.models import Piece
from services.fulfillment.usecases.hearing import LITERATURE_DUE
from shared.contracts.capture import PersonUpdated
from shared.contracts.fulfillment import PieceSent
from shared.database.plumbing import DUE, FAILED_MESSAGE
from tests.builders import lead_registered, person, response
from tests.integration.fulfillment.conftest import House
from tests.integration.fulfillment.sink import MailSink
from tests.integration.fulfillment.told import (
    DEALER,
    MARKETING,
    assigned,
    disqualified,
    qualified,
    responded,
    scored,
    step,
)


def planned(house: House) -> set[str]:
    return {row["piece"] for row in house.rows(Piece)}


def body_of(sink: MailSink, subject: str) -> str:
    (message,) = [one for one in sink.messages if subject in str(one["Subject"])]
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_literature_waits_for_verdict_and_owner_then_names_the_owner(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead)
    assert planned(house) == {"acknowledgement"}
    house.hear(scored(lead))
    assert planned(house) == {"acknowledgement"}
    house.hear(assigned(lead, DEALER))
    house.send()

    assert "Heartland Ag & Turf" in body_of(sink, "Grain dryers: what you asked for")
    (sent,) = [event for event in house.published(PieceSent) if event.piece == "literature"]
    assert sent.owner_id == "heartland-ag"
    assert sent.items == ["grain-dryer-brochure", "grain-dryer-demo", "finance-sheet"]


def test_literature_for_a_qualified_lead_waits_for_the_sales_owner(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, assigned(lead, MARKETING, 1), scored(lead, "hot", "qualified"), qualified(lead))
    assert planned(house) == {"acknowledgement"}

    house.hear(assigned(lead, DEALER, 2))
    house.send()

    assert planned(house) == {"acknowledgement", "literature", "catalogue-letter"}
    assert "Heartland Ag & Turf" in body_of(sink, "what you asked for")


def test_literature_goes_out_even_if_the_verdict_never_comes(house: House, sink: MailSink) -> None:
    house.hear(lead_registered())
    house.clock.forward(minutes=9)
    house.run_due()
    assert planned(house) == {"acknowledgement"}
    house.clock.forward(minutes=2)
    house.run_due()
    house.send()

    assert "customer-team@prairieline.example" in body_of(sink, "what you asked for")


def test_late_verdict_adds_the_letter_but_no_second_email(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead)
    house.clock.forward(minutes=11)
    house.run_due()
    house.send()
    house.hear(scored(lead, "hot", "qualified"), assigned(lead))
    house.send()

    assert len(house.jobs()) == 1
    assert sorted(sink.subjects) == [
        "Grain dryers: what you asked for",
        "Thank you for your inquiry about our grain dryers",
    ]


def test_wait_is_over_once_and_leaves_nothing_behind(house: House) -> None:
    house.hear(lead_registered())
    (due,) = house.rows(DUE)
    assert due["kind"] == LITERATURE_DUE
    house.clock.forward(minutes=11)

    assert house.run_due() == 1
    assert house.rows(DUE) == []


def test_junk_and_verdict_in_any_form_is_understood(house: House, sink: MailSink) -> None:
    for lead, verdict in (
        (junk := lead_registered(), disqualified(junk)),
        (other := lead_registered(), scored(other, "junk", "junk")),
    ):
        house.hear(verdict, assigned(lead, MARKETING))
        house.hear(lead)
    house.send()

    assert sink.taken == []


def test_unqualified_gets_the_company_brochure_only(house: House) -> None:
    lead = lead_registered()
    house.hear(lead, disqualified(lead, "unqualified"), assigned(lead, MARKETING))

    (literature,) = [row for row in house.rows(Piece) if row["piece"] == "literature"]
    assert literature["items"] == ["finance-sheet", "company-brochure"]


def test_new_question_brings_the_literature_for_it_and_a_repeated_one_does_not(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(lead, scored(lead), assigned(lead))
    house.hear(responded(lead, 2), responded(lead, 3, products=["feed-mixer"]))
    house.send()

    literature = sorted(subject for subject in sink.subjects if "asked for" in subject)
    assert literature == ["Feed mixers: what you asked for", "Grain dryers: what you asked for"]


def test_address_that_comes_later_lets_the_literature_go(house: House, sink: MailSink) -> None:
    lead = lead_registered(person=person(email=None))
    house.hear(lead, scored(lead), assigned(lead))
    assert planned(house) == set()

    known = person(person_id=lead.person_id)
    house.hear(PersonUpdated(person_id=lead.person_id, person=known, revision=1, lead_id=lead.lead_id))
    house.send()

    assert sink.subjects == ["Grain dryers: what you asked for"]


def test_every_choice_can_be_explained_afterwards(house: House) -> None:
    lead = lead_registered(response=response(answers={"interest": "quote", "timing": "now", "acres": "1,200"}))
    house.hear(lead, scored(lead, "warm"), assigned(lead))

    (piece,) = [row for row in house.rows(Piece) if row["piece"] == "literature"]
    assert piece["because"] == ["what-was-asked-for", "figures-for-those-who-compare", "terms-for-buyers"]
    assert piece["facts"]["interest"] == "quote"
    assert piece["facts"]["rank"] == "warm"
    assert piece["facts"]["acres"] == 1200
    assert len(piece["rules_version"]) == 12


def test_step_of_a_programme_is_sent_once_per_occasion(house: House, sink: MailSink) -> None:
    lead = lead_registered()
    house.hear(step(lead))
    house.hear(step(lead), step(lead, occasion="another year"))
    house.send()

    assert sink.subjects == ["Five questions to settle before you buy equipment"] * 2
    assert "buyers-guide.pdf" in sink.messages[0].as_string()
    assert {event.occasion for event in house.published(PieceSent)} == {f"{lead.lead_id}/guide", "another year"}


@pytest.mark.parametrize("over", [{"piece": "nurture-9-unheard-of"}, {"channel": "post"}])
def test_step_that_asks_for_an_unknown_piece_is_kept_for_replay(house: House, over: dict[str, str]) -> None:
    with pytest.raises(AssertionError, match="UnknownPiece"):
        house.hear(step(lead_registered(), **over))  # type: ignore[arg-type]

    assert len(house.rows(FAILED_MESSAGE)) == 1
