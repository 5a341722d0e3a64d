"""A long list is told in pages, each of the same order; what it says of the whole stays true."""

from collections.abc import Callable

from services.capture.usecases import answering
from shared.contracts.calls import ReceiptReply
from tests.integration.capture.desk import desk_on, form, sheet

ROWS = "".join(f"Ann{number},ann{number}@lee.example\n" for number in range(7))


def test_a_list_is_told_page_by_page(room_database: Callable[[str], str]) -> None:
    desk = desk_on(room_database("capture"))
    sent = sheet("First Name,Email\n" + ROWS)
    desk.receive(sent)

    def page(after: int = -1, limit: int | None = None) -> ReceiptReply:
        with desk.uow.begin() as tx:
            return answering.receipt(tx.session, sent.intake.receipt_id, after, limit)

    whole, first = page(), page(limit=3)
    second = page(first.rows[-1].row, 3)
    last = page(second.rows[-1].row, 3)
    assert [*first.rows, *second.rows, *last.rows] == whole.rows
    assert [one.more for one in (first, second, last, whole)] == [True, True, False, False]
    assert {(one.detail, one.unread, one.state) for one in (first, second, last, whole)} == {
        ("7 of 7 inquiries handled", 0, "list")
    }
    assert whole.source == "farm-progress-list"
    assert page(limit=0).rows == whole.rows[:1]
    desk.engine.dispose()


def test_what_came_alone_is_told_with_its_source(room_database: Callable[[str], str]) -> None:
    desk = desk_on(room_database("capture"))
    sent = form({"your-name": "Ann Lee", "your-email": "ann@lee.example"})
    desk.receive(sent)

    with desk.uow.begin() as tx:
        found = answering.receipt(tx.session, sent.intake.receipt_id, limit=100)
    assert (found.state, found.source, found.rows, found.more) == ("registered", "website-contact", [], False)
    desk.engine.dispose()
