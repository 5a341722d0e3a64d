"""Plain replies: what is certain is understood, everything else is asked back."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.router.domain.answer import FieldsInvalid, Terms, read
from services.router.domain.feedback import Feedback, ReturnReason
from services.router.domain.reply import Meant, Unread, understand

#: A Monday, ten in the morning in Iowa.
NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
FEEDBACK = Feedback(
    lost=("price", "bought from a competitor", "no interest", "other"), returns=(ReturnReason("wrong contact data"),)
)
TERMS = Terms(currency="USD", now=NOW, zone=ZoneInfo("America/Chicago"), feedback=FEEDBACK)


def meant(text: str) -> tuple[str, dict[str, str]] | None:
    found = understand(text, TERMS)
    return (found.action, found.fields) if isinstance(found, Meant) else None


@pytest.mark.requirement("FBK-4")
@pytest.mark.parametrize(
    ("text", "action", "fields"),
    [
        ("sold 12,500", "won", {"amount": "12500"}),
        ("Sold!", "won", {}),
        ("SOLD for $12,500.00. Thanks!", "won", {"amount": "12500.00", "currency": "USD"}),
        ("won $12.5k", "won", {"amount": "12500", "currency": "USD"}),
        ("Won 12k", "won", {"amount": "12000"}),
        ("we sold it for 9800 EUR", "won", {"amount": "9800", "currency": "EUR"}),
        ("They bought it from us for £9,800", "won", {"amount": "9800", "currency": "GBP"}),
        ("verkauft 12500", "won", {"amount": "12500"}),
        ("lost to Acme: price", "lost", {"reason": "price", "lost_to": "Acme"}),
        ("Lost to Acme because of price", "lost", {"reason": "price", "lost_to": "Acme"}),
        ("lost - financing fell through", "lost", {"reason": "financing fell through"}),
        ("They bought from Acme", "lost", {"reason": "bought from a competitor", "lost_to": "Acme"}),
        ("bought elsewhere", "lost", {"reason": "bought from a competitor"}),
        ("they went with Green Brand", "lost", {"reason": "bought from a competitor", "lost_to": "Green Brand"}),
        ("not interested", "lost", {"reason": "no interest"}),
        ("No interest any more.", "lost", {"reason": "no interest"}),
        ("verloren an Acme wegen Preis", "lost", {"reason": "Preis", "lost_to": "Acme"}),
        ("call back in March", "not_ready", {"until": "2027-03-01", "reason": "call back in March"}),
        ("Please call them back in 6 months", "not_ready",
         {"until": "2027-05-23", "reason": "Please call them back in 6 months"}),
        ("not ready until 2027-03-01", "not_ready", {"until": "2027-03-01"}),
        ("Not ready yet", "not_ready", {}),
        ("noch nicht bereit bis März", "not_ready", {"until": "2027-03-01"}),
        ("appointment Tuesday 3pm", "appointment", {"at": "2026-11-24T15:00:00-06:00"}),
        ("Appointment set for March 10 at 15:00", "appointment", {"at": "2027-03-10T15:00:00-06:00"}),
        ("demo tomorrow at 9:30", "appointment", {"at": "2026-11-24T09:30:00-06:00"}),
        ("appointment booked", "appointment", {}),
        ("quoted 9,800", "quoted", {"amount": "9800"}),
        ("Sent them a quote for $9,800", "quoted", {"amount": "9800", "currency": "USD"}),
        ("Angebot 9800 EUR", "quoted", {"amount": "9800", "currency": "EUR"}),
        ("wrong territory", "wrong_territory", {}),
        ("This is not our territory, that is Cedar Valley's", "wrong_territory", {"note": "that is Cedar Valley's"}),
        ("declined: too far", "decline", {"reason": "too far"}),
        ("I decline because we do not sell these", "decline", {"reason": "we do not sell these"}),
        ("abgelehnt: zu weit", "decline", {"reason": "zu weit"}),
        ("accept", "accept", {}),
        ("Accepted, thanks!", "accept", {}),
        ("Hi,\n\nwe take it.\n\nRegards\nBob", "accept", {}),
        ("left a voicemail", "contacted", {"note": "left a voicemail"}),
        ("Spoke to Ann, she wants the big one", "contacted", {"note": "Spoke to Ann, she wants the big one"}),
        ("angerufen", "contacted", {"note": "angerufen"}),
        ("return: wrong contact data, the number is a pizza place's", "return",
         {"reason": "wrong contact data", "evidence": "the number is a pizza place's"}),
        ("blocked: no stock", "blocked", {"reason": "no stock"}),
        ("waiting for the factory", "blocked", {"reason": "waiting for the factory"}),
        ("pause until 2026-12-24", "pause_me", {"until": "2026-12-24"}),
        ("correction: sold 13,000", "correct", {"amount": "13000", "to": "won"}),
        ("not sold after all", "correct", {}),
        ("Hi Jane, sold 12,500", "won", {"amount": "12500"}),
        ("Accepted. Sold 12,500", "won", {"amount": "12500"}),
    ],
)  # fmt: skip
def test_what_is_certain_is_understood(text: str, action: str, fields: dict[str, str]) -> None:
    assert meant(text) == (action, fields)
    # And it is what the form of a link would have sent.
    if action != "pause_me":
        read(action, fields, TERMS)  # type: ignore[arg-type]


@pytest.mark.requirement("FBK-4")
@pytest.mark.parametrize(
    "text",
    [
        "",
        "thanks",
        "ok",
        "sold 12,50",
        "sold 12.500",
        "sold 1.250.000,00",
        "won 12,5k",
        "verkauft 9,800",
        "accept\nThanks, but it fell through",
        "Hi Jane, we have not sold it",
        "sold 12,500 or 13,000",
        "sold elsewhere",
        "sold by the other dealer",
        "sold?",
        "not sold yet",
        "we almost sold it",
        "will be sold next week",
        "hope to have it sold for 12,500 soon",
        "sold 12,500 but they may cancel",
        "should be sold by Friday",
        "Sold 12,500.\nActually they cancelled.",
        "sold 12,500\nlost to Acme: price",
        "quoted 9,800\nquoted 9,900",
        "quoted",
        "quote next week",
        "lost",
        "lost to Acme",
        "declined",
        "appointment sometime next week",
        "appointment 3/4 at 10am",
        "appointment Tuesday",
        "no appointment yet",
        "call back tomorrow",
        "call back",
        "call back 3/4",
        "not ready until they say so",
        "The customer wonders whether you have sold this model before.",
        "won $12,500 EUR",
        "closed",
        "contacted and sold",
        "return this lead",
        "We would accept if the price were right",
        "please send me the brochure",
        "Ann Lee is the nicest person I ever spoke to",
        "Don't call them back in March",
    ],
)
def test_what_could_be_meant_otherwise_is_asked_back(text: str) -> None:
    found = understand(text, TERMS)

    assert isinstance(found, Unread), found
    assert found.because.rstrip("'\"").endswith((".", "?"))


def test_an_amount_is_never_another_one_than_was_written() -> None:
    for number in range(1, 20000, 37):
        for text in (f"sold {number}", f"sold {number:,}", f"sold ${number:,}.00"):
            found = understand(text, TERMS)
            assert isinstance(found, Meant)
            assert read("won", found.fields, TERMS).amount == number


def test_a_field_that_the_form_would_refuse_is_left_to_it() -> None:
    found = understand("return: I do not like it, really", TERMS)
    assert isinstance(found, Meant)

    with pytest.raises(FieldsInvalid):
        read(found.action, found.fields, TERMS)
