"""Two people become one and two again: nothing of either history is lost or mixed up."""

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import OperationalError

from services.capture.models import ConsentStatement, Inquiry, Lead, Person, PersonKey, PersonMerge, PersonReview
from services.capture.usecases import comparing, merging
from services.capture.usecases.matching import Lookout
from services.capture.usecases.merging import Grounds
from shared.contracts.capture import (
    ConsentChanged,
    LeadRegistered,
    LeadResponded,
    PersonsMerged,
    PersonsUnmerged,
    PersonUpdated,
)
from shared.contracts.errors import NotFound
from shared.room import RawInquiry
from tests.integration.capture.desk import FrontDesk, desk_on, form, only

HOME = {"address": "412 County Road 9", "city": "Ames", "state": "IA", "zip": "50010"}
ROBERT = {"your-name": "Robert Vandersloot", "your-email": "rvandersloot@gmail.com", **HOME}
BOB = {"your-name": "Bob Vandersloot", "your-email": "bob@slootfarms.example", "your-phone": "515 555 0142", **HOME}
ELLEN = {"your-name": "Ellen Vandersloot", "your-email": "ellen.v@gmail.com", **HOME}
GUS = {"your-name": "Gus Falk", "your-email": "gus@falk.example", "your-phone": "515 555 0177"}


def _person(desk: FrontDesk, given: str) -> dict[str, Any]:
    return only(row for row in desk.rows(Person) if row["given_name"] == given)


def _merge(desk: FrontDesk, one: UUID, other: UUID, **over: Any) -> PersonMerge | None:
    with desk.uow.begin() as tx:
        return merging.merge(tx, one, other, Grounds(**({"by": "test"} | over)))


def _undo(desk: FrontDesk, merge_id: UUID) -> None:
    with desk.uow.begin() as tx:
        merging.unmerge(tx, merge_id, "test")


# --- late joins ------------------------------------------------------------------------------------------------------


def test_a_late_inquiry_without_an_equal_key_joins_whoever_it_is_from(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT))
    desk.receive(form(BOB, minutes=60))

    robert = _person(desk, "Robert")
    assert {row["person_id"] for row in desk.rows(Inquiry)} == {robert["id"]}
    assert robert["phone"] == "+15155550142"
    told = only(desk.published(PersonsMerged))
    assert (told.survivor_id, told.automatic) == (robert["id"], True)
    assert told.confidence >= 0.99
    assert {"given", "family", "street"} <= {reason.field for reason in told.reasons}
    assert only(desk.published(LeadResponded)).person_id == robert["id"]


def test_two_in_one_batch_are_found_alike_as_two_in_two(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT), form(BOB, minutes=1))

    assert len({row["person_id"] for row in desk.rows(Inquiry)}) == 1
    assert len(desk.rows(PersonMerge)) == 1


def test_a_couple_stays_two_and_nobody_is_asked(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT))
    desk.receive(form(ELLEN, minutes=60))

    assert len({row["person_id"] for row in desk.rows(Inquiry)}) == 2
    assert desk.rows(PersonReview) == desk.rows(PersonMerge) == []


def test_a_doubtful_likeness_is_a_question_and_refuses_nobody(desk: FrontDesk) -> None:
    town = {"city": "Ames", "state": "IA", "zip": "50010"}
    desk.receive(form({"your-name": "John Smith", "your-email": "jsmith1@gmail.com", **town}))
    desk.receive(form({"your-name": "John Smith", "your-email": "fastjohn@yahoo.com", **town}, minutes=9))

    review = only(desk.rows(PersonReview))
    assert (review["state"], len(desk.published(LeadRegistered))) == ("open", 2)
    assert 0.5 <= review["probability"] < 0.99
    assert {"given", "family", "place"} <= {reason["field"] for reason in review["reasons"]}


def test_a_late_join_is_undone_like_any_merge(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT))
    desk.receive(form(BOB, minutes=60))
    _undo(desk, only(desk.rows(PersonMerge))["id"])
    desk.receive(form(BOB | {"message": "again"}, minutes=120), form(ROBERT | {"message": "again"}, minutes=121))

    robert, bob = _person(desk, "Robert"), _person(desk, "Bob")
    assert robert["phone"] is None
    assert bob["phone"] == "+15155550142"
    by_person = {row["parsed"]["person"]["email"]: row["person_id"] for row in desk.rows(Inquiry)}
    assert by_person == {"rvandersloot@gmail.com": robert["id"], "bob@slootfarms.example": bob["id"]}
    assert [lead["responses"] for lead in desk.rows(Lead)] == [2, 2]


def test_what_is_learnt_later_brings_two_together(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT), form({"your-name": "Bob Vandersloot", "your-email": "bob@slootfarms.example"}))
    desk.receive(form({"your-email": "bob@slootfarms.example", **HOME}, minutes=60))
    assert desk.rows(PersonMerge) == []
    desk.run_due()

    merged = only(desk.rows(PersonMerge))
    assert (merged["automatic"], merged["undone_at"]) == (True, None)
    assert len({row["person_id"] for row in desk.rows(Inquiry)}) == 1


# --- merge and un-merge ----------------------------------------------------------------------------------------------


def test_after_a_merge_everything_is_the_survivor_s_and_both_ids_are_told(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT | {"newsletter": "yes"}), form(GUS | {"newsletter": "no"}))
    robert, gus = _person(desk, "Robert"), _person(desk, "Gus")
    row = _merge(desk, gus["id"], robert["id"])

    assert row is not None
    survivor, absorbed = row.survivor_id, row.absorbed_id
    for table in (Inquiry, PersonKey, Lead, ConsentStatement):
        assert {each["person_id"] for each in desk.rows(table)} == {survivor}
    told = only(desk.published(PersonsMerged))
    assert (told.lead_ids, told.automatic) == (
        [lead["id"] for lead in desk.rows(Lead) if lead["origin_person_id"]],
        False,
    )
    assert {event.person_id for event in desk.published(PersonUpdated)} == {survivor, absorbed}
    strict = [event for event in desk.published(ConsentChanged) if event.origin.startswith("merge:")]
    assert [(event.person_id, event.allowed) for event in strict] == [(survivor, False)]
    assert desk.ledger()["persons"] == 1


def test_a_further_response_joins_the_older_of_two_open_leads(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT))
    desk.clock.forward(minutes=10)
    desk.receive(form(GUS, minutes=10))
    robert, gus = _person(desk, "Robert"), _person(desk, "Gus")
    _merge(desk, robert["id"], gus["id"])
    desk.receive(form(GUS | {"message": "once more"}, minutes=60))

    older = only(lead for lead in desk.rows(Lead) if lead["origin_person_id"] is None)
    assert desk.published(LeadResponded)[-1].lead_id == older["id"]
    assert len(desk.rows(Lead)) == 2


def test_both_names_of_two_who_were_merged_are_known(desk: FrontDesk) -> None:
    ann, bob = PEOPLE[0], PEOPLE[1]
    desk.receive(form(ann), form(bob))
    _merge(desk, _person(desk, "Ann")["id"], _person(desk, "Bob")["id"])
    for who in (ann, bob):
        desk.receive(form({name: who[name] for name in ("your-name", "your-phone")} | {"message": "x"}, minutes=60))

    assert len({row["person_id"] for row in desk.rows(Inquiry)}) == 1


def test_merging_twice_or_with_itself_changes_nothing(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT), form(GUS))
    robert, gus = _person(desk, "Robert"), _person(desk, "Gus")
    _merge(desk, robert["id"], gus["id"])
    assert _merge(desk, gus["id"], robert["id"]) is None
    assert _merge(desk, gus["id"], gus["id"]) is None
    with pytest.raises(NotFound):
        _merge(desk, gus["id"], UUID(int=5))

    assert len(desk.rows(PersonMerge)) == len(desk.published(PersonsMerged)) == 1


def test_undoing_twice_changes_nothing_and_the_two_are_not_merged_again_unasked(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT))
    desk.receive(form(BOB, minutes=60))
    merge_id = only(desk.rows(PersonMerge))["id"]
    _undo(desk, merge_id)
    _undo(desk, merge_id)
    for row in desk.rows(Person):
        with desk.uow.begin() as tx:
            comparing.compare(tx, row["id"])

    assert len(desk.published(PersonsUnmerged)) == 1
    assert only(desk.rows(PersonReview))["state"] == "different"
    assert len(desk.rows(PersonMerge)) == 1


def test_an_undone_merge_gives_back_what_each_had_allowed(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT | {"newsletter": "yes"}), form(GUS | {"newsletter": "no"}))
    robert, gus = _person(desk, "Robert"), _person(desk, "Gus")
    row = _merge(desk, robert["id"], gus["id"])
    assert row is not None
    desk.clock.forward(hours=1)
    _undo(desk, row.id)

    last = {event.person_id: event.allowed for event in desk.published(ConsentChanged)}
    assert last == {robert["id"]: True, gus["id"]: False}


def test_a_question_answered_same_merges_and_an_answer_stands(desk: FrontDesk) -> None:
    town = {"city": "Ames", "state": "IA", "zip": "50010"}
    desk.receive(form({"your-name": "John Smith", "your-email": "jsmith1@gmail.com", **town}))
    desk.receive(form({"your-name": "John Smith", "your-email": "fastjohn@yahoo.com", **town}, minutes=9))
    key = only(desk.rows(PersonReview))["key"]
    for _ in range(2):
        with desk.uow.begin() as tx:
            comparing.decide(tx, key, "same", "test")

    merged = only(desk.rows(PersonMerge))
    assert (merged["automatic"], merged["merged_by"]) == (False, "test")
    assert len({row["person_id"] for row in desk.rows(Inquiry)}) == 1


# --- what a merge must not leave behind -----------------------------------------------------------------------------


def test_told_apart_the_one_who_joined_by_likeness_is_found_by_likeness_again(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT))
    desk.receive(form(BOB | {"your-company": "Sloot Farms"}, minutes=60))
    _undo(desk, only(desk.rows(PersonMerge))["id"])
    third = {"your-name": "Rob Vandersloot", "your-email": "rob.v@outlook.com", "your-company": "Sloot Farms Inc."}
    desk.receive(form(third | HOME, minutes=120))

    assert len(desk.rows(PersonMerge)) == 2
    joined = only(row for row in desk.rows(PersonMerge) if row["undone_at"] is None)
    assert joined["survivor_id"] == _person(desk, "Bob")["id"]


def test_two_who_were_told_apart_are_not_merged_unasked_when_a_third_leaves_them(desk: FrontDesk) -> None:
    desk.receive(form(ROBERT | {"your-email": "older@falk.example", "your-name": "Gus Falk"}))
    desk.clock.forward(minutes=1)
    desk.receive(form(ROBERT))
    desk.clock.forward(minutes=1)
    desk.receive(form(BOB, minutes=60))
    joined = only(desk.rows(PersonMerge))
    gus = next(row["id"] for row in desk.rows(Person) if row["given_name"] == "Gus")
    wider = _merge(desk, gus, joined["survivor_id"])
    assert wider is not None
    _undo(desk, joined["id"])
    _undo(desk, wider.id)
    for row in desk.rows(Person):
        with desk.uow.begin() as tx:
            comparing.compare(tx, row["id"])

    assert all(row["undone_at"] for row in desk.rows(PersonMerge))


def test_merges_undone_in_the_order_in_which_they_were_made_give_back_what_was_allowed(desk: FrontDesk) -> None:
    ann, bob, cy = (who | {"newsletter": said} for who, said in zip(PEOPLE[:3], ("yes", "no", "no"), strict=True))
    desk.receive(form(ann))
    desk.clock.forward(minutes=1)
    desk.receive(form(bob), form(cy))
    ids = [_person(desk, name)["id"] for name in ("Ann", "Bob", "Cy")]
    merges = []
    for other in ids[1:]:
        desk.clock.forward(minutes=1)
        merges.append(_merge(desk, ids[0], other))
    for row in merges:
        assert row is not None
        desk.clock.forward(minutes=1)
        _undo(desk, row.id)

    last = {event.person_id: event.allowed for event in desk.published(ConsentChanged)}
    assert last == {ids[0]: True, ids[1]: False, ids[2]: False}


def test_what_one_agreed_to_and_the_other_was_never_asked_holds_until_they_are_told_apart(desk: FrontDesk) -> None:
    desk.receive(form(PEOPLE[0]))
    desk.clock.forward(minutes=1)
    desk.receive(form(PEOPLE[1] | {"newsletter": "yes"}))
    ann, bob = (_person(desk, name)["id"] for name in ("Ann", "Bob"))
    row = _merge(desk, ann, bob)
    assert row is not None
    assert [(event.person_id, event.allowed) for event in desk.published(ConsentChanged)][1:] == [(ann, True)]
    desk.clock.forward(minutes=1)
    _undo(desk, row.id)

    last = {event.person_id: event.allowed for event in desk.published(ConsentChanged)}
    assert last == {ann: False, bob: True}


def test_an_inquiry_is_not_lost_in_somebody_who_is_absorbed_that_moment(desk: FrontDesk) -> None:
    """A merge commits between the look for who is like the sender, and the lock on whom was found."""
    desk.receive(form(GUS))
    desk.clock.forward(minutes=1)
    desk.receive(form(ROBERT))
    robert, gus = _person(desk, "Robert")["id"], _person(desk, "Gus")["id"]
    look_up, merged = Lookout.look_up, []

    def overtaken(self: Lookout, *args: Any) -> Any:
        found = look_up(self, *args)
        if not merged:
            merged.append(_merge(desk, gus, robert))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Lookout, "look_up", overtaken)
        desk.receive(form(BOB, minutes=60))

    root = merged[0].survivor_id
    assert {row["person_id"] for row in desk.rows(Inquiry)} == {root}
    assert {row["person_id"] for row in desk.rows(Lead)} == {root}
    assert {row["current_id"] for row in desk.rows(Person) if row["id"] != root} == {root}


# --- whatever happens between ----------------------------------------------------------------------------------------


@pytest.fixture
def two_desks(room_database: Callable[[str], str]) -> Iterator[tuple[FrontDesk, FrontDesk]]:
    """Two front desks that know nothing of each other."""
    both = desk_on(room_database("capture")), desk_on(room_database("capture"))
    yield both
    for desk in both:
        desk.engine.dispose()


PEOPLE = [
    {"your-name": "Ann Lee", "your-email": "ann@lee.example", "your-phone": "515 555 0101"},
    {"your-name": "Bob Hill", "your-email": "bob@hill.example", "your-phone": "515 555 0102"},
    {"your-name": "Cy Berg", "your-email": "cy@berg.example", "your-phone": "515 555 0103"},
    {"your-name": "Dee Olson", "your-email": "dee@olson.example", "your-phone": "515 555 0104"},
]


def _visits(dice: random.Random, count: int, minute: int) -> list[RawInquiry]:
    found = []
    for n in range(count):
        who = dice.choice(PEOPLE)
        fields = {name: value for name, value in who.items() if name == "your-name" or dice.random() < 0.8}
        if len(fields) == 1:
            fields = dict(who)
        fields |= {"message": f"{minute}/{n}", "your-company": dice.choice(("", "Farm", "Farm & Co"))}
        if dice.random() < 0.3:
            fields["newsletter"] = dice.choice(("yes", "no"))
        receipt = UUID(int=dice.getrandbits(128), version=4)
        found.append(form(fields, minutes=minute + n * 7, receipt_id=receipt))
    return found


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_random_inquiries_merged_and_unmerged_leave_both_histories_as_if_never_merged(
    two_desks: tuple[FrontDesk, FrontDesk], seed: int
) -> None:
    dice = random.Random(seed)
    desk, never = two_desks
    batches = [_visits(dice, 8, start) for start in (0, 200, 400, 600)]
    first, *rest = batches
    for each in two_desks:
        each.receive(*(form(who, minutes=-60, receipt_id=UUID(int=n + 1)) for n, who in enumerate(PEOPLE)))
        each.receive(*first)
    merged = []
    for batch in rest:
        ids = sorted(row["id"] for row in desk.rows(Person))
        row = _merge(desk, *dice.sample(ids, 2))
        merged += [row.id] if row else []
        for each in two_desks:
            each.clock.forward(minutes=5)
            each.receive(*batch)
    for merge_id in dice.sample(merged, len(merged)):
        desk.clock.forward(minutes=5)
        _undo(desk, merge_id)

    assert _of_each(desk, Inquiry, "id") == _of_each(never, Inquiry, "id")
    assert _of_each(desk, PersonKey, "key") == _of_each(never, PersonKey, "key")
    assert _of_each(desk, ConsentStatement, "inquiry_id") == _of_each(never, ConsentStatement, "inquiry_id")
    assert _known(desk) == _known(never)
    assert _leads(desk) == _leads(never)
    assert all(row["current_id"] is None and row["aliases"] == [] for row in desk.rows(Person))
    assert desk.ledger() == never.ledger() | {"consents": desk.ledger()["consents"]}


def _of_each(desk: FrontDesk, table: Any, column: str) -> dict[Any, set[Any]]:
    found: dict[Any, set[Any]] = {}
    for row in desk.rows(table):
        if row[column] is not None:
            found.setdefault(row["person_id"], set()).add(row[column])
    return found


def _known(desk: FrontDesk) -> dict[UUID, list[Any]]:
    kept = ("name", "given_name", "family_name", "email", "phone", "company", "address", "said_at", "said_by")
    return {row["id"]: [row[name] for name in kept] for row in desk.rows(Person)}


def _leads(desk: FrontDesk) -> set[tuple[Any, frozenset[Any]]]:
    """By person: which inquiries are in one lead."""
    owner = {row["id"]: (row["person_id"], row["responses"]) for row in desk.rows(Lead)}
    groups: dict[Any, set[Any]] = {}
    for row in desk.rows(Inquiry):
        if row["lead_id"]:
            groups.setdefault(row["lead_id"], set()).add(row["id"])
            assert owner[row["lead_id"]][0] == row["person_id"]
    return {(owner[lead], frozenset(ids)) for lead, ids in groups.items()}


def test_an_id_once_absorbed_stands_for_the_survivor_through_a_chain_of_merges(desk: FrontDesk) -> None:
    desk.receive(*(form(who) for who in PEOPLE))
    ids = [_person(desk, name)["id"] for name in ("Ann", "Bob", "Cy", "Dee")]
    one = _merge(desk, ids[0], ids[1])
    two = _merge(desk, ids[2], ids[3])
    assert one is not None
    assert two is not None
    both = _merge(desk, one.absorbed_id, two.absorbed_id)
    assert both is not None

    roots = {row["current_id"] or row["id"] for row in desk.rows(Person)}
    assert roots == {both.survivor_id}
    _undo(desk, both.id)
    roots = {row["id"]: row["current_id"] or row["id"] for row in desk.rows(Person)}
    assert {roots[ids[0]], roots[ids[1]]} == {one.survivor_id}
    assert {roots[ids[2]], roots[ids[3]]} == {two.survivor_id}


def test_merges_amid_inquiries_on_several_replicas_lose_and_mix_nothing(room_database: Callable[[str], str]) -> None:
    url = room_database("capture")
    desks = [desk_on(url) for _ in range(3)]
    desks[0].receive(*(form(who, minutes=-60) for who in PEOPLE))
    ids = [_person(desks[0], name)["id"] for name in ("Ann", "Bob", "Cy", "Dee")]
    begin = threading.Barrier(3)
    failures: list[BaseException] = []

    def receive(place: int) -> None:
        dice = random.Random(place)
        begin.wait(timeout=30)
        for start in range(0, 300, 50):
            desks[place].receive(*_visits(dice, 5, start))

    def merge() -> None:
        begin.wait(timeout=30)
        for one, other in ((0, 1), (2, 3), (1, 3)):
            row = _patiently(lambda one=one, other=other: _merge(desks[2], ids[one], ids[other]))  # type: ignore[misc]
            if row is not None and (one, other) != (1, 3):
                continue
            _patiently(lambda row=row: _undo(desks[2], row.id))  # type: ignore[misc]

    def guarded(work: Callable[..., None], *args: Any) -> None:
        try:
            work(*args)
        except BaseException as error:
            failures.append(error)

    threads = [
        threading.Thread(target=guarded, args=(receive, 0)),
        threading.Thread(target=guarded, args=(receive, 1)),
        threading.Thread(target=guarded, args=(merge,)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)

    assert failures == []
    desk = desks[0]
    assert len(desk.rows(Inquiry)) == 4 + 60
    by_email = {row["key"]: row["person_id"] for row in desk.rows(PersonKey) if row["key"].startswith("email:")}
    assert by_email["email:ann@lee.example"] == by_email["email:bob@hill.example"]
    assert by_email["email:cy@berg.example"] == by_email["email:dee@olson.example"]
    assert len(set(by_email.values())) == 2
    for row in desk.rows(Inquiry):
        if row["outcome"] != "duplicate":
            assert row["person_id"] in by_email.values()
    for each in desks:
        each.engine.dispose()


def _patiently(work: Callable[[], Any]) -> Any:
    """As a caller does: what the database broke off to end a deadlock is done again."""
    for _ in range(5):
        try:
            return work()
        except OperationalError:
            continue
    return work()
