"""Whatever the bytes, the inquiry ends as a lead or in quarantine: no failed message, no stack trace, nothing lost."""

from services.capture.models import Inquiry, RawPayload
from tests.integration.capture import hostile
from tests.integration.capture.desk import FrontDesk, only

FINAL = {"registered", "responded", "quarantined", "test", "duplicate"}


def test_every_hostile_body_ends_as_a_lead_or_in_quarantine(desk: FrontDesk) -> None:
    sent = dict(hostile.inquiries())
    for inquiry in sent.values():
        desk.receive(inquiry)
    desk.run_due()

    answered = {name: desk.reply(inquiry) for name, inquiry in sent.items()}
    states = {row.state for reply in answered.values() for row in (reply.rows or [reply])}
    assert states <= FINAL, states
    assert {row["receipt_id"]: row["body"] for row in desk.rows(RawPayload)} == {
        inquiry.intake.receipt_id: inquiry.body for inquiry in sent.values()
    }
    desk.ledger()


def test_hostile_bodies_do_no_harm_to_their_neighbours_in_a_batch(desk: FrontDesk) -> None:
    good = only(inquiry for name, inquiry in hostile.inquiries() if name == "Windows encoding")
    rest = [inquiry for name, inquiry in hostile.inquiries() if "5 MB" not in name and name != "Windows encoding"]
    desk.receive(*rest[:20], good, *rest[20:])

    assert desk.reply(good).state == "registered"


READ_ANYWAY = {
    "NUL in a value", "NUL raw in JSON", "lone surrogates", "NaN and Infinity", "a huge number", "5 MB in one field",
    "5 MB of a name", "UTF-16 without mark", "Windows encoding", "an encoding that lies",
    "an encoding that does not exist", "an encoding that is a codec", "types everywhere", "SQL in a name",
    "template in a message", "a formula", "writing from right to left", "form with NUL", "form in Windows encoding",
    "multipart that never ends", "multipart with a file", "a NUL in XML", "wide characters in every key",
    "names of fields as long as books", "5 MB of an email",
}  # fmt: skip


def test_what_a_person_meant_is_read_in_spite_of_it(desk: FrontDesk) -> None:
    sent = {name: inquiry for name, inquiry in hostile.inquiries() if name in READ_ANYWAY}
    desk.receive(*sent.values())

    assert {name: desk.reply(inquiry).state for name, inquiry in sent.items()} == dict.fromkeys(sent, "registered")
    assert "\0" not in str(desk.rows(Inquiry))


REFUSED = {
    "100,000 nested lists": "hostile", "100,000 nested and closed": "hostile", "nested objects": "hostile",
    "forty levels": "hostile", "script in a name": "hostile", "laughing entities": "hostile",
    "a file as entity": "hostile", "nothing": "empty", "form of nothing": "empty", "a header alone": "empty",
    "no header": "no_header", "not XML": "unreadable", "XML cut in the middle": "no_contact",
    "compressed": "unreadable", "multipart without boundary": "unreadable", "header injection": "no_contact",
    "an unknown dialect": "unreadable",
}  # fmt: skip


def test_what_cannot_be_read_says_why(desk: FrontDesk) -> None:
    sent = {name: inquiry for name, inquiry in hostile.inquiries() if name in REFUSED}
    desk.receive(*sent.values())

    assert {name: desk.reply(inquiry).reason for name, inquiry in sent.items()} == REFUSED
