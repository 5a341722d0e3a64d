"""Pages of the portal: what they show of a lead, what they make of what is typed, and words for figures and moments."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import new
from typing import Any
from uuid import UUID

import pytest

from gateway.portal import history, words
from gateway.portal.actions import Tried, buttons
from gateway.portal.history import filled_in
from gateway.portal.numbers import by_month, compared, follow_up
from shared.contracts import calls
from shared.contracts.errors import ContractViolation, NotAllowed, NotFound
from shared.contracts.people import Owner
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_campaign_pages import strict
from tests.unit.gateway.test_portal_signing import get, post, signed_in

LEAD = UUID("01890000-0000-7000-8000-000000000001")
HERE = f"/portal/leads/{LEAD}"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
AMES = Owner(owner_id="ames", kind="dealer", name="Ames <Tractor>", region="Iowa")
VISITOR = calls.Visitor(
    address="ann@ames.example", name="Ann", owners=[AMES], manages=False, time_zone="America/Chicago"
)
HOSTILE = '<script>alert(1)</script>"onmouseover=x'
TOKEN = {"form_token": new(b"a signed session", b"portal form", sha256).hexdigest()}


def package(**over: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "assignment": {"because": "territory ames"},
        "contact": {
            "name": HOSTILE, "company": None, "job_title": None, "phone": "+15155550142", "email": "a@b.example",
            "address": None, "website": "javascript:alert(1)", "language": "en",
        },
        "initiative": {"campaign": None, "source": "website", "medium": "web"},
        "interest": {"products": ["grain-dryer"], "message": HOSTILE},
        "answers": {"need": HOSTILE},
        "notes": [],
        "qualification": {
            "rank": "hot", "score": 82, "bant": dict.fromkeys(("budget", "authority", "need", "timing", "ready_on")),
            "because": [], "potential_value": None, "reasons": [],
        },
        "responses": [{}],
        "previous": None,
        "fulfilment": [],
    }  # fmt: skip
    return found | over


def lead(**over: Any) -> calls.PortalLeadReply:
    values: dict[str, Any] = {
        "visitor": VISITOR, "lead_id": LEAD, "owner": AMES, "status": "contacted", "clock": "update",
        "due_at": NOON - timedelta(hours=2), "overdue": True, "assigned_at": NOON, "package": package(),
        "because": "territory ames", "candidates": [], "sent": [], "material": [], "currency": "USD",
        "history": [
            calls.PortalEvent(
                at=NOON, what="contacted", owner="Ames", by=HOSTILE, via="portal", fields={"note": HOSTILE}
            )
        ],
        "actions": [
            calls.PortalAction(action="quoted", asks=["amount*", "currency"]),
            calls.PortalAction(action="lost", asks=["reason*", "lost_to"], choices={"reason": ["price", "timing"]}),
        ],
    }  # fmt: skip
    return calls.PortalLeadReply(**(values | over))


@pytest.fixture
def portal(desk: Desk) -> Desk:
    desk.rooms.replies[calls.PORTAL_LEAD] = lead()
    signed_in(desk)
    return desk


def test_what_strangers_wrote_is_text_and_nothing_else(portal: Desk) -> None:
    page = get(portal, HERE)
    strict(page.text)

    assert page.status_code == 200
    assert "<script" not in page.text
    assert 'href="javascript' not in page.text
    assert page.text.count("&lt;script&gt;") >= 5
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"].startswith("noindex")


def test_overdue_is_said_in_words_and_in_the_readers_own_time(portal: Desk) -> None:
    text = " ".join(get(portal, HERE).text.split())

    assert "Overdue:" in text
    assert "Mon 4 May 2026, 05:00" in text


def test_a_word_is_handed_on_with_its_fields_and_leads_back(portal: Desk) -> None:
    portal.rooms.replies[calls.PORTAL_SAY] = calls.PortalWordReply(status="quoted", changed=True, kept=True)
    done = post(portal, HERE, {**TOKEN, "action": "quoted", "amount": " 12500 ", "currency": ""})

    assert (done.status_code, done.headers["Location"]) == (303, f"{HERE}?done=quoted")
    said = {"session": "a signed session", "lead_id": LEAD, "action": "quoted", "fields": {"amount": "12500"}}
    assert portal.rooms.calls[-1] == ("router.portal_say", said)
    assert "Noted: your quote." in get(portal, f"{HERE}?done=quoted").text


@pytest.mark.parametrize(
    ("reply", "where"),
    [
        (calls.PortalWordReply(status="quoted", changed=False, kept=True), f"{HERE}?done=again"),
        (calls.PortalWordReply(status="declined", changed=True, kept=False), "/portal/leads?done=quoted"),
    ],
)
def test_a_second_tap_and_a_lead_that_is_gone_lead_on(portal: Desk, reply: Any, where: str) -> None:
    portal.rooms.replies[calls.PORTAL_SAY] = reply

    assert post(portal, HERE, {**TOKEN, "action": "quoted"}).headers["Location"] == where


def test_what_is_wrong_stands_beside_its_field_with_what_was_typed(portal: Desk) -> None:
    portal.rooms.replies[calls.PORTAL_SAY] = ContractViolation("ActRequest", {"amount": ["Not an <amount>."]})
    page = post(portal, HERE, {**TOKEN, "action": "quoted", "amount": 'a "lot"', "currency": "EUR"})
    strict(page.text)

    assert page.status_code == 422
    assert 'value="a &#34;lot&#34;"' in page.text
    assert 'value="EUR"' in page.text
    assert "Not an &lt;amount&gt;." in page.text
    assert re.search(r'id="quoted-amount"[^>]*aria-invalid="true"[^>]*quoted-amount-wrong', page.text)
    assert "<title>Error: " in page.text


def test_what_cannot_be_said_any_more_says_why(portal: Desk) -> None:
    portal.rooms.replies[calls.PORTAL_SAY] = NotAllowed("The lead is won.")
    page = post(portal, HERE, {**TOKEN, "action": "quoted", "amount": "1"})

    assert page.status_code == 409
    assert "The lead is won." in page.text


def test_anothers_lead_is_not_there(portal: Desk) -> None:
    portal.rooms.replies[calls.PORTAL_LEAD] = NotFound("lead")
    portal.rooms.replies[calls.PORTAL_SAY] = NotFound("lead")

    page = get(portal, HERE)
    assert page.status_code == 404
    assert "This is not yours, or not any more" in page.text
    assert 'href="/portal/leads"' in page.text
    assert post(portal, HERE, {**TOKEN, "action": "won"}).status_code == 404


def test_filters_are_handed_on_and_nonsense_is_not(portal: Desk) -> None:
    counts = calls.PortalCounts(open=1000, overdue=3, today=0, new=1, most=1000)
    portal.rooms.replies[calls.PORTAL_LEADS] = calls.PortalLeadsReply(
        visitor=VISITOR, leads=[], next="2026-05-04T12:00:00+00:00~x", counts=counts, products=["grain-dryer"], ranks=[]
    )
    page = get(portal, "/portal/leads?shelf=attic&due=overdue&text=%3Cb%3E&status=&extra=1")
    strict(page.text)

    assert portal.rooms.calls[-1][1] == {
        "session": "a signed session", "due": "overdue", "text": "<b>", "after": None
    }  # fmt: skip
    assert 'value="&lt;b&gt;"' in page.text
    assert "1000 or more" in page.text


def test_chosen_leads_are_given_on_and_a_made_up_one_is_refused(portal: Desk) -> None:
    portal.rooms.replies[calls.PORTAL_REASSIGN] = calls.PortalReassigned(done=1, refused=1, because="closed")
    form = {**TOKEN, "owner": "ames&x=1", "to": "", "because": "holiday", "lead": str(LEAD)}
    done = post(portal, "/portal/give", form)

    assert done.headers["Location"] == "/portal/leads?owner=ames%26x%3D1&given=1&stay=1"
    assert portal.rooms.calls[-1][1] | {"session": ""} == {
        "session": "", "lead_ids": [LEAD], "to": None, "because": "holiday"
    }  # fmt: skip
    assert post(portal, "/portal/give", {**form, "lead": "x"}).status_code == 422


def test_what_comes_next_stands_first() -> None:
    asks = [calls.PortalAction(action=name, asks=[]) for name in ("won", "decline", "contacted", "accept", "pause_me")]

    assert [(one.action, one.first) for one in buttons(asks, "accept", "USD", Tried())] == [
        ("accept", True), ("contacted", False), ("won", False), ("decline", False)
    ]  # fmt: skip
    assert [one.action for one in buttons(asks, "contact", "USD", Tried())][0] == "contacted"  # noqa: RUF015


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (timedelta(hours=3, minutes=59), "in 3 hours"),
        (timedelta(days=-2, hours=-1), "2 days ago"),
        (timedelta(minutes=1), "in 1 minute"),
        (timedelta(seconds=5), "in a moment"),
        (timedelta(seconds=-5), "a moment ago"),
        (timedelta(), "in a moment"),
    ],
)
def test_spans_are_said_as_people_say_them(away: timedelta, said: str) -> None:
    assert words.span(NOON + away, NOON) == said


def test_numbers_are_written_as_people_write_them() -> None:
    assert [words.phone(number) for number in ("+15155550142", "+4955555501", "+1515")] == [
        "(515) 555-0142", "+4955555501", "+1515"
    ]  # fmt: skip
    assert filled_in({"amount": "12500.00", "currency": "USD", "to": "won"}) == [
        ("Amount", "12,500 USD"), ("What is right", "Sold")
    ]  # fmt: skip
    assert filled_in({"amount": "12500.50", "currency": "EUR"}) == [("Amount", "12,500.50 EUR")]


def numbers(mine: Any, group: Any = None) -> calls.PortalNumbersReply:
    return calls.PortalNumbersReply(
        visitor=VISITOR, owner=AMES, mine=mine, group=group, group_name="all other dealers", group_owners=[],
        months=[], sold=0, currency="USD",
    )  # fmt: skip


def test_figures_are_compared_in_words() -> None:
    mine = calls.PortalFigures(hours_to_contact=60.0, close_rate=0.5)
    speed, duties, closing = compared(
        numbers(mine, calls.PortalFigures(hours_to_contact=0.5, close_rate=0.25)), (None, 0.5)
    )

    assert (speed.mine, speed.group, speed.verdict) == ("2.5 days", "30 minutes", "Behind your group.")
    assert (speed.mine_width, closing.group_width) == (100, 50)
    assert (closing.mine, closing.verdict) == ("50 %", "Better than the middle of your group.")
    assert (duties.mine, duties.group, duties.verdict) == ("nothing yet", "50 %", "")
    assert compared(numbers(calls.PortalFigures()), (None, None))[0].group == "too few to tell"


def test_few_others_are_not_shown() -> None:
    def report(**shares: float | None) -> Any:
        owners = [
            calls.OwnerRecord(
                owner_id=name, name=name, duties=1, in_time=1, late=0, missed=0, share_in_time=share, answers=0,
                did={}, goals=[], earned=0,
            )
            for name, share in shares.items()
        ]  # fmt: skip
        return calls.OwnersReply(month="2026-05", currency="USD", owners=owners)

    three = report(ames=0.9, b=0.1, c=0.5, d=0.6)
    assert follow_up(three, "ames", ["b", "c", "d"]) == (0.9, 0.5)
    assert follow_up(three, "ames", ["b", "c"]) == (0.9, None)
    assert follow_up(report(ames=0.9, b=0.1, c=0.5, d=None), "ames", ["b", "c", "d"]) == (0.9, None)
    assert follow_up(None, "ames", ["b", "c", "d"]) == (None, None)


def test_a_month_by_month_plot_tells_the_same_in_words() -> None:
    month = calls.PortalMonth(
        month="2026-04", mine=calls.PortalFigures(hours_to_contact=10), group=calls.PortalFigures(hours_to_contact=20)
    )
    (plot,) = by_month([month])

    assert plot.text == "Time to first contact by month. 2026-04: you 10 hours, your group 20 hours"
    assert (plot.bars[0].mine, plot.bars[0].group) == (20, 40)
    assert by_month([]) == []


def test_every_way_and_state_of_a_delivery_and_every_hand_over_has_its_words() -> None:
    assert history.sent("lead", "star", "withdrawn") == "The lead by STAR: taken out of the list"
    assert history.sent("response", "webhook", "planned") == (
        "News of the prospect by direct line to the system: on its way"
    )
    assert history.given("given_lapsed", "Ames") == "Given to Ames: nobody acted in time"
    assert history.given("given_otherwise", "A {b}") == "Given to A {b}"
    assert (history.said("won"), history.via("prospect")) == ("sold", "told by the prospect")
