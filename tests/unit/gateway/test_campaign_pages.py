"""Campaigns, entry points and referrals at the gateway: what it lets in, asks the rooms, and shows."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from gateway.entrypoints import load, parse_entrypoints
from shared.company_file import CompanyError
from shared.contracts import calls
from shared.contracts.calls import (
    CampaignDay,
    CampaignEntry,
    CampaignReply,
    CampaignsReply,
    CampaignVersionEntry,
    CostEntry,
    CostTotal,
    CreditsReply,
    PayCreditsReply,
    ReferralEntry,
    ReferralsReply,
    ReferrerReply,
    UnknownCode,
    UnknownCodesReply,
)
from shared.contracts.errors import ContractViolation, LinkInvalid, NotAllowed
from tests.contract.examples import EXAMPLES
from tests.unit.gateway.conftest import ENTRYPOINTS, Desk

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PUBLISHED = {
    "name": "Prairie Line",
    "url": {"form": "contact"},
    "address": {"lines": ["PO Box 1200", "Ames, IA 50010"], "source": "keyed-cards"},
    "phone": {"number": "+1 515 555 0100", "source": "phone-calls"},
    "email": {"address": "info@leads.example"},
}
MAIL = {"addresses": {"info@leads.example": "info-mailbox"}}
TOKEN = "WyJFMTA0MiIsMV0.abc_def-ghi"


def entry(**over: Any) -> CampaignEntry:
    values: dict[str, Any] = {
        "campaign_id": "mower-mailing", "name": "Mower <mailing>", "medium": "print", "medium_label": "Print",
        "starts_on": date(2026, 3, 1), "currency": "USD", "expected_responses": 100, "expected_leads": 40,
        "codes": ["MM 26/A"], "revision": 2, "changed_at": NOON, "changed_by": "key k1", "edited": True,
        "conflict": {"offer": "Mug"}, "responses": 30, "leads": 20,
        "costs": [CostTotal(currency="USD", generation=Decimal("900.00"), management=Decimal("100.00"),
                            total=Decimal("1000.00"))],
        "days": [CampaignDay(day=date(2026, 5, 1), responses=5, leads=3),
                 CampaignDay(day=date(2026, 5, 3), responses=2, leads=0)],
    }  # fmt: skip
    return CampaignEntry(**(values | over))


def whole(**over: Any) -> CampaignReply:
    cost = CostEntry(
        cost_id="c1", spent_on=date(2026, 3, 1), kind="print", kind_label="Printing", purpose="generation",
        amount=Decimal("900.00"), currency="USD", note="<b>invoice</b>", recorded_at=NOON, recorded_by="key k1",
    )  # fmt: skip
    version = CampaignVersionEntry(revision=2, changed_at=NOON, changed_by="key k1", fields={"name": "Mower"})
    return CampaignReply(campaign=entry(**over), costs=[cost], versions=[version])


def participant() -> ReferrerReply:
    return ReferrerReply(
        token=TOKEN, number="E1042", name="Dana Ruiz", takes_part=True, registered=Decimal("25.00"),
        closed=Decimal("250.00"), currency="USD",
    )  # fmt: skip


@pytest.fixture
def full(desk: Desk) -> Desk:
    """The gateway of a company that has published its contacts."""
    doors = parse_entrypoints({**ENTRYPOINTS, "published": PUBLISHED, "mail": MAIL})
    object.__setattr__(desk.gateway, "entrypoints", doors)
    unknown = UnknownCode(
        code="BT-26", inquiries=3, first_seen_at=NOON, last_seen_at=NOON, sources=["website-contact"]
    )  # fmt: skip
    desk.rooms.replies |= {
        calls.CAMPAIGNS: CampaignsReply(
            campaigns=[entry()], since=date(2026, 4, 1), until=date(2026, 5, 4), media={"print": "Print"}
        ),
        calls.CAMPAIGN: whole(),
        calls.REGISTER_CAMPAIGN: whole(),
        calls.CHANGE_CAMPAIGN: whole(),
        calls.RECORD_COST: whole(),
        calls.ADD_CODES: whole(),
        calls.UNKNOWN_CODES: UnknownCodesReply(codes=[unknown]),
        calls.REFERRER: participant(),
        calls.ENTER_REFERRER: participant(),
        calls.CREDITS: CreditsReply(month="2026-03", totals=[], credits=[]),
        calls.PAY_CREDITS: PayCreditsReply(month="2026-03", totals=[], credits=[]),
        calls.REFERRALS: ReferralsReply(
            referrals=[
                ReferralEntry(
                    referral_id=EXAMPLES, referrer="E1042", received_at=NOON, entered="Bob <Hill>",
                    source="referral-form", state="counts", state_text="counts", status="won",
                    earned=Decimal("275.00"), paid=Decimal("25.00"), currency="USD",
                )
            ]
        ),
    }  # fmt: skip
    return desk


class Strict(HTMLParser):
    """Raises at what the content policy forbids, and at elements that are not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.void = {"meta", "link", "input", "br", "hr", "img", "option"}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "style"), tag
        assert not any(name == "style" or name.startswith("on") for name, _ in attrs), attrs
        if tag not in self.void:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not any(name == "style" or name.startswith("on") for name, _ in attrs), attrs

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.void:
            assert self.open.pop() == tag


def strict(text: str) -> str:
    reader = Strict()
    reader.feed(text)
    assert reader.open == []
    return text


# --- campaigns -------------------------------------------------------------------------------------------------------


def test_the_page_of_campaigns_shows_cost_expected_and_actual_and_days(full: Desk) -> None:
    page = strict(full.client.get("/campaigns", headers=full.key("read")).text)

    for told in ("Mower &lt;mailing&gt;", "30 of 100 expected", "20 of 40 expected", "1,000.00 USD"):
        assert told in page
    assert "50.00 USD a lead" in page
    assert "BT-26" in page
    assert "offer: Mug" in page
    assert page.count('<rect class="light" x=') == 2


def test_who_may_manage_finds_forms_on_a_campaigns_page_and_who_may_only_read_does_not(full: Desk) -> None:
    manager = strict(full.client.get("/campaigns/mower-mailing", headers=full.key("manage")).text)
    reader = strict(full.client.get("/campaigns/mower-mailing", headers=full.key("read")).text)

    assert "Add a cost" in manager
    assert "Add a cost" not in reader
    assert "&lt;b&gt;invoice&lt;/b&gt;" in reader


def test_a_campaign_is_registered_with_who_did_it(full: Desk) -> None:
    body = {"campaign_id": "barn-tour", "name": "Barn tour", "medium": "hayride", "codes": ["BT26"], "by": "Pat"}
    answer = full.client.post("/v1/campaigns", json=body, headers=full.key("manage"))

    assert answer.status_code == 201
    assert full.rooms.calls[-1] == (
        "capture.register_campaign",
        {
            "campaign_id": "barn-tour",
            "fields": {"name": "Barn tour", "medium": "hayride"},
            "codes": ["BT26"],
            "by": "Pat (key k0)",
        },
    )


def test_a_change_tells_what_is_emptied_from_what_is_left_out(full: Desk) -> None:
    body = {"offer": None, "revision": 2, "settle": "here"}
    full.client.patch("/v1/campaigns/mower-mailing", json=body, headers=full.key("manage"))

    asked = full.rooms.calls[-1][1]
    assert (asked["fields"], asked["revision"], asked["settle"]) == ({"offer": None}, 2, "here")


def test_a_cost_keeps_its_cents_and_its_key(full: Desk) -> None:
    headers = full.key("manage") | {"Idempotency-Key": "invoice 7"}
    body = {"spent_on": "2026-03-01", "amount": 1200.10, "kind": "print"}
    answer = full.client.post("/v1/campaigns/mower-mailing/costs", json=body, headers=headers)

    assert answer.status_code == 201
    asked = full.rooms.calls[-1][1]
    assert (asked["amount"], asked["key"], asked["spent_on"]) == ("1200.1", "invoice 7", date(2026, 3, 1))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/campaigns", b"no json"),
        ("POST", "/v1/campaigns", b"[1]"),
        ("POST", "/v1/campaigns", b"{}"),
        ("POST", "/v1/campaigns", b'{"campaign_id": 7, "name": "x"}'),
        ("POST", "/v1/campaigns", b'{"campaign_id": "a", "name": "x\\u0000"}'),
        ("POST", "/v1/campaigns", b'{"campaign_id": "a", "name": "x", "by": 7}'),
        ("POST", "/v1/campaigns", b'{"campaign_id": "a", "codes": "x"}'),
        ("PATCH", "/v1/campaigns/a", b'{"settle": "both"}'),
        ("POST", "/v1/campaigns/a/costs", b'{"spent_on": "soon", "amount": "1"}'),
        ("POST", "/v1/campaigns/a/costs", b'{"spent_on": "2026-01-01", "amount": true}'),
        ("POST", "/v1/campaigns/a/costs", b'{"spent_on": "2026-01-01", "amount": "1", "purpose": "fun"}'),
        ("POST", "/v1/campaigns/a/codes", b'{"codes": null}'),
        ("POST", "/v1/campaigns/a/codes", b'{"codes": [{}]}'),
        ("POST", "/v1/referrals/payments", b'{"month": 3, "referrer": []}'),
        ("POST", "/v1/campaigns", b"[" * 100_000),
    ],
)
def test_a_body_that_cannot_be_is_the_senders_fault(full: Desk, method: str, path: str, body: bytes) -> None:
    headers = full.key("manage") | {"Content-Type": "application/json"}
    answer = full.client.open(path, method=method, data=body, headers=headers)

    assert 400 <= answer.status_code < 500, answer.text
    assert not any(name.startswith("capture.") for name, _ in full.rooms.calls)


@pytest.mark.parametrize(
    ("error", "status"),
    [(NotAllowed("there is one already"), 409), (ContractViolation("Campaign", {"name": ["a text"]}), 422)],
)
def test_what_the_front_desk_refuses_is_told(full: Desk, error: Exception, status: int) -> None:
    full.rooms.replies[calls.REGISTER_CAMPAIGN] = error
    body = {"campaign_id": "a", "name": "A"}
    assert full.client.post("/v1/campaigns", json=body, headers=full.key("manage")).status_code == status


@pytest.mark.parametrize("path", ["costs", "codes"])
def test_a_form_of_another_site_does_nothing(full: Desk, path: str) -> None:
    headers = full.key("manage")
    answer = full.client.post(f"/campaigns/mower-mailing/{path}", data={"code": "X"}, headers=headers)

    assert answer.status_code == 403
    assert full.rooms.calls == []


def test_a_cost_and_a_code_are_added_from_the_page(full: Desk) -> None:
    headers = full.key("manage")
    shown = full.client.get("/campaigns/mower-mailing", headers=headers).text
    token = {"form_token": re.findall(r'name="form_token" value="([0-9a-f]+)"', shown)[0]}
    cost = {"amount": "10", "currency": "USD", "spent_on": "2026-03-01", "kind": "print", "purpose": "management",
            "note": "", "form": "01890000"}  # fmt: skip
    full.rooms.calls.clear()
    first = full.client.post("/campaigns/mower-mailing/costs", data=cost | token, headers=headers)
    second = full.client.post("/campaigns/mower-mailing/codes", data={"code": "X1"} | token, headers=headers)
    elsewhere = full.client.post("/campaigns/google-search-dryers/codes", data={"code": "X2"} | token, headers=headers)

    assert [first.status_code, second.status_code, elsewhere.status_code] == [303, 303, 403]
    assert full.rooms.calls[0][1]["key"] == "01890000"
    assert full.rooms.calls[1][1]["codes"] == ["X1"]


# --- entry points ----------------------------------------------------------------------------------------------------


def test_the_entry_points_are_one_of_each_kind_with_a_code_per_campaign(full: Desk) -> None:
    page = strict(full.client.get("/entry-points", headers=full.key("read")).text)

    for told in ("+1 515 555 0100", "info@leads.example", "PO Box 1200", "leads.prairieline.example/c/MM%2026%2FA"):
        assert told in page
    assert page.count("<svg") == 2


def test_a_card_carries_code_address_and_every_way_to_answer(full: Desk) -> None:
    card = full.client.get("/entry-points/cards/mower-mailing/MM26", headers=full.key("read"))

    assert card.status_code == 404
    full.rooms.replies[calls.CAMPAIGN] = whole(codes=["MM26A"], offer="A cap for every answer")
    page = strict(full.client.get("/entry-points/cards/mower-mailing/MM26A", headers=full.key("read")).text)
    for told in ("MM26A", "/c/MM26A", "+1 515 555 0100", "info@leads.example", "Ames, IA 50010", "A cap", "<svg"):
        assert told in page


def test_a_code_can_be_had_as_a_drawing_that_a_printer_reads(full: Desk) -> None:
    from xml.etree import ElementTree

    answer = full.client.get("/entry-points/qr/MM26A.svg", headers=full.key("read"))

    assert answer.content_type.startswith("image/svg+xml")
    assert ElementTree.fromstring(answer.data).tag == "{http://www.w3.org/2000/svg}svg"


def test_the_short_address_leads_to_the_landing_page_and_keeps_the_code(full: Desk) -> None:
    answer = full.client.get("/c/MM%2026A")

    assert answer.status_code == 302
    assert answer.headers["Location"] == "/forms/contact?utm_campaign=MM+26A&utm_source=code"
    landing = full.client.get(answer.headers["Location"])
    assert landing.status_code == 200
    form = full.client.post(answer.headers["Location"], data={"email": "a@a.example"})
    assert form.status_code == 200
    assert full.taken()[0][0].query == {"utm_campaign": "MM 26A", "utm_source": "code"}


@pytest.mark.parametrize("code", ["%0d%0aX: y", "%00", "x" * 61, "---", "//evil.example"])
def test_a_short_address_leads_nowhere_else(full: Desk, code: str) -> None:
    answer = full.client.get(f"/c/{code}")

    assert answer.status_code in (302, 404, 308)
    assert answer.headers.get("Location", "/forms/contact").startswith(("/forms/contact", "http://localhost/c/"))


def test_without_published_contacts_there_is_no_such_page(desk: Desk) -> None:
    assert desk.client.get("/c/X").status_code == 404
    assert desk.client.get("/entry-points", headers=desk.key("read")).status_code == 404


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ({"email": {"address": "lost@leads.example"}}, "is in no `mail: addresses`"),
        ({"url": {"form": "nowhere"}}, "must be one of bare, contact"),
        ({"phone": {"number": "1"}}, "`source` must be a text"),
        ({"address": {"lines": [], "source": "x"}}, "`lines` must be a list"),
        ({"fax": "1"}, "unknown field `fax`"),
    ],
)
def test_a_contact_that_leads_nowhere_is_refused_on_load(part: dict[str, Any], said: str) -> None:
    with pytest.raises(CompanyError, match=said):
        parse_entrypoints({**ENTRYPOINTS, "published": PUBLISHED | part, "mail": MAIL})


# --- referrals -------------------------------------------------------------------------------------------------------


def test_number_and_pin_lead_to_the_personal_page(full: Desk) -> None:
    answer = full.client.post("/refer", data={"number": " E1042 ", "pin": "4711"})

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/refer/{TOKEN}")
    assert full.rooms.calls[-1] == ("capture.enter_referrer", {"number": "E1042", "pin": "4711"})
    page = strict(full.client.get(f"/refer/{TOKEN}").text)
    assert "Dana Ruiz" in page
    assert f'value="{TOKEN}"' in page


def test_a_wrong_pin_is_told_and_guessing_is_stopped(full: Desk) -> None:
    full.rooms.replies[calls.ENTER_REFERRER] = LinkInvalid("referral")
    answers = [full.client.post("/refer", data={"number": "E1042", "pin": str(n)}).status_code for n in range(12)]

    assert answers[:10] == [403] * 10
    assert answers[10:] == [429] * 2


def test_a_forwarded_lead_is_kept_even_when_the_front_desk_is_away(full: Desk) -> None:
    body = {"last_name": "Hill", "phone": "515 555 0142", "referral_token": TOKEN}
    answer = full.client.post(f"/refer/{TOKEN}", data=body)

    assert "reached the front desk" in strict(answer.text)
    intake, raw = full.taken()[0]
    assert (intake.source, intake.dialect) == ("referral-form", "form")
    assert b"last_name=Hill" in raw
    assert full.rooms.calls == []


def test_a_form_with_the_link_of_another_is_refused(full: Desk) -> None:
    body = {"last_name": "Hill", "phone": "515 555 0142", "referral_token": "another"}

    assert full.client.post(f"/refer/{TOKEN}", data=body).status_code == 422
    assert full.taken() == []


def test_the_personal_page_tells_what_became_of_each_and_what_it_earned(full: Desk) -> None:
    page = strict(full.client.get(f"/refer/{TOKEN}/mine").text)

    assert "Bob &lt;Hill&gt;" in page
    assert "Became a sale" in page
    assert "275.00 USD" in page


def test_the_intranet_forwards_for_one_of_the_staff(full: Desk) -> None:
    headers = full.key("intake", sources=["staff-leads"])
    good = full.client.post("/v1/referrals", json={"referrer": "E1042", "email": "b@b.example"}, headers=headers)
    nobody = full.client.post("/v1/referrals", json={"email": "b@b.example"}, headers=headers)
    stranger = full.client.post(
        "/v1/referrals", json={"referrer": "E1042"}, headers=full.key("intake", sources=["partner-agrimag"])
    )

    assert [good.status_code, nobody.status_code, stranger.status_code] == [202, 422, 403]
    assert [intake.source for intake, _ in full.taken()] == ["staff-leads"]


def test_the_ledger_of_a_month_and_its_payment_need_a_managers_key(full: Desk) -> None:
    assert full.client.get("/v1/referrals/credits?month=2026-03", headers=full.key("manage")).status_code == 200
    body = {"month": "2026-03", "reference": "run 3", "by": "somebody else"}
    assert full.client.post("/v1/referrals/payments", json=body, headers=full.key("manage")).status_code == 200
    assert full.rooms.calls[-1][1]["by"] == "key k1"


def test_the_example_company_s_published_contacts_are_sources_of_its_own() -> None:
    import yaml

    published = load(COMPANY).published
    sources = yaml.safe_load((COMPANY / "sources.yml").read_text())["sources"]
    assert published is not None
    assert {published.phone_source, published.lines_source, published.email_source} <= sources.keys()
    assert load(COMPANY).forms[published.form].source in sources
    assert {load(COMPANY).referral_form, load(COMPANY).referral_entry} <= sources.keys()
