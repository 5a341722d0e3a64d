"""The rules as the gateway shows them, and the buttons of those who approve and publish."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from gateway.backtest_page import page as backtest_page
from shared.contracts import calls
from shared.contracts.errors import NotAllowed
from tests.unit.gateway.conftest import Desk
from tests.unit.gateway.test_campaign_pages import Strict

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LIVE, DRAFT = "a" * 64, "b" * 64
EVERYBODY = ("rules:read", "rules:write", "rules:approve:marketing", "rules:approve:sales")
LEAD = calls.MovedLead(
    lead_id=UUID(int=7), as_of=NOON, rank_before="hot", rank_after="cold", score_before=61, score_after=22,
    decision_before="qualified", decision_after="not_ready", outcome="won", because=["owner: 0 instead of 15"],
)  # fmt: skip
REPORT = calls.BacktestReport(
    draft=DRAFT[:12], against=LIVE[:12], since=date(2025, 3, 2), until=date(2026, 3, 2), leads=1200, changed=30,
    ranks=[calls.Move(before="hot", after="hot", leads=100), calls.Move(before="hot", after="cold", leads=30)],
    decisions=[calls.Move(before="qualified", after="not_ready", leads=30)],
    qualified_live=100, qualified_draft=70, examples=[LEAD], newly_missed=[LEAD],
    load=[calls.OwnerLoad(owner_id="ames <dealer>", live=60.5, draft=40),
          calls.OwnerLoad(owner_id="", live=0, draft=3)],
    won=40, lost=160,
    live_lift=calls.Lift(qualified=80, won=30, missed=10, win_rate=37.5, lift=1.88),
    draft_lift=calls.Lift(qualified=0, won=0, missed=40),
    prints=[calls.PrintCost(rank="hot", each=Decimal("4.80"), live=100, draft=70)],
)  # fmt: skip


def entry(digest: str, state: str, *approved: str) -> calls.RuleSetEntry:
    return calls.RuleSetEntry(
        version=digest[:12],
        digest=digest,
        state=state,
        approvals=[calls.RuleApprovalEntry(party=each, by=f"{each}'s <head>", at=NOON) for each in approved],
        missing=[each for each in ("marketing", "sales") if each not in approved],
    )


PUBLISHED = calls.RulePublicationEntry(number=1, version=LIVE[:12], kind="first", share=100, by="rules.yml", at=NOON)
CHANGE = calls.RuleChange(section="points", entry="owner", kind="changed", words="counts 0 <points> instead of 15")
STATE = calls.RulesReply(
    live=entry(LIVE, "live", "marketing", "sales"),
    draft=entry(DRAFT, "draft", "sales"),
    changes=[CHANGE],
    publications=[PUBLISHED],
    backtest=calls.BacktestEntry(report=REPORT, ran_by="Ben", ran_at=NOON),
)  # fmt: skip
APPROVED = replace(STATE, draft=entry(DRAFT, "approved", "marketing", "sales"))
SECOND = replace(PUBLISHED, number=2, version=DRAFT[:12], kind="publish")
CHANGED = calls.RulesReply(
    live=entry(DRAFT, "live", "marketing", "sales"), replaced=LIVE[:12], publications=[SECOND, PUBLISHED],
    reassessment=calls.ReassessmentEntry(number=2, done=4200, changed=31, started_at=NOON),
)  # fmt: skip


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.rooms.replies |= {
        calls.RULES: STATE, calls.APPROVE_RULES: STATE, calls.PUBLISH_RULES: STATE, calls.REVERT_RULES: STATE,
        calls.RULE_TEXT: calls.RuleTextReply(version=LIVE[:12], digest=LIVE, text="points: # <all>"),
    }  # fmt: skip
    return desk


def form(page: str, path: str, **wanted: str) -> dict[str, str]:
    """The hidden fields of the form that posts there."""
    for found in re.findall(rf'<form method="post" action="{path}">(.*?)</form>', page, re.S):
        fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', found))
        if wanted.items() <= fields.items():
            return fields
    raise AssertionError(f"there is no form for {path} {wanted}")


def test_the_page_says_in_words_what_the_draft_changes_and_whose_approval_is_missing(full: Desk) -> None:
    page = full.client.get("/rules", headers=full.key("rules:read"))
    text = " ".join(page.text.split())
    Strict().feed(page.text)

    assert page.status_code == 200
    assert "<strong>points: owner</strong> counts 0 &lt;points&gt; instead of 15" in text
    assert "sales&#39;s &lt;head&gt;" in text
    assert "<dt>Marketing</dt><dd><strong>has not approved</strong>" in text
    assert "Approve for" not in text
    assert "Publish" not in re.sub("Publications", "", text)


def test_the_last_backtest_stands_beside_the_draft(full: Desk) -> None:
    text = " ".join(full.client.get("/rules", headers=full.key("rules:read")).text.split())

    assert "1,200 leads from 2025-03-02 to 2026-03-02" in text
    assert "30 change rank or decision" in text
    assert "ames &lt;dealer&gt;" in text
    assert "60.5 → 40" in text
    assert "nobody yet" in text
    assert "37.5 % of 80 qualified were won, 1.88 × the average; 10 won without it" in text
    assert "none was qualified; 40 won without it" in text
    assert "480.00 → 336.00" in text
    assert "Sales that it would have missed" in text


def test_who_approves_for_marketing_finds_that_button_alone_and_approves_the_text_that_was_shown(full: Desk) -> None:
    key = full.key("rules:approve:marketing")
    page = full.client.get("/rules", headers=key).text
    fields = form(page, "/rules/approve", party="marketing")
    answer = full.client.post("/rules/approve", headers=key, data=fields)

    assert "Approve for sales" not in page
    assert answer.status_code == 303
    assert full.rooms.calls[-1] == (
        "qualify.approve_rules",
        {"digest": DRAFT, "party": "marketing", "by": "a test", "approver": "key k0", "text": None},
    )


@pytest.mark.parametrize("path", ["/rules/approve", "/v1/rules/approve"])
def test_nobody_approves_for_a_party_that_is_not_theirs(full: Desk, path: str) -> None:
    key = full.key("rules:approve:marketing")
    fields = form(full.client.get("/rules", headers=key).text, "/rules/approve") | {"party": "sales"}
    sent = {"json": fields} if path.startswith("/v1") else {"data": fields}
    answer = full.client.post(path, headers=key, **sent)  # type: ignore[arg-type]

    assert answer.status_code == 403
    assert not [name for name, _ in full.rooms.calls if name == "qualify.approve_rules"]


def test_a_token_for_one_text_does_not_approve_another(full: Desk) -> None:
    key = full.key("rules:approve:marketing")
    fields = form(full.client.get("/rules", headers=key).text, "/rules/approve") | {"digest": LIVE}

    assert full.client.post("/rules/approve", headers=key, data=fields).status_code == 403


def test_an_approved_draft_can_be_published_to_a_share(full: Desk) -> None:
    full.rooms.replies[calls.RULES] = APPROVED
    key = full.key("rules:write")
    fields = form(full.client.get("/rules", headers=key).text, "/rules/publish")
    answer = full.client.post("/rules/publish", headers=key, data=fields | {"share": "25"})

    assert answer.status_code == 303
    assert full.rooms.calls[-1] == ("qualify.publish_rules", {"digest": DRAFT, "share": 25, "by": "a test"})


def test_a_refusal_stands_on_the_page(full: Desk) -> None:
    full.rooms.replies[calls.RULES] = APPROVED
    full.rooms.replies[calls.PUBLISH_RULES] = NotAllowed("sales has not approved <this>")
    key = full.key("rules:write")
    fields = form(full.client.get("/rules", headers=key).text, "/rules/publish")
    answer = full.client.post("/rules/publish", headers=key, data=fields)

    assert answer.status_code == 409
    assert "sales has not approved &lt;this&gt;" in answer.text


def test_a_revert_names_the_publication_that_it_undoes(full: Desk) -> None:
    full.rooms.replies[calls.RULES] = CHANGED
    key = full.key("rules:write")
    page = full.client.get("/rules", headers=key).text
    answer = full.client.post("/rules/revert", headers=key, data=form(page, "/rules/revert"))

    assert "4,200 open leads have been assessed anew" in " ".join(page.split())
    assert answer.status_code == 303
    assert full.rooms.calls[-1] == ("qualify.revert_rules", {"number": 2, "by": "a test"})


def test_programs_do_the_same_by_json(full: Desk) -> None:
    key = full.key(*EVERYBODY)
    approve = full.client.post("/v1/rules/approve", headers=key, json={"digest": DRAFT, "party": "sales", "by": "Sam"})
    publish = full.client.post("/v1/rules/publish", headers=key, json={"digest": DRAFT, "share": 10})
    revert = full.client.post("/v1/rules/revert", headers=key, json={})

    assert [each.status_code for each in (approve, publish, revert)] == [200, 200, 200]
    assert full.client.get("/v1/rules", headers=key).get_json()["draft"]["missing"] == ["marketing"]
    assert ("qualify.publish_rules", {"digest": DRAFT, "share": 10, "by": "a test"}) in full.rooms.calls
    approver = next(fields["approver"] for name, fields in full.rooms.calls if name == "qualify.approve_rules")
    assert approver == "key k0"


def test_json_cannot_say_who_approves(full: Desk) -> None:
    key = full.key("rules:approve:sales")
    full.client.post(
        "/v1/rules/approve", headers=key, json={"digest": DRAFT, "party": "sales", "approver": "somebody else"}
    )

    assert full.rooms.calls[-1][1]["approver"] == "key k0"


@pytest.mark.parametrize("path", ["/rules", "/v1/rules", f"/rules/{LIVE[:12]}/text", f"/v1/rules/{LIVE[:12]}"])
def test_only_who_has_to_do_with_rules_sees_them(full: Desk, path: str) -> None:
    assert full.client.get(path).status_code == 401
    assert full.client.get(path, headers=full.key("manage", "read")).status_code == 403
    assert full.client.get(path, headers=full.key("rules:read")).status_code == 200


@pytest.mark.parametrize("path", ["/rules/publish", "/rules/revert", "/v1/rules/publish", "/v1/rules/revert"])
def test_who_may_only_approve_neither_publishes_nor_reverts(full: Desk, path: str) -> None:
    assert full.client.post(path, headers=full.key("rules:approve:sales"), json={}).status_code == 403


def test_a_text_is_shown_to_the_last_character(full: Desk) -> None:
    page = full.client.get(f"/rules/{LIVE[:12]}/text", headers=full.key("rules:read"))
    Strict().feed(page.text)

    assert "points: # &lt;all&gt;" in page.text
    assert LIVE in page.text


def test_a_backtest_is_a_page_of_its_own_that_needs_no_server() -> None:
    page = backtest_page(REPORT)

    assert "ames &lt;dealer&gt;" in page
    assert "<style>:root" in page
    assert 'href="/' not in page
