"""The campaign register: what the file says, what is said at run time, and codes that nobody knew when they came."""

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.capture.models import Inquiry, Lead
from services.capture.usecases import campaign_views, campaigns
from shared.contracts.calls import (
    CampaignReply,
    CampaignsReply,
    CampaignsRequest,
    ChangeCampaignRequest,
    RecordCostRequest,
    RegisterCampaignRequest,
)
from shared.contracts.capture import CampaignChanged, CampaignCostRecorded, InquiryAttributed, LeadRegistered
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from tests.integration.capture.desk import COMPANY, FrontDesk, desk_on, form, only, partner

ANN = {"your-name": "Ann Lee", "your-email": "ann@leefarms.example"}


def begin(desk: FrontDesk) -> FrontDesk:
    """As a process does at its start."""
    assert desk.room.begin is not None
    with desk.uow.begin() as tx:
        desk.room.begin(tx)
    return desk


def told(desk: FrontDesk, campaign_id: str) -> CampaignReply:
    with desk.uow.begin() as tx:
        return campaign_views.one(tx, campaign_id)


def all_of(desk: FrontDesk) -> CampaignsReply:
    with desk.uow.begin() as tx:
        return campaign_views.listed(tx, CampaignsRequest())


def say(desk: FrontDesk, work: Callable[..., None], request: Any) -> None:
    with desk.uow.begin() as tx:
        work(tx, request)


def add(desk: FrontDesk, campaign_id: str = "barn-tour", codes: tuple[str, ...] = (), **fields: Any) -> None:
    said = {"name": "Barn tour"} | fields
    request = RegisterCampaignRequest(campaign_id=campaign_id, fields=said, codes=list(codes), by="k1")
    say(desk, campaigns.add, request)


def change(desk: FrontDesk, campaign_id: str, revision: int | None = None, settle: Any = None, **fields: Any) -> None:
    request = ChangeCampaignRequest(
        campaign_id=campaign_id, fields=fields, revision=revision, settle=settle, by="k1"
    )  # fmt: skip
    say(desk, campaigns.change, request)


def cost(desk: FrontDesk, campaign_id: str, amount: str, **over: Any) -> None:
    fields: dict[str, Any] = {"spent_on": date(2026, 3, 1), "kind": "print", "by": "k1"}
    say(desk, campaigns.record_cost, RecordCostRequest(campaign_id=campaign_id, amount=amount, **(fields | over)))


def own_company(folder: Path, edit: Callable[[dict[str, Any]], None]) -> Path:
    """The example company with other campaigns."""
    if not folder.exists():
        shutil.copytree(COMPANY, folder)
    file = folder / "campaigns.yml"
    document = yaml.safe_load(file.read_text())
    edit(document["campaigns"])
    file.write_text(yaml.safe_dump(document))
    return folder


def test_the_file_is_where_a_company_starts_and_a_second_start_changes_nothing(desk: FrontDesk) -> None:
    begin(desk)
    first = all_of(desk)
    begin(desk)

    assert all_of(desk) == first
    show = next(entry for entry in first.campaigns if entry.campaign_id == "farm-progress-show")
    assert (show.codes, show.revision, show.medium_label, show.edited) == (["FPS26"], 1, "Trade shows", False)
    assert sum(total.total for total in show.costs) == Decimal("86000.00")
    assert len(desk.published(CampaignChanged)) == 5


def test_a_campaign_is_registered_at_run_time_and_the_same_again_changes_nothing(desk: FrontDesk) -> None:
    add(desk, codes=("BT-26",), medium="hayride", starts_on="2026-05-01", expected_leads=40)
    add(desk, codes=("BT-26",), medium="hayride", starts_on="2026-05-01", expected_leads=40)

    entry = told(desk, "barn-tour").campaign
    assert (entry.revision, entry.codes, entry.medium_label, entry.changed_by) == (1, ["BT-26"], "Hayride", "k1")
    event = only(desk.published(CampaignChanged))
    assert (event.campaign, event.starts_on, event.codes) == ("barn-tour", date(2026, 5, 1), ["BT-26"])
    with pytest.raises(NotAllowed):
        add(desk, name="Something else")


def test_a_code_of_a_campaign_that_was_registered_at_run_time_counts_from_the_next_batch_on(
    room_database: Callable[[str], str],
) -> None:
    url = room_database("capture")
    one, other = desk_on(url), desk_on(url)
    other.receive(form(ANN))
    add(one, codes=("BT-26",))
    other.receive(form({"your-email": "bob@hill.example"}, query={"utm_campaign": "bt26"}))

    assert [event.response.campaign for event in one.published(LeadRegistered)] == ["website", "barn-tour"]
    for desk in (one, other):
        desk.engine.dispose()


def test_changes_are_versions_with_who_and_when(desk: FrontDesk) -> None:
    add(desk)
    desk.clock.forward(days=1)
    change(desk, "barn-tour", revision=1, offer="Free lunch", audience="Dairy farms in Iowa")
    change(desk, "barn-tour", offer="Free lunch")

    reply = told(desk, "barn-tour")
    assert [(one.revision, one.fields["offer"], one.changed_by) for one in reply.versions] == [
        (2, "Free lunch", "k1"),
        (1, None, "k1"),
    ]
    assert reply.versions[0].changed_at > reply.versions[1].changed_at
    with pytest.raises(NotAllowed):
        change(desk, "barn-tour", revision=1, offer="Dinner")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"starts_on": "soon"}, "starts_on"),
        ({"starts_on": "2026-05-02", "ends_on": "2026-05-01"}, "ends_on"),
        ({"expected_leads": -1}, "expected_leads"),
        ({"expected_leads": True}, "expected_leads"),
        ({"currency": "dollars"}, "currency"),
        ({"medium": {"a": 1}}, "medium"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_by_name(desk: FrontDesk, fields: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ContractViolation) as refused:
        add(desk, **fields)

    assert wrong in refused.value.fields
    with pytest.raises(NotFound):
        told(desk, "barn-tour")


def test_costs_are_dated_entries_that_add_up_and_are_never_changed(desk: FrontDesk) -> None:
    add(desk, currency="USD")
    cost(desk, "barn-tour", "1200.10", kind="print", key="invoice 7")
    cost(desk, "barn-tour", "1200.10", kind="print", key="invoice 7")
    cost(desk, "barn-tour", "300", kind="staff", purpose="management")
    cost(desk, "barn-tour", "-200.05", kind="print", note="credit note")
    cost(desk, "barn-tour", "90", currency="EUR", kind="postage")

    totals = {total.currency: (total.generation, total.management) for total in told(desk, "barn-tour").campaign.costs}
    assert totals == {"EUR": (Decimal("90.00"), Decimal(0)), "USD": (Decimal("1000.05"), Decimal("300.00"))}
    assert sum(event.amount for event in desk.published(CampaignCostRecorded)) == Decimal("1390.05")
    with pytest.raises(NotAllowed):
        cost(desk, "barn-tour", "7", key="invoice 7")


@pytest.mark.parametrize("amount", ["much", "NaN", "Infinity", "1e40", "0.001", ""])
def test_an_amount_that_is_none_is_refused(desk: FrontDesk, amount: str) -> None:
    add(desk, currency="USD")
    with pytest.raises(ContractViolation):
        cost(desk, "barn-tour", amount)


def test_a_cost_without_any_currency_is_refused(desk: FrontDesk) -> None:
    add(desk)
    with pytest.raises(ContractViolation):
        cost(desk, "barn-tour", "10")


def test_a_code_belongs_to_one_campaign(desk: FrontDesk) -> None:
    begin(desk)
    with pytest.raises(NotAllowed, match="mower-mailing"):
        add(desk, codes=("mm-26a",))
    with pytest.raises(NotAllowed):
        add(desk, campaign_id="fps26")


def test_a_changed_file_wins_where_nobody_edited_and_is_a_conflict_where_somebody_did(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    url, folder = room_database("capture"), tmp_path / "company"
    begin(desk_on(url))
    change(desk_on(url), "farm-progress-show", offer="Cap for every visitor")

    def edit(file: dict[str, Any]) -> None:
        file["website"]["name"] = "Web, all year"
        file["farm-progress-show"]["offer"] = "Mug for every visitor"
        file["website"]["cost"] = 20000

    desk = begin(desk_on(url, own_company(folder, edit)))

    website, show = (told(desk, name).campaign for name in ("website", "farm-progress-show"))
    assert (website.name, website.revision, website.conflict) == ("Web, all year", 2, {})
    assert (show.offer, show.conflict) == ("Cap for every visitor", {"offer": "Mug for every visitor"})
    assert [entry.amount for entry in told(desk, "website").costs] == [Decimal("18000.00"), Decimal("2000.00")]

    change(desk, "farm-progress-show", settle="file")
    show = told(desk, "farm-progress-show").campaign
    assert (show.offer, show.conflict, show.edited) == ("Mug for every visitor", {}, False)


def test_a_conflict_that_was_settled_in_favour_of_run_time_does_not_come_back(
    room_database: Callable[[str], str], tmp_path: Path
) -> None:
    url, folder = room_database("capture"), tmp_path / "company"
    begin(desk_on(url))
    change(desk_on(url), "website", name="Own web site")
    company = own_company(folder, lambda file: file["website"].update(name="Web, all year"))
    desk = begin(desk_on(url, company))
    assert told(desk, "website").campaign.conflict == {"name": "Web, all year"}
    change(desk, "website", settle="here")
    begin(desk_on(url, company))

    assert (told(desk, "website").campaign.name, told(desk, "website").campaign.conflict) == ("Own web site", {})


def test_what_came_of_a_campaign_is_told_by_day(desk: FrontDesk) -> None:
    begin(desk)
    desk.receive(form(ANN), form({"your-email": "bob@hill.example"}), form(ANN | {"message": "again"}, minutes=1440))
    desk.receive(partner({"email": "t@t.example", "test_mode": "yes", "issue": "WEB"}))
    desk.clock.forward(days=2)

    website = told(desk, "website").campaign
    assert (website.responses, website.leads) == (3, 2)
    assert [(day.day.day, day.responses, day.leads) for day in website.days] == [(2, 2, 2), (3, 1, 0)]


# --- codes that nobody knew ------------------------------------------------------------------------------------------


def test_an_unknown_code_is_kept_and_earlier_inquiries_are_credited_once_it_is_registered(desk: FrontDesk) -> None:
    desk.receive(
        form(ANN, query={"utm_campaign": "BT-26"}),
        partner({"email": "bob@hill.example", "issue": "bt 26"}),
        form(ANN | {"message": "once more"}, query={"utm_campaign": "bt26"}, minutes=60),
    )
    with desk.uow.begin() as tx:
        seen = only(campaign_views.unknown(tx, 10).codes)
    assert (seen.inquiries, seen.sources) == (3, ["partner-agrimag", "website-contact"])
    desk.run_due()
    assert desk.published(InquiryAttributed) == []

    add(desk, codes=("BT-26",))
    desk.run_due()

    assert {row["campaign"] for row in desk.rows(Inquiry)} == {"barn-tour"}
    assert {row["campaign"] for row in desk.rows(Lead)} == {"barn-tour"}
    events = desk.published(InquiryAttributed)
    assert sorted((event.previous_campaign or "", event.opened) for event in events) == [
        ("", True),
        ("website", False),
        ("website", True),
    ]
    with desk.uow.begin() as tx:
        assert campaign_views.unknown(tx, 10).codes == []
    desk.run_due()
    assert len(desk.published(InquiryAttributed)) == 3


@pytest.mark.parametrize("order", [("CARD", "LINK"), ("LINK", "CARD")])
def test_the_surest_code_decides_in_whatever_order_codes_are_registered(
    desk: FrontDesk, order: tuple[str, str]
) -> None:
    desk.receive(partner({"email": "bob@hill.example", "issue": "CARD", "utm_campaign": "LINK"}))
    for code in order:
        add(desk, campaign_id=f"by-{code.lower()}", codes=(code,))
        desk.run_due()

    assert only(desk.rows(Inquiry))["campaign"] == "by-card"


def test_a_code_in_a_link_does_not_take_an_inquiry_from_the_campaign_of_its_card(desk: FrontDesk) -> None:
    desk.receive(partner({"email": "bob@hill.example", "issue": "MM26A", "utm_campaign": "LINK"}))
    add(desk, codes=("LINK",))
    desk.run_due()

    assert only(desk.rows(Inquiry))["campaign"] == "mower-mailing"
    assert desk.published(InquiryAttributed) == []


def test_a_code_that_is_registered_while_an_inquiry_with_it_is_taken_in_counts_for_it(desk: FrontDesk) -> None:
    """The inquiry's transaction began before the code was there, and ends after its earlier inquiries were credited."""
    registrar = FrontDesk(desk.room, desk.engine, desk.clock)
    late = form(ANN, query={"utm_campaign": "BT-26"})
    from services.capture import company as companies
    from services.capture.usecases import intake
    from shared.database.unit_of_work import Cause

    files = companies.load(COMPANY)
    with desk.uow.begin(Cause(late.intake.receipt_id, late.intake.receipt_id)) as tx:
        intake.take_in(tx, [late], company=files)
        add(registrar, codes=("BT-26",))
        registrar.run_due()
    desk.run_due()

    assert only(desk.rows(Inquiry))["campaign"] == "barn-tour"


def test_codes_cost_no_query_per_inquiry(desk: FrontDesk) -> None:
    from sqlalchemy import event

    statements: list[str] = []
    event.listen(desk.engine, "before_cursor_execute", lambda c, k, statement, *rest: statements.append(statement))
    desk.receive(*(form({"your-email": f"q{n}@farm.example"}, query={"utm_campaign": f"x{n}"}) for n in range(2)))
    few = len(statements)
    statements.clear()
    desk.receive(*(form({"your-email": f"r{n}@farm.example"}, query={"utm_campaign": f"x{n}"}) for n in range(100)))

    assert len(statements) <= few + 2
