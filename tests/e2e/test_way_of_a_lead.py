"""One lead through all rooms, seen from outside only."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from deploy.stack import Stack
from shared.clock import read_offset, write_offset
from tests.e2e.outside import FarSide, Sender, document, eventually


def story(sender: Sender, lead: str) -> dict[str, Any]:
    return sender.read(f"/v1/leads/{lead}") or {"timeline": []}


def events(sender: Sender, lead: str) -> list[str]:
    return [entry["event"] for entry in story(sender, lead)["timeline"]]


def registered(sender: Sender, body: dict[str, Any]) -> str:
    receipt = sender.send(body, body["lead_ref"])
    eventually(lambda: sender.state(receipt) == "registered", 60, "the receipt resolves")
    return str(sender.read(f"/v1/receipts/{receipt}")["lead_id"])


@pytest.mark.requirement("SYS-1", "CAP-2", "FBK-8", "RTE-7")
def test_a_ready_lead_goes_from_the_request_to_the_sale(stack: Stack, sender: Sender, far_side: FarSide) -> None:
    """Request, receipt, score, dealer, acknowledgement, acceptance, quote and sale: every stop shows in its story."""
    lead = registered(sender, document(1))
    eventually(lambda: {"lead_qualified", "lead_delivered", "piece_sent"} <= set(events(sender, lead)), 90, "delivered")

    score = sender.read(f"/v1/leads/{lead}/score")
    assert score["score"] == sum(line["points"] for line in score["lines"]) == score["fit"] + score["engagement"]
    owner = story(sender, lead)["owner"]
    assert owner["kind"] in ("dealer", "distributor", "rep")
    assert far_side.mails_to("ann1@leefarms1.example")

    links = _links_of(stack, far_side, sender, lead, owner)
    for action, fields in (
        ("accept", {}),
        ("quoted", {"amount": "80000", "currency": "USD"}),
        ("won", {"amount": "78500"}),
    ):
        address = stack.gateway_url + urlsplit(links[action]).path
        shown = requests.get(address, timeout=10)
        assert shown.ok
        assert requests.post(address, data=fields, timeout=10).ok
        assert requests.post(address, data=fields, timeout=10).ok, "a second click does no harm"
    eventually(lambda: story(sender, lead).get("status") == "won", 60, "won")

    told = events(sender, lead)
    assert [told.count(name) for name in ("lead_accepted", "quote_recorded", "lead_won")] == [1, 1, 1]
    stages = {stage["stage"]: stage["leads"] for stage in sender.read("/v1/reports/funnel")["stages"]}
    assert stages["won"] == 1


def _links_of(stack: Stack, far_side: FarSide, sender: Sender, lead: str, owner: dict[str, Any]) -> dict[str, str]:
    """The owner's links, from their webhook or from their mail."""
    for webhook in far_side.webhooks:
        if webhook["body"]["data"].get("lead_id") == lead:
            links: dict[str, str] = webhook["body"]["data"]["links"]
            return links
    eventually(lambda: far_side.mails_to(owner["email"]), 60, "the owner's mail")
    return _links_in_mail(far_side.mails_to(owner["email"]))


def _links_in_mail(mails: list[Any]) -> dict[str, str]:
    import re

    text = "\n".join(mail.get_body(("plain",)).get_content() for mail in mails)
    named = {"accept": "ccept", "quoted": "uote", "won": "(?:old|on)"}
    found = {}
    for action, word in named.items():
        match = re.search(rf"{word}[^\n]*\n?\s*(https?://\S+/l/\S+)", text)
        assert match, f"no link to {action} in:\n{text}"
        found[action] = match.group(1)
    return found


@pytest.mark.requirement("OWN-1", "NUR-1", "NUR-8")
def test_a_lead_that_is_not_ready_is_nurtured_until_it_unsubscribes(
    stack: Stack, sender: Sender, far_side: FarSide
) -> None:
    """Marketing owns it at once; the first step comes when its time has come; unsubscribing ends the rest."""
    body = document(2, budget_usd=None, buying_horizon="6m", job_function="employee", requests="literature", comment="")
    lead = registered(sender, body)
    eventually(lambda: "programme_entered" in events(sender, lead), 90, "enrolled")
    assert story(sender, lead)["owner"]["kind"] == "marketing"

    write_offset(stack.clock_file, read_offset(stack.clock_file) + timedelta(days=4).total_seconds())
    eventually(lambda: "step_due" in events(sender, lead), 60, "the first step")
    marketing = lambda: [mail for mail in far_side.mails_to("ann2@leefarms2.example") if mail["List-Unsubscribe"]]  # noqa: E731
    eventually(marketing, 60, "the first piece")
    link = str(marketing()[-1]["List-Unsubscribe"]).split("<")[-1].split(">")[0]
    assert requests.post(stack.gateway_url + urlsplit(link).path, data={"List-Unsubscribe": "One-Click"}, timeout=10).ok
    eventually(lambda: "programme_left" in events(sender, lead), 60, "left")
    before = len(far_side.mails_to("ann2@leefarms2.example"))

    write_offset(stack.clock_file, read_offset(stack.clock_file) + timedelta(days=200).total_seconds())
    other = registered(sender, document(3))
    eventually(lambda: "piece_sent" in events(sender, other), 180, "others go on")
    assert len(far_side.mails_to("ann2@leefarms2.example")) == before


@pytest.mark.requirement("ACC-3", "ACC-7", "ACC-2")
def test_a_lead_left_lying_is_escalated_and_given_to_another(stack: Stack, sender: Sender) -> None:
    """48 hours without an answer: the manager is told, and the next one gets it."""
    lead = registered(sender, document(4))
    eventually(lambda: "lead_qualified" in events(sender, lead), 90, "qualified")
    eventually(lambda: story(sender, lead)["owner"]["kind"] != "marketing", 60, "given to sales")
    first = story(sender, lead)["owner"]["owner_id"]
    write_offset(stack.clock_file, read_offset(stack.clock_file) + timedelta(hours=49).total_seconds())

    eventually(lambda: "lead_lapsed" in events(sender, lead), 60, "lapsed")
    eventually(lambda: story(sender, lead)["owner"]["owner_id"] != first, 60, "given to another")
    assert "lead_escalated" in events(sender, lead)
