"""The queues on a page, a lead in hand with its script, what was found; the same for a contact centre's program."""

import base64
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import calls
from shared.contracts.errors import ContractViolation, NotAllowed
from shared.contracts.people import Note, Person
from shared.messaging.rpc_client import RoomAway
from tests.unit.gateway.conftest import Desk

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEAD, CLAIM = UUID(int=1), UUID(int=9)
ENTRY = calls.ScreeningEntry(
    lead_id=LEAD, person_id=UUID(int=2), screening_id=UUID(int=3), round=1, queue="telephone", state="claimed",
    rule="farm-without-answers", because="a call tells <b>more</b>", priority=80, requested_at=NOON,
    due_at=NOON + timedelta(hours=4), overdue=False, not_before=NOON, attempts=0, claimed_by="Ann (a test)",
    claimed_until=NOON + timedelta(minutes=30),
)  # fmt: skip
SCRIPT = [
    calls.ScriptStep(
        step="Budget",
        say="Good morning",
        questions=[
            calls.ScriptQuestion(ask="What budget?", answer="budget", kind="number", known="5000", origin="inquiry"),
            calls.ScriptQuestion(ask="By when?", answer="timing", kind="text", choices=["now", "3m"]),
        ],
        objections=[calls.ScriptObjection(says="Too dear.", reply="Per hour it is not.")],
    )
]
NOTE = Note(note_id=UUID(int=5), by="Bob", at=NOON, outcome="unreachable", text="<script>voice mail</script>")
IN_HAND = calls.ScreeningReply(entry=ENTRY, claim=CLAIM, script=SCRIPT, notes=[NOTE], products=["grain-dryer"])
QUEUES = calls.QueuesReply(
    queues=[calls.QueueState(queue="telephone", waiting=3, claimed=1, later=0, overdue=2, oldest_due_at=NOON)],
    entries=[replace(ENTRY, overdue=True, state="waiting", claimed_by=None, claimed_until=None)],
)


def browser(desk: Desk) -> dict[str, str]:
    """Headers of a browser whose user gave a name and a key."""
    presented = desk.key("screening")["Authorization"].removeprefix("Bearer ")
    return {"Authorization": "Basic " + base64.b64encode(f"Ann:{presented}".encode()).decode()}


def token_in(page: str) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_queues_show_what_is_overdue_and_what_comes_next(desk: Desk) -> None:
    desk.rooms.replies[calls.SCREENING_QUEUES] = QUEUES
    page = desk.client.get("/screening", headers=browser(desk))

    assert page.status_code == 200
    assert "2 overdue" in page.text
    assert "Overdue since 2026-03-02 16:00" in page.text
    assert "&lt;b&gt;" in page.text
    assert desk.rooms.calls[0][1]["claimed_by"] == "Ann (a test)"


def test_next_takes_a_lead_in_hand_under_ones_own_name(desk: Desk) -> None:
    desk.rooms.replies |= {calls.SCREENING_QUEUES: QUEUES, calls.CLAIM_SCREENING: calls.ClaimReply(screening=IN_HAND)}
    headers = browser(desk)
    token = token_in(desk.client.get("/screening", headers=headers).text)

    answer = desk.client.post("/screening/next", data={"queue": "telephone", "form_token": token}, headers=headers)

    assert (answer.status_code, answer.headers["Location"]) == (303, f"/screening/{LEAD}")
    assert desk.rooms.calls[-1] == (
        "qualify.claim_screening", {"by": "Ann (a test)", "queue": "telephone", "lead_id": None},
    )  # fmt: skip


def test_a_form_of_another_site_takes_nothing(desk: Desk) -> None:
    answer = desk.client.post("/screening/next", data={"queue": "telephone"}, headers=browser(desk))

    assert answer.status_code == 403
    assert desk.rooms.calls == []


def test_an_empty_queue_says_so(desk: Desk) -> None:
    desk.rooms.replies |= {calls.SCREENING_QUEUES: QUEUES, calls.CLAIM_SCREENING: calls.ClaimReply()}
    headers = browser(desk)
    token = token_in(desk.client.get("/screening", headers=headers).text)
    answer = desk.client.post("/screening/next", data={"form_token": token}, headers=headers)

    assert "Nothing waits here" in desk.client.get(answer.headers["Location"], headers=headers).text


def test_a_lead_in_hand_shows_number_script_notes_and_what_is_known(desk: Desk) -> None:
    dana = Person(person_id=UUID(int=2), name="Dana", phone="+15155550142")
    person = calls.PersonReply(
        person_id=UUID(int=2), current_id=UUID(int=2), person=dana,
        revision=1, registered_at=NOON, facts=[], lead_ids=[LEAD], merges=[], related=[],
    )  # fmt: skip
    desk.rooms.replies |= {calls.SCREENING: IN_HAND, calls.PERSON: person}
    page = desk.client.get(f"/screening/{LEAD}", headers=browser(desk)).text

    assert 'href="tel:+15155550142"' in page
    assert "Known: 5000, from inquiry" in page
    assert 'name="answer.timing"' in page
    assert "Too dear." in page
    assert "&lt;script&gt;voice mail" in page
    assert str(CLAIM) in page


def test_the_script_can_be_read_while_the_front_desk_is_away(desk: Desk) -> None:
    desk.rooms.replies |= {calls.SCREENING: IN_HAND, calls.PERSON: RoomAway("capture")}
    page = desk.client.get(f"/screening/{LEAD}", headers=browser(desk))

    assert page.status_code == 200
    assert "front desk does not answer" in page.text


def test_a_report_goes_in_with_answers_and_note(desk: Desk) -> None:
    done = calls.ReportReply(entry=replace(ENTRY, state="done", outcome="not_now"), changed=True)
    desk.rooms.replies |= {
        calls.SCREENING: IN_HAND, calls.PERSON: RoomAway("capture"), calls.REPORT_SCREENING: done,
        calls.SCREENING_QUEUES: QUEUES,
    }  # fmt: skip
    headers = browser(desk)
    token = token_in(desk.client.get(f"/screening/{LEAD}", headers=headers).text)
    form = {
        "form_token": token, "claim": str(CLAIM), "outcome": "not_now", "until": "2026-09-01",
        "answer.budget": "50k", "answer.timing": "", "note": "after\r\nharvest",
    }  # fmt: skip

    answer = desk.client.post(f"/screening/{LEAD}/report", data=form, headers=headers)

    assert answer.status_code == 303
    said = desk.rooms.calls[-1][1]
    assert said["answers"] == {"budget": "50k", "timing": ""}
    assert (said["outcome"], said["until"], said["note"]) == ("not_now", date(2026, 9, 1), "after\nharvest")
    assert (said["claim"], said["by"]) == (CLAIM, "Ann (a test)")
    assert "not now" in desk.client.get(answer.headers["Location"], headers=headers).text


def test_a_report_that_is_refused_keeps_what_was_typed(desk: Desk) -> None:
    desk.rooms.replies |= {
        calls.SCREENING: IN_HAND, calls.PERSON: RoomAway("capture"),
        calls.REPORT_SCREENING: ContractViolation("ReportRequest", {"answers.budget": ["cannot be read as a number"]}),
    }  # fmt: skip
    headers = browser(desk)
    token = token_in(desk.client.get(f"/screening/{LEAD}", headers=headers).text)
    form = {
        "form_token": token, "claim": str(CLAIM), "outcome": "qualified", "answer.budget": "a lot",
        "note": "<i>nice</i>",
    }  # fmt: skip

    answer = desk.client.post(f"/screening/{LEAD}/report", data=form, headers=headers)

    assert answer.status_code == 422
    assert "cannot be read as a number" in answer.text
    assert 'value="a lot"' in answer.text
    assert "&lt;i&gt;nice" in answer.text


def test_a_lead_that_has_gone_on_is_said_in_words(desk: Desk) -> None:
    desk.rooms.replies |= {
        calls.SCREENING: IN_HAND, calls.PERSON: RoomAway("capture"), calls.SCREENING_QUEUES: QUEUES,
        calls.REPORT_SCREENING: NotAllowed("Your time with this lead is over, and it has gone on."),
    }  # fmt: skip
    headers = browser(desk)
    token = token_in(desk.client.get(f"/screening/{LEAD}", headers=headers).text)
    form = {"form_token": token, "claim": str(CLAIM), "outcome": "qualified"}
    answer = desk.client.post(f"/screening/{LEAD}/report", data=form, headers=headers)

    assert "it has gone on" in desk.client.get(answer.headers["Location"], headers=headers).text


def test_a_program_claims_and_reports_as_json(desk: Desk) -> None:
    done = calls.ReportReply(entry=replace(ENTRY, state="done", outcome="qualified"), changed=True)
    desk.rooms.replies |= {
        calls.CLAIM_SCREENING: calls.ClaimReply(screening=IN_HAND), calls.REPORT_SCREENING: done,
    }  # fmt: skip
    key = desk.key("screening")
    claimed = desk.client.post("/v1/screening/claim", json={"queue": "telephone", "by": "agent 7"}, headers=key)
    assert claimed.json["screening"]["claim"] == str(CLAIM)
    report = {"claim": str(CLAIM), "outcome": "qualified", "answers": {"budget": "50000"}, "by": "agent 7"}

    answer = desk.client.post(f"/v1/screening/{LEAD}/report", json=report, headers=key)

    assert (answer.status_code, answer.json["changed"]) == (200, True)
    assert desk.rooms.calls[-1][1]["by"] == "agent 7 (a test)"


@pytest.mark.parametrize("body", [{"queue": "letters"}, {"lead_id": "no id"}, {"queue": 7}])
def test_a_claim_of_another_shape_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    assert desk.client.post("/v1/screening/claim", json=body, headers=desk.key("screening")).status_code == 422
    assert desk.rooms.calls == []
