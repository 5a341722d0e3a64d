"""The email message: its headers, its one recipient, its links."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from services.fulfillment.dispatching import compose_email
from services.fulfillment.domain.wording import NotOneAddress
from tests.builders import person
from tests.unit.fulfillment.builders import LINKS, dealer, desk, dispatch, library

LIBRARY = library()
DESK = desk(LIBRARY)


def sent(piece: str = "literature", **over: Any) -> EmailMessage:
    """The message as the far side reads it."""
    composed = compose_email(dispatch(LIBRARY, piece, **over), DESK)
    read = message_from_bytes(composed.as_bytes(), policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def text_of(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_message_comes_from_the_company_and_goes_to_one_person() -> None:
    message = sent()

    assert str(message["From"]) == "Prairie Line Equipment <hello@prairieline.example>"
    assert str(message["Reply-To"]) == "Prairie Line Equipment <customer-team@prairieline.example>"
    assert [address.addr_spec for address in message["To"].addresses] == ["ann.lee@leefarms.example"]
    assert message["Cc"] is None
    assert message["Bcc"] is None


def test_same_piece_has_the_same_message_id_and_another_has_another() -> None:
    assert sent()["Message-ID"] == sent()["Message-ID"]
    assert sent()["Message-ID"] != sent(piece_id=UUID(int=8))["Message-ID"]


@pytest.mark.parametrize("piece", [piece.id for piece in LIBRARY.pieces.values() if piece.kind == "marketing"])
def test_marketing_can_be_left_with_one_click(piece: str) -> None:
    message = sent(piece)

    url = re.fullmatch(r"<(https://[^>]+)>", message["List-Unsubscribe"])
    assert url is not None
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert LINKS.read_unsubscribe(url[1].rsplit("/", 1)[1]).channel == "email"
    assert url[1] in text_of(message, "html")
    assert url[1] in text_of(message, "plain")


def test_answer_to_an_inquiry_is_no_mailing_and_other_machines_need_not_answer_it() -> None:
    message = sent("acknowledgement")

    assert message["List-Unsubscribe"] is None
    assert message["Auto-Submitted"] == "auto-replied"


@pytest.mark.parametrize("piece", [piece.id for piece in LIBRARY.pieces.values() if piece.channel == "email"])
def test_every_email_has_a_readable_text_and_the_postal_address(piece: str) -> None:
    message = sent(piece)

    for kind in ("plain", "html"):
        body = text_of(message, kind)
        assert "4800 Harvester Parkway" in body
        assert "Ames, IA 50010" in body
        assert "{{" not in body
        assert "Ann" in body


@pytest.mark.parametrize(
    "piece",
    # What asks whether a box was meant must offer nothing else.
    [one.id for one in LIBRARY.pieces.values() if one.channel == "email" and one.id != LIBRARY.confirm_answer],
)
def test_every_email_names_who_follows_up_and_how_to_answer(piece: str) -> None:
    message = sent(piece)

    for kind in ("plain", "html"):
        body = text_of(message, kind).replace("&amp;", "&")
        assert "Heartland Ag & Turf" in body
        assert "sales@heartland.example" in body


def test_without_an_owner_the_company_itself_answers() -> None:
    assert "customer-team@prairieline.example" in text_of(sent(owner=None), "plain")


def test_literature_links_to_every_item() -> None:
    body = text_of(sent(items=["grain-dryer-brochure", "grain-dryer-demo"]), "html")

    assert "https://www.prairieline.example/library/grain-dryers.pdf" in body
    assert "https://www.prairieline.example/explore/drying-cost" in body


@pytest.mark.parametrize(
    "hostile",
    [
        "Ann\r\nBcc: eve@example.com",
        "Ann\nSubject: free",
        'Ann" <eve@example.com>, "x',
        "Ann, eve@example.com",
        "Ann\x00\r",
    ],
)
def test_hostile_name_adds_neither_header_nor_recipient(hostile: str) -> None:
    message = sent("acknowledgement", person=person(name=hostile, given_name=hostile))

    assert [address.addr_spec for address in message["To"].addresses] == ["ann.lee@leefarms.example"]
    assert message["Bcc"] is None
    assert len(message.get_all("Subject") or []) == 1
    assert "eve@example.com" not in str(message["To"])


@pytest.mark.parametrize("address", ["a@b.example, eve@example.com", "a@b.example\r\nBcc: eve@example.com", "", None])
def test_hostile_address_is_refused_not_sent(address: str | None) -> None:
    with pytest.raises(NotOneAddress):
        sent(person=person(email=address))


def test_names_are_escaped_in_html() -> None:
    body = text_of(sent("acknowledgement", person=person(name="O'Neil & Sons", given_name="Tom & Ann")), "html")

    assert "Tom &amp; Ann" in body


def test_template_code_in_a_value_stays_text() -> None:
    body = text_of(sent("acknowledgement", owner=dealer(name="{{ 7 * 7 }}")), "plain")

    assert "{{ 7 * 7 }}" in body
    assert "49" not in body


def test_lines_fit_what_mail_servers_accept() -> None:
    raw = compose_email(dispatch(LIBRARY), DESK).as_bytes()

    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert raw.isascii()


def test_german_gets_the_acknowledgement_in_german_and_everything_else_in_english() -> None:
    german = person(language="de-AT")

    message = sent("acknowledgement", person=german)
    assert "Vielen Dank" in message["Subject"]
    assert "Getreidetrockner" in message["Subject"]
    assert message["Content-Language"] == "de"
    assert "vielen Dank für Ihre Nachricht" in text_of(message, "plain")
    assert "grain dryers" in text_of(sent("literature", person=german), "plain")


def test_repeat_acknowledgement_says_what_is_new() -> None:
    message = sent("repeat-acknowledgement", products=("grain-dryer", "feed-mixer"), new_products=("feed-mixer",))

    assert "We have added feed mixers to your open inquiry" in text_of(message, "plain")


def test_styles_are_inlined_for_clients_that_drop_style_sheets() -> None:
    body = text_of(sent(), "html")

    assert re.search(r'<h1 style="[^"]*color:', body)
    assert "@media" in body
