"""Words of programs and of lists that somebody filled in: once per key and row, for one's own leads alone."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from services.router.models import OwnerWord
from services.router.usecases import looking_after, reporting, worksheet
from services.router.usecases.answering import Desk
from shared.contracts import calls
from shared.contracts import router as published
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from tests.integration.router.told import lead_in, lead_row, press, qualified, token
from tests.played_room import PlayedRoom

HAWKEYE = "hawkeye-implement"


@pytest.fixture
def handed(router: PlayedRoom) -> list[published.LeadAssigned]:
    """Two leads that wait for Hawkeye Implement; the name of one would be a formula in a spreadsheet."""
    for number, name in enumerate(("Ann Lee", "=HYPERLINK(1)")):
        lead = lead_in(person={"name": name, "email": f"{number}@farm{number}.example"})
        router.hear(lead, qualified(lead))
    events = router.published(published.LeadAssigned)
    return [event for event in events if event.owner.owner_id == HAWKEYE]


def said(router: PlayedRoom, desk: Desk, **over: Any) -> calls.SayReply:
    with router.uow.begin() as tx:
        return reporting.report(tx, calls.SayRequest(**({"by": "key k1"} | over)), rules=desk.rules)


def fill(router: PlayedRoom, desk: Desk, *rows: dict[str, str], owner_id: str = HAWKEYE, delimiter: str = ",") -> Any:
    """Downloads the worksheet, fills rows in, and sends it back."""
    with router.uow.begin() as tx:
        sheet = worksheet.worksheet(tx, owner_id, rules=desk.rules)
    table = list(csv.DictReader(io.StringIO(sheet.csv)))
    text = io.StringIO()
    writer = csv.DictWriter(text, [*worksheet.KNOWN, *worksheet.ASKED], delimiter=delimiter)
    writer.writeheader()
    writer.writerows([{**row, **filled} for row, filled in zip(table, rows, strict=False)] or list(rows))
    return upload(router, desk, text.getvalue(), owner_id)


def upload(router: PlayedRoom, desk: Desk, text: str, owner_id: str = HAWKEYE) -> list[tuple[str, str | None]]:
    with router.uow.begin() as tx:
        request = calls.FilledSheetRequest(owner_id=owner_id, csv=text, by="key k1")
        verdicts = worksheet.take_filled(tx, request, rules=desk.rules).rows
    return [(verdict.outcome, verdict.because) for verdict in verdicts]


@pytest.mark.requirement("FBK-5")
def test_a_quotation_tool_says_an_amount_once_per_key(
    router: PlayedRoom, desk: Desk, handed: list[published.LeadAssigned]
) -> None:
    lead_id = handed[0].lead_id
    offers = [("offer-1", "9800"), ("offer-2", "9500"), ("offer-1", "9800")]
    changed = [
        said(
            router, desk, lead_id=lead_id, status="quoted", fields={"amount": amount}, owner_id=HAWKEYE, key=key
        ).changed
        for key, amount in offers
    ]  # fmt: skip

    assert changed == [True, True, False]
    assert lead_row(router, lead_id)["quoted_amount"] == Decimal("9500.00")
    assert [event.amount for event in router.published(published.QuoteRecorded)] == [Decimal("9800"), Decimal("9500")]
    assert {(row["via"], row["by"]) for row in router.rows(OwnerWord)} == {("api", "key k1")}


def test_a_program_of_another_owner_learns_nothing(
    router: PlayedRoom, desk: Desk, handed: list[published.LeadAssigned]
) -> None:
    for owner_id in ("cedar-valley-tractor", "nobody"):
        with pytest.raises(NotFound):
            said(router, desk, lead_id=handed[0].lead_id, status="won", owner_id=owner_id)
    press(router, desk, token(router, desk, handed[0].lead_id, "decline"), reason="too far")
    with pytest.raises(NotAllowed, match="somebody else"):
        said(router, desk, lead_id=handed[0].lead_id, status="won", owner_id=HAWKEYE)
    with pytest.raises(ContractViolation):
        said(router, desk, lead_id=handed[1].lead_id, status="sold", owner_id=HAWKEYE)


@pytest.mark.requirement("FBK-4")
def test_a_worksheet_comes_back_and_the_same_again_changes_nothing(
    router: PlayedRoom, desk: Desk, handed: list[published.LeadAssigned]
) -> None:
    with router.uow.begin() as tx:
        sheet = worksheet.worksheet(tx, HAWKEYE, rules=desk.rules)
    rows = list(csv.DictReader(io.StringIO(sheet.csv)))
    assert sorted(row["name"] for row in rows) == ["'=HYPERLINK(1)", "Ann Lee"]
    assert {row["phone"][:1] for row in rows if row["phone"]} <= {"'"}
    rows[0] |= {"new status": "Sold", "amount": "12,500"}
    rows[1] |= {"new status": "no interest"}
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)

    assert [outcome for outcome, _ in upload(router, desk, text.getvalue())] == ["changed", "changed"]
    before = (router.envelopes(), router.rows(OwnerWord))
    assert [outcome for outcome, _ in upload(router, desk, "\ufeff" + text.getvalue())] == ["repeated", "repeated"]
    assert (router.envelopes(), router.rows(OwnerWord)) == before
    assert [event.amount for event in router.published(published.LeadWon)] == [Decimal("12500.00")]
    assert [event.reason for event in router.published(published.LeadLost)] == ["no interest"]


def test_each_row_has_its_verdict_and_a_bad_one_harms_no_other(
    router: PlayedRoom, desk: Desk, handed: list[published.LeadAssigned]
) -> None:
    one, other = (str(event.lead_id) for event in handed)
    head = "Lead,New Status,Amount,Reason\r\n"
    verdicts = upload(
        router, desk,
        head + f"{one},quoted,12.500,\r\n{other},quoted,9800,\r\n{one},,,\r\n{one},,9800,\r\n{one},bananas,,\r\n"
        f"nonsense,won,,\r\n00000000-0000-4000-8000-000000000000,won,,\r\n{one},lost,,\r\n",
    )  # fmt: skip

    assert [outcome for outcome, _ in verdicts] == [
        "refused", "changed", "empty", "refused", "refused", "refused", "refused", "refused",
    ]  # fmt: skip
    assert verdicts[6] == ("refused", "You have no such lead.")
    assert "Not an amount" in (verdicts[0][1] or "")
    assert upload(router, desk, head + f"{one},won,,\r\n", owner_id="cedar-valley-tractor")[0][0] == "refused"
    assert lead_row(router, handed[0].lead_id)["status"] == "assigned"
    for text in ("", "a,b\r\n1,2\r\n", 'lead,new status\r\n"open'):
        with pytest.raises(ContractViolation):
            upload(router, desk, text)


@pytest.mark.requirement("FBK-10")
def test_what_blocks_owners_is_reported_by_reason(
    router: PlayedRoom, desk: Desk, handed: list[published.LeadAssigned]
) -> None:
    for event in handed:
        press(router, desk, token(router, desk, event.lead_id, "blocked"), reason="no stock")
    press(router, desk, token(router, desk, handed[0].lead_id, "contacted"))
    with router.uow.begin() as tx:
        (found,) = looking_after.blockers(tx, rules=desk.rules).blockers

    assert (found.owner_name, found.reason, found.leads, found.lead_ids) == (
        "Hawkeye Implement", "no stock", 1, [handed[1].lead_id],
    )  # fmt: skip
