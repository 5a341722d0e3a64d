"""The lead package holds what the owner needs, and its ADF form is strictly what the format allows."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from services.router.deliveries import adf
from services.router.deliveries.sheet import NOTICES, Sheets, one_line
from services.router.domain.owner import Owner
from services.router.domain.package import package
from services.router.domain.status import ACTIONS
from shared.contracts import schema
from tests.builders import address, person, response

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[2] / "deploy" / "company" / "templates" / "router"
DTD = etree.DTD(str(HERE / "adf-1.0.dtd"))
DEALER = Owner("hawkeye", "dealer", "Hawkeye <Implement> & Sons", "sales@hawkeye.example", "m@maker.example")


def packed(**over: Any) -> dict[str, Any]:
    what = {**schema.dump(response(message="Need a dryer before harvest")), "number": 1}
    again = {**schema.dump(response(products=["feed-mixer"], answers={"timing": "now"})), "number": 2}
    values: dict[str, Any] = {
        "assignment": {
            "occasion": "qualified", "territory": "ia", "because": "territory ia", "status": "assigned",
            "assigned_at": "2026-03-02T12:00:00+00:00", "clock": "accept", "due_at": "2026-03-04T12:00:00+00:00",
        },
        "person": schema.dump(person(website="https://leefarms.example")),
        "responses": [what, again],
        "score": {"score": 82, "rank": "hot", "lines": [{"points": 30, "because": "60,000 USD of budget"}]},
        "verdict": {
            "rank": "hot", "score": 82, "because": ["score 82 is at least 60"], "potential_value": "55000",
            "bant": {"budget": "60000", "authority": "owner", "need": "new dryer", "timing": "3m"},
        },
        "previous": {"registered_at": "2025-01-05T00:00:00+00:00", "campaign": "mower-mailing", "resolution": "lost"},
        "fulfilment": [
            {"piece": "ack", "channel": "email", "items": ["dryer-catalogue"], "sent_at": "2026-03-02T12:01:00+00:00"}
        ],
    }  # fmt: skip
    return package(**(values | over))


def payload(**over: Any) -> dict[str, Any]:
    return {"lead_id": str(uuid.uuid4()), "assignment_id": str(uuid.uuid4()), "package": packed(**over)}


def rendered(**over: Any) -> str:
    links = dict.fromkeys(ACTIONS, "https://l.example/l/x")
    values = {
        **packed(**over), "owner": {"name": "Hawkeye"}, "company": "Maker", "links": links, "news": None,
        "portal": "https://l.example/portal",
    }  # fmt: skip
    sheet = Sheets(TEMPLATES).render("lead", values)
    assert sheet.html is not None
    return f"{sheet.subject}\n{sheet.text}\n{sheet.html}"


@pytest.mark.requirement("DUP-1")
def test_the_lead_sheet_tells_everything_that_is_known() -> None:
    told = rendered()

    for fact in (
        "Ann Lee", "+15155550142", "ann.lee@leefarms.example", "https://leefarms.example", "1200 Prairie Road",
        "website-contact", "Need a dryer before harvest", "grain-dryer, feed-mixer", "60000", "new dryer", "hot",
        "score 82 is at least 60", "60,000 USD of budget", "by email: ack",
        "dryer-catalogue", "mower-mailing", "lost", "timing: now", "55000",
    ):  # fmt: skip
        assert fact in told, fact


def test_a_lead_of_which_nearly_nothing_is_known_is_told_too() -> None:
    nameless = {"person_id": str(uuid.uuid4()), **dict.fromkeys(
        ("name", "given_name", "family_name", "salutation", "email", "company", "job_title", "website", "address",
         "language")), "phone": "+15155550100"}  # fmt: skip
    bare = {**schema.dump(response(products=[], answers={}, campaign=None, medium=None)), "number": 1}
    nothing: dict[str, Any] = {
        "person": nameless, "responses": [bare], "score": None, "verdict": None, "previous": None, "fulfilment": [],
    }  # fmt: skip

    assert "New lead: +15155550100" in rendered(**nothing)
    assert "No previous response." in rendered(**nothing)
    document = adf.document(payload(**nothing), DEALER, "Maker", "leads@maker.example")
    assert DTD.validate(etree.fromstring(document)), DTD.error_log


def test_html_of_a_prospect_is_shown_and_not_obeyed() -> None:
    told = rendered(person=schema.dump(person(name="<script>alert(1)</script>")))

    html = told[told.index("<!doctype html>") :]
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_template_cannot_reach_out_of_its_sandbox(tmp_path: Path) -> None:
    for name in (*(f"{notice}.txt" for notice in NOTICES), "lead.html"):
        (tmp_path / name).write_text("Subject: x\n{{ ''.__class__.__mro__[1].__subclasses__() }}")

    from jinja2.exceptions import SecurityError

    with pytest.raises(SecurityError):
        Sheets(tmp_path).render("lead", {})


def test_a_subject_is_one_line_whatever_a_prospect_writes() -> None:
    assert one_line("Ann\r\nBcc: everybody@evil.example\x00") == "Ann Bcc: everybody@evil.example"


def test_the_document_is_strict_adf() -> None:
    document = adf.document(payload(), DEALER, "Prairie & Co", "leads@maker.example")

    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<?adf version=\"1.0\"?>\n<adf>")
    assert DTD.validate(etree.fromstring(document)), DTD.error_log


def test_the_document_holds_the_lead() -> None:
    sent = payload()
    root = etree.fromstring(adf.document(sent, DEALER, "Prairie", "leads@maker.example"))

    assert root.findtext("prospect/id") == sent["lead_id"]
    assert [model.text for model in root.iterfind(".//model")] == ["grain-dryer", "feed-mixer"]
    assert root.findtext(".//customer/contact/name[@part='last']") == "Lee"
    assert root.findtext(".//customer/contact/address/postalcode") == "50010"
    assert root.findtext(".//vendor/vendorname") == "Hawkeye <Implement> & Sons"
    comments = root.findtext(".//customer/comments") or ""
    previous = "Previous response: 2025-01-05, mower-mailing, lost"
    for fact in ("Budget: 60000", "Rank: hot, score 82", previous, "Sent: ack"):
        assert fact in comments


@pytest.mark.parametrize("name", ["A\x00B", "A\x0bB", "A\ud800B", "A\uffffB", "]]> <b>&amp;", "名前 é 😀"])
def test_no_text_of_a_prospect_breaks_the_document(name: str) -> None:
    document = adf.document(
        payload(person={**schema.dump(person(given_name=None, family_name=None)), "name": name}),
        DEALER, "Maker", "leads@maker.example",
    )  # fmt: skip

    root = etree.fromstring(document)
    assert DTD.validate(root), DTD.error_log
    assert (root.findtext(".//customer/contact/name") or "").startswith(name[0])


def test_an_address_without_street_is_still_allowed() -> None:
    document = adf.document(
        payload(person=schema.dump(person(address=address(lines=[])))), DEALER, "Maker", "leads@maker.example"
    )

    assert DTD.validate(etree.fromstring(document)), DTD.error_log


def test_a_line_break_in_a_name_does_not_end_the_subject() -> None:
    told = rendered(person=schema.dump(person(name="Eve\r\nBcc: all@evil.example")))

    assert told.splitlines()[0] == "New lead: Eve Bcc: all@evil.example, Ames: grain-dryer, feed-mixer"
