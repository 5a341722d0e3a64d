"""Own staff forward leads, see what became of each, and are paid for them once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from shared.contracts.capture import LeadRegistered, ReferralCredited
from shared.contracts.router import LeadStatusChanged, LeadWon
from tests.acceptance.capture.counter import Counter
from tests.builders import NOON
from tests.integration.capture.desk import form, only

#: As in the example company's referrals.yml.
DANA, PIN = "E1042", "4711-Iowa"


def _forward(counter: Counter, link: str, name: str, phone: str) -> None:
    page = counter.fill_in(link, last_name=name, phone=phone, product="zero turn", message="Met at the service call")
    assert "reached the front desk" in page
    counter.work()


def _link(counter: Counter) -> str:
    """The personal page, by number and PIN."""
    answer = counter.client.post("/refer", data={"number": DANA, "pin": PIN})
    assert answer.status_code == 303
    return answer.headers["Location"]


@pytest.mark.requirement("INC-1", "CAP-12")
def test_somebody_of_another_department_forwards_a_lead_on_a_page_of_their_own(counter: Counter) -> None:
    link = _link(counter)
    assert "Dana Ruiz" in counter.page(link)
    _forward(counter, link, "Hill", "515 555 0142")

    lead = only(counter.desk.published(LeadRegistered))
    assert (lead.person.family_name, lead.response.channel, lead.response.products) == (
        "Hill", "referral", ["zero-turn-mower"],
    )  # fmt: skip


@pytest.mark.requirement("INC-1")
def test_the_intranet_forwards_a_lead_for_a_colleague(counter: Counter) -> None:
    body = {"referrer": "E1077", "name": "Bob Hill", "email": "bob@hill.example"}
    answer = counter.client.post("/v1/referrals", json=body, headers=counter.key("intake", sources=["staff-leads"]))
    assert answer.status_code == 202
    counter.work()

    assert only(counter.desk.published(ReferralCredited)).referrer == "E1077"


@pytest.mark.requirement("INC-2", "INC-3")
def test_a_lead_earns_a_fixed_amount_and_more_when_it_closes_once_per_person(counter: Counter) -> None:
    desk, link = counter.desk, _link(counter)
    _forward(counter, link, "Hill", "515 555 0142")
    _forward(counter, link, "Hill", "515 555 0142")
    lead = only(desk.published(LeadRegistered))
    desk.receive(form({"your-name": "Hill", "your-phone": "515 555 0142", "message": "again"}, minutes=60))
    for _ in range(2):
        desk.hear(LeadWon(lead_id=lead.lead_id, owner_id="boone", won_at=NOON + timedelta(days=30)))
        desk.run_due()

    credits = [(one.referrer, one.kind, one.amount, one.currency) for one in desk.published(ReferralCredited)]
    assert credits == [
        (DANA, "registered", Decimal("25.00"), "USD"),
        (DANA, "closed", Decimal("250.00"), "USD"),
    ]
    manager = counter.key("manage")
    ledger = counter.client.get("/v1/referrals/credits?month=2026-03", headers=manager).json
    assert [(one["name"], one["open"]) for one in ledger["totals"]] == [("Dana Ruiz", "275.00")]
    for expected in ("275.00", None):
        paid = counter.client.post("/v1/referrals/payments", json={"month": "2026-03"}, headers=manager).json
        assert [one["paid"] for one in paid["totals"]] == ([expected] if expected else [])


@pytest.mark.requirement("INC-2")
def test_somebody_who_was_in_touch_before_earns_nothing_and_is_a_lead_all_the_same(counter: Counter) -> None:
    counter.desk.receive(form({"your-name": "Bob Hill", "your-phone": "515 555 0142"}))
    counter.desk.clock.forward(hours=1)
    _forward(counter, _link(counter), "Hill", "515 555 0142")

    assert counter.desk.published(ReferralCredited) == []
    assert "in touch with this person already" in counter.page(f"{_link(counter)}/mine")


@pytest.mark.requirement("INC-6")
def test_the_submitter_sees_what_became_of_each_and_nothing_else_of_the_person(counter: Counter) -> None:
    desk, link = counter.desk, _link(counter)
    _forward(counter, link, "Hill", "515 555 0142")
    lead_id = only(desk.published(LeadRegistered)).lead_id
    desk.receive(form({"your-name": "Robert Hill", "your-phone": "515 555 0142", "your-email": "own@hill.example"}))
    desk.hear(
        LeadStatusChanged(
            lead_id=lead_id, assignment_id=lead_id, owner_id="boone", revision=1, status="appointment",
            previous="accepted", changed_at=NOON,
        )
    )  # fmt: skip
    mine = counter.page(f"{link}/mine")
    assert "Hill" in mine
    assert "Has an appointment" in mine
    assert "25.00 USD" in mine
    for never_entered in ("own@hill.example", "Robert", "0142"):
        assert never_entered not in mine

    desk.hear(LeadWon(lead_id=lead_id, owner_id="boone", won_at=NOON))
    desk.run_due()
    assert "Became a sale" in counter.page(f"{link}/mine")
