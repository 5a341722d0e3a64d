"""Footsteps in the database: each filed once, joined once, judged, and counted."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from services.capture.models import Activity, ActivityBatch, Inquiry, Person, PersonKey, Visitor
from services.capture.usecases import trails, verdicts
from shared.contracts.calls import FootstepsRequest
from shared.contracts.capture import ActivityReassessed, ActivityReassigned, ActivityRecorded, LeadRegistered
from shared.contracts.errors import NotFound
from tests.builders import NOON
from tests.integration.capture import steps as footsteps
from tests.integration.capture.desk import FrontDesk, only, raw
from tests.integration.capture.steps import activities, followed, inquiry, page, steps, told

ANN, BOB = "visitor-of-ann-0001", "visitor-of-bob-0002"
MOST_QUERIES = 12


@pytest.fixture(autouse=True)
def _signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_SECRET", footsteps.SECRET)


def _known(desk: FrontDesk, email: str = "ann@leefarms.example", **over: Any) -> uuid.UUID:
    """Somebody who inquired; the person's id."""
    sent = inquiry(over.pop("visitor", None), email, **over)
    desk.receive(sent)
    row = only(row for row in desk.rows(Inquiry) if row["receipt_id"] == sent.intake.receipt_id)
    person_id: uuid.UUID = row["person_id"]
    return person_id


def _verdicts(desk: FrontDesk) -> list[tuple[str, list[str]]]:
    return [(row["verdict"], row["signs"]) for row in activities(desk)]


# --- who it was ------------------------------------------------------------------------------------------------------


def test_anonymous_visits_join_the_person_who_then_inquires(desk: FrontDesk) -> None:
    desk.receive(steps(ANN, page("/dryers", age=60_000), page("/dryers/gd-500")))
    assert desk.published(ActivityRecorded) == []

    desk.receive(inquiry(ANN, minutes=5))

    lead = only(desk.published(LeadRegistered))
    recorded = desk.published(ActivityRecorded)
    assert [(one.what, one.person_id, one.lead_id, one.anonymous_before) for one in recorded] == [
        ("/dryers", lead.person_id, lead.lead_id, True),
        ("/dryers/gd-500", lead.person_id, lead.lead_id, True),
    ]
    assert [one.at for one in recorded] == [NOON - timedelta(minutes=1), NOON]


def test_steps_and_inquiry_of_one_batch_find_each_other(desk: FrontDesk) -> None:
    desk.receive(inquiry(ANN, minutes=1), steps(ANN, page("/dryers")))

    assert only(desk.published(ActivityRecorded)).anonymous_before


def test_what_is_done_later_belongs_to_the_person_at_once(desk: FrontDesk) -> None:
    person = _known(desk, visitor=ANN)
    desk.receive(steps(ANN, page("/mowers"), minutes=9))

    recorded = only(desk.published(ActivityRecorded))
    assert (recorded.person_id, recorded.anonymous_before) == (person, False)
    assert recorded.lead_id == only(desk.published(LeadRegistered)).lead_id


def test_a_second_inquiry_tells_nothing_twice(desk: FrontDesk) -> None:
    desk.receive(steps(ANN, page("/dryers")))
    desk.receive(inquiry(ANN, minutes=1), inquiry(ANN, minutes=20, fields={"your-message": "And a price, please"}))
    desk.receive(inquiry(ANN, minutes=40, fields={"your-message": "Hello?"}))

    assert len(desk.published(ActivityRecorded)) == 1


def test_who_comes_second_on_a_shared_computer_gets_only_what_comes_after(desk: FrontDesk) -> None:
    desk.receive(steps(ANN, page("/before")))
    ann = _known(desk, visitor=ANN, minutes=1)
    desk.receive(steps(ANN, page("/between"), minutes=2))
    bob = _known(desk, "bob@hill.example", name="Bob Hill", visitor=ANN, minutes=3)
    desk.receive(steps(ANN, page("/after"), minutes=4))

    assert [(row["what"], row["person_id"]) for row in activities(desk)] == [
        ("/before", ann),
        ("/between", ann),
        ("/after", bob),
    ]
    assert desk.published(ActivityReassigned) == []


def test_when_the_first_of_two_is_learnt_late_the_move_is_told(desk: FrontDesk) -> None:
    desk.receive(steps(ANN, page("/before")))
    bob = _known(desk, "bob@hill.example", name="Bob Hill", visitor=ANN, minutes=3)
    ann = _known(desk, visitor=ANN, minutes=1)

    moved = only(desk.published(ActivityReassigned))
    assert (moved.previous_person_id, moved.person_id, moved.revision) == (bob, ann, 2)
    assert only(activities(desk))["person_id"] == ann


def test_a_link_out_of_a_mail_is_known_at_once_and_makes_the_browser_known(desk: FrontDesk) -> None:
    ann = _known(desk)
    desk.receive(steps(ANN, page("/dryers"), minutes=1))
    desk.receive(followed("drying-guide", ann, uuid.uuid4(), minutes=5, visitor=ANN))
    desk.receive(steps(ANN, page("/dealers"), minutes=6))

    assert [(row["what"], row["person_id"], row["anonymous_before"]) for row in activities(desk)] == [
        ("/dryers", ann, True),
        ("drying-guide", ann, False),
        ("/dealers", ann, False),
    ]
    link = next(one for one in desk.published(ActivityRecorded) if one.kind == "download")
    assert (link.title, link.tactic) == ("White paper: drying corn without losing weight", "email")


@pytest.mark.parametrize("harm", [lambda token: token[:-3] + "AAA", lambda token: "", lambda token: "x" * 5000])
def test_a_token_that_is_not_ours_names_nobody(desk: FrontDesk, harm: Any) -> None:
    ann = _known(desk)
    token = harm(footsteps.TOKENS.make(ann, uuid.uuid4(), NOON))
    desk.receive(steps(ANN, {"kind": "download", "what": "drying-guide", "token": token}, minutes=5))

    assert only(activities(desk))["person_id"] is None
    assert only(desk.rows(Visitor))["identified"] == []


def test_steps_of_a_merged_person_belong_to_who_they_are_now(desk: FrontDesk) -> None:
    ann = _known(desk, visitor=ANN)
    bob = _known(desk, "bob@hill.example", name="Bob Hill", minutes=1)
    with desk.engine.begin() as connection:
        connection.execute(update(Person).where(Person.id == ann).values(current_id=bob))
    desk.receive(steps(ANN, page("/dryers"), minutes=2))

    row = only(activities(desk))
    assert (row["person_id"], row["origin_person_id"]) == (bob, ann)
    assert only(desk.published(ActivityRecorded)).person_id == bob
    with desk.uow.begin() as tx:
        assert [one.what for one in trails.footsteps(tx, FootstepsRequest(person_id=ann)).steps] == ["/dryers"]


# --- partners --------------------------------------------------------------------------------------------------------


def test_what_a_partner_saw_joins_by_email_before_and_after_the_inquiry(desk: FrontDesk) -> None:
    webinar = {
        "id": "w-1",
        "kind": "webinar",
        "what": "Drying corn",
        "email": "ANN@leefarms.example",
        "at": "2026-02-20T17:00:00Z",
    }
    desk.receive(told(webinar))
    assert only(activities(desk))["person_id"] is None
    assert "ann@leefarms.example" not in str(desk.rows(Activity)) + str(desk.rows(Visitor))

    ann = _known(desk, minutes=1)
    desk.receive(told(webinar | {"id": "w-2", "what": "Storing corn"}, minutes=2))

    assert [(one.what, one.person_id, one.anonymous_before) for one in desk.published(ActivityRecorded)] == [
        ("Drying corn", ann, False),
        ("Storing corn", ann, False),
    ]


def test_a_partner_s_touch_and_an_inquiry_that_miss_each_other_are_joined_later(desk: FrontDesk) -> None:
    ann = _known(desk)
    desk.receive(told({"kind": "call", "what": "Service line", "email": "other@leefarms.example"}, minutes=1))
    with desk.engine.begin() as connection:  # as if neither transaction had seen the other
        connection.execute(
            update(PersonKey).where(PersonKey.person_id == ann).values(key="email:other@leefarms.example")
        )
    desk.clock.forward(minutes=10)
    desk.run_due()

    assert only(desk.published(ActivityRecorded)).person_id == ann


def test_the_public_script_cannot_say_whose_email_it_is(desk: FrontDesk) -> None:
    _known(desk)
    desk.receive(steps(None, {"kind": "webinar", "what": "Forged", "email": "ann@leefarms.example"}, minutes=1))

    assert only(activities(desk))["person_id"] is None


# --- a person or a program -------------------------------------------------------------------------------------------


def test_a_robot_s_visits_are_kept_and_marked(desk: FrontDesk) -> None:
    robot = {"user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    desk.receive(steps(ANN, page("/dryers"), headers=robot))

    assert _verdicts(desk) == [("bot", ["known_bot"])]


def test_a_browser_that_turns_out_to_be_driven_takes_its_earlier_visits_back(desk: FrontDesk) -> None:
    _known(desk, visitor=ANN)
    desk.receive(steps(ANN, page("/dryers"), minutes=1))
    desk.receive(steps(ANN, page("/mowers"), marks=["webdriver"], minutes=2))

    change = only(desk.published(ActivityReassessed))
    assert (change.what, change.previous_verdict, change.verdict, change.revision) == ("/dryers", "human", "bot", 2)
    assert [verdict for verdict, _ in _verdicts(desk)] == ["bot", "bot"]
    assert [one.verdict for one in desk.published(ActivityRecorded)] == ["human", "bot"]


def test_many_links_of_one_mail_within_seconds_take_the_first_click_back(desk: FrontDesk) -> None:
    ann, mail = _known(desk), uuid.uuid4()
    for minute, link in ((5, "drying-guide"), (5.05, "gd-500-brochure"), (5.1, "field-days")):
        desk.receive(followed(link, ann, mail, minutes=minute))

    assert {verdict for verdict, _ in _verdicts(desk)} == {"suspect"}
    assert {one.what for one in desk.published(ActivityReassessed)} == {"drying-guide", "gd-500-brochure"}
    assert [one.verdict for one in desk.published(ActivityRecorded)] == ["human", "human", "suspect"]


def test_the_same_links_followed_at_leisure_are_a_reader_s(desk: FrontDesk) -> None:
    ann, mail = _known(desk), uuid.uuid4()
    for minute, link in ((5, "drying-guide"), (6, "gd-500-brochure"), (9, "field-days")):
        desk.receive(followed(link, ann, mail, minutes=minute))

    assert {verdict for verdict, _ in _verdicts(desk)} == {"human"}


def test_a_link_that_no_reader_sees_gives_the_scanner_away(desk: FrontDesk) -> None:
    ann, mail = _known(desk), uuid.uuid4()
    desk.receive(followed("drying-guide", ann, mail, minutes=5), followed("imprint-archive", ann, mail, minutes=7))
    desk.receive(followed("field-days", ann, uuid.uuid4(), minutes=7))

    assert _verdicts(desk) == [("bot", ["trap_link"]), ("human", []), ("bot", ["trap_link"])]


def test_a_click_within_moments_of_sending_is_suspect(desk: FrontDesk) -> None:
    ann = _known(desk)
    desk.receive(followed("drying-guide", ann, uuid.uuid4(), NOON + timedelta(minutes=5), minutes=5))

    assert _verdicts(desk) == [("suspect", ["right_after_sending"])]


def test_a_longer_list_of_scanners_is_applied_to_what_was_filed_before(desk: FrontDesk) -> None:
    ann = _known(desk)
    desk.receive(followed("drying-guide", ann, uuid.uuid4(), minutes=5, remote_address="64.235.150.7"))
    desk.receive(followed("field-days", ann, uuid.uuid4(), minutes=6, remote_address="198.51.100.7"))
    assert [one.verdict for one in desk.published(ActivityRecorded)] == ["bot", "human"]

    longer = footsteps.company_with(networks=["198.51.100.0/24"])
    desk.clock.forward(minutes=10)
    with desk.uow.begin() as tx:
        verdicts.ask_again(tx, NOON - timedelta(days=1))
    footsteps.judge_with(desk, longer)

    changes = {one.what: one.verdict for one in desk.published(ActivityReassessed)}
    assert changes == {"drying-guide": "human", "field-days": "bot"}


# --- attribution -----------------------------------------------------------------------------------------------------

FIRST = {
    "utm_source": "google",
    "gclid": "g-1",
    "landing_page": "https://www.prairieline.example/dryers",
    "age": 86_400_000,
}
LAST = {"utm_source": "newsletter", "utm_medium": "email", "age": 1000}


def test_first_and_last_touch_are_filed_with_the_inquiry_where_the_sender_says_nothing(desk: FrontDesk) -> None:
    desk.receive(steps(ANN, page("/dryers"), first=FIRST, last=LAST))
    desk.receive(inquiry(ANN, minutes=1, fields={"utm_source": "the form's own", "first_gclid": ""}))

    attribution = only(desk.published(LeadRegistered)).response.attribution
    assert attribution["utm_source"] == "the form's own"
    assert {name: attribution[name] for name in ("first_utm_source", "first_gclid", "last_utm_source")} == {
        "first_utm_source": "google",
        "first_gclid": "g-1",
        "last_utm_source": "newsletter",
    }
    assert attribution["first_touch_at"] == (NOON - timedelta(days=1)).isoformat()


def test_the_earliest_touch_stays_first_whatever_comes_later(desk: FrontDesk) -> None:
    desk.receive(steps(ANN, page("/dryers"), first=FIRST, last=LAST))
    desk.receive(
        steps(
            ANN, page("/x"), first={"utm_source": "later", "age": 5}, last={"utm_source": "bing", "age": 0}, minutes=1
        )
    )

    visitor = only(desk.rows(Visitor))
    assert (visitor["first_touch"]["utm_source"], visitor["last_touch"]["utm_source"]) == ("google", "bing")


def test_a_step_carries_campaign_source_and_tactic_of_its_visit(desk: FrontDesk) -> None:
    _known(desk, visitor=ANN)
    desk.receive(
        steps(ANN, page("/dryers?utm_campaign=gs-dryers-2026&gclid=g-2&email=ann%40leefarms.example"), minutes=1)
    )

    recorded = only(desk.published(ActivityRecorded))
    assert (recorded.campaign, recorded.source, recorded.tactic) == ("google-search-dryers", "google", "paid search")
    assert "email" not in (recorded.url or "")


# --- nothing lost, nothing twice -------------------------------------------------------------------------------------


def test_received_is_stored_and_duplicate_and_refused(desk: FrontDesk) -> None:
    view = page("/dryers")
    desk.receive(steps(ANN, view, view, {"what": "no kind"}), steps(ANN, view), raw(b"\xff\x00", dialect="activity"))

    ledger = desk.ledger()
    assert {name: ledger[f"activities_{name}"] for name in ("received", "stored", "duplicate", "refused")} == {
        "received": 5,
        "stored": 1,
        "duplicate": 2,
        "refused": 2,
    }
    assert ledger["received"] == 0
    assert [row["body"] for row in desk.rows(ActivityBatch) if row["body"] == b"\xff\x00"] == [b"\xff\x00"]


def test_a_message_that_comes_twice_counts_once(desk: FrontDesk) -> None:
    sent = steps(ANN, {"kind": "page", "what": "/no-id-of-its-own"})
    desk.receive(sent, sent)
    desk.receive(sent)

    assert (len(activities(desk)), desk.ledger()["activities_received"]) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{}", b'{"events": 5}', b'{"events": []}', b"[" * 100_000,
        b'{"events": [null, 1, "x", []]}',
        b'{"events": [{"kind": "page", "what": "a\\u0000b", "title": "\\u0000", "details": {"\\u0000": "\\u0000"}}]}',
        b'{"events": [{"kind": "page", "what": "x", "age": 1e308}, {"kind": "page", "what": "x", "age": -5}]}',
        b'{"visitor": {"a": 1}, "first": 7, "last": [], "marks": {}, "events": [{"kind": "page", "url": "http://["}]}',
        json.dumps({"events": [{"kind": "page", "what": "x"}] * 101}).encode(),
        '{"events": [{"kind": "page", "what": "\ud800"}]}'.encode("utf-8", "surrogatepass"),
    ],
)  # fmt: skip
def test_a_hostile_body_is_refused_or_filed_and_harms_nothing(desk: FrontDesk, body: bytes) -> None:
    hostile = raw(body, dialect="activity", source="www\x00", headers={"user-agent": "x\x00y"})
    desk.receive(hostile, steps(ANN, page("/dryers")))

    ledger = desk.ledger()
    outcomes = ("stored", "duplicate", "refused")
    assert ledger["activities_received"] == sum(ledger[f"activities_{name}"] for name in outcomes)
    assert "/dryers" in {row["what"] for row in activities(desk)}


def test_a_batch_costs_a_handful_of_queries(desk: FrontDesk) -> None:
    _known(desk, visitor=ANN)
    statements: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        statements.append(statement)

    event.listen(desk.engine, "before_cursor_execute", note)
    desk.receive(*(steps(f"visitor-{n % 20:04}", *(page(f"/{n}/{m}") for m in range(5))) for n in range(100)))

    assert len(statements) <= MOST_QUERIES, statements


# --- answers ---------------------------------------------------------------------------------------------------------


def test_a_person_s_footsteps_are_told_in_pages_newest_first(desk: FrontDesk) -> None:
    for minute in range(7):
        desk.receive(steps(ANN, page(f"/{minute}"), minutes=minute, first=FIRST, last=LAST))
    ann = _known(desk, visitor=ANN, minutes=8)
    desk.receive(steps(ANN, page("/robot"), marks=["webdriver"], minutes=9))

    with desk.uow.begin() as tx:
        newest = trails.footsteps(tx, FootstepsRequest(person_id=ann, limit=5))
        older = trails.footsteps(tx, FootstepsRequest(person_id=ann, limit=5, before=newest.next_before))

    assert [one.what for one in (*newest.steps, *older.steps)] == ["/robot", *(f"/{n}" for n in range(6, -1, -1))]
    assert older.next_before is None
    assert newest.first_touch is not None
    assert newest.first_touch.touch["gclid"] == "g-1"
    assert newest.steps[0].reasons == ["a browser that a program drives"]


def test_nobody_has_no_footsteps(desk: FrontDesk) -> None:
    with desk.uow.begin() as tx, pytest.raises(NotFound):
        trails.footsteps(tx, FootstepsRequest(person_id=uuid.uuid4()))


def test_a_partner_is_told_what_became_of_each_touch(desk: FrontDesk) -> None:
    sent = told({"kind": "webinar", "what": "Drying corn"}, {"kind": "webinar", "what": "x", "email": "a@b.example"})
    desk.receive(sent)

    with desk.uow.begin() as tx:
        found = trails.receipt(tx, sent.intake.receipt_id)
    assert (found.received, found.stored, found.refused) == (2, 1, 1)
    assert found.problems[0].problem.startswith("whose it is, is missing")
