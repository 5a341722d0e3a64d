"""In whatever order visits, mail clicks, partners' touches and inquiries arrive, everybody ends with the same steps.

What is published may differ in what was taken back in between; what holds at last does not: whose each step is, whether
it was anonymous, and whether a person did it.
"""

import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from services.capture.models import Activity, Inquiry, Lead, Person, PersonMerge
from services.capture.usecases import merging
from services.capture.usecases.merging import Grounds
from shared.contracts.capture import ActivityReassessed, ActivityReassigned, ActivityRecorded
from shared.database.unit_of_work import Transaction
from shared.room import RawInquiry
from tests.builders import NOON
from tests.integration.capture import steps as footsteps
from tests.integration.capture.desk import FrontDesk, desk_on
from tests.integration.capture.steps import followed, inquiry, page, steps, told

SEEDS = (1, 2, 3)
#: Browsers: Ann's own, one that Bob and Cy share, a robot's, one that nobody is known on.
OWN, SHARED, ROBOT, NOBODY = (f"browser-{name}-00001" for name in ("own", "shared", "robot", "nobody"))
PEOPLE = {
    "ann@leefarms.example": ("Ann Lee", OWN),
    "bob@hill.example": ("Bob Hill", SHARED),
    "cy@olson.example": ("Cyrus Olson", SHARED),
}


@pytest.fixture(autouse=True)
def _signed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_SECRET", footsteps.SECRET)


@pytest.fixture
def two_desks(room_database: Any) -> Iterator[tuple[FrontDesk, FrontDesk]]:
    """Two front desks that know nothing of each other."""
    both = desk_on(room_database("capture")), desk_on(room_database("capture"))
    yield both
    for desk in both:
        desk.engine.dispose()


def _history(dice: random.Random) -> list[RawInquiry]:
    """A week of visits in the order of time; everybody inquires once, somewhere among them."""
    made: list[RawInquiry] = []
    for minute in range(0, 300, 10):
        browser = dice.choice((OWN, SHARED, SHARED, NOBODY, ROBOT))
        marks = ["webdriver"] if browser == ROBOT and minute > 150 else []
        views = [page(f"/{browser}/{minute}/{n}", age=n * 1000) for n in range(dice.choice((1, 2, 3)))]
        made.append(steps(browser, *views, minutes=minute, marks=marks, receipt_id=_id(dice)))
    for email, (name, browser) in PEOPLE.items():
        at = dice.randrange(300)
        made.append(inquiry(browser, email, name=name, minutes=at, receipt_id=_id(dice)))
        touch = {"id": f"w-{email}", "kind": "webinar", "what": "Drying corn", "email": email}
        made.append(told(touch, minutes=dice.randrange(300), receipt_id=_id(dice)))
    return sorted(made, key=lambda raw: (raw.intake.received_at, raw.intake.receipt_id))


def _id(dice: random.Random) -> uuid.UUID:
    return uuid.UUID(int=dice.getrandbits(128), version=4)


@pytest.mark.parametrize("seed", SEEDS)
def test_in_any_order_and_twice_everybody_has_the_same_footsteps(
    two_desks: tuple[FrontDesk, FrontDesk], seed: int
) -> None:
    dice = random.Random(seed)
    history = _history(dice)
    one, other = two_desks
    for raw in history:
        one.receive(raw)
    shuffled = dice.sample([*history, *dice.choices(history, k=10)], len(history) + 10)
    while shuffled:
        size = dice.choice((1, 2, 5, 9))
        other.receive(*shuffled[:size])
        del shuffled[:size]
    for desk in two_desks:
        desk.clock.forward(minutes=500)
        desk.run_due()

    assert _held(one) == _held(other)
    assert _told(one) == _held_by_person(one)
    assert _told(other) == _held_by_person(other)
    assert one.ledger() == other.ledger()


@pytest.mark.parametrize("seed", SEEDS)
def test_links_of_mails_followed_in_any_order_are_judged_alike(
    two_desks: tuple[FrontDesk, FrontDesk], seed: int
) -> None:
    dice = random.Random(seed)
    one, other = two_desks
    for desk in two_desks:
        desk.receive(inquiry(None, receipt_id=uuid.UUID(int=seed)))
    (ann,) = {row["person_id"] for row in one.rows(Inquiry)}
    clicks = [
        followed(link, ann, uuid.UUID(int=mail), NOON, minutes=dice.random() * 2, receipt_id=_id(dice))
        for mail in range(4)
        for link in dice.sample(
            ["drying-guide", "gd-500-brochure", "field-days", "imprint-archive"], dice.choice((1, 2, 3))
        )
    ]
    one.receive(*clicks)
    for click in dice.sample(clicks, len(clicks)):
        other.receive(click)

    assert _held(one) == _held(other)
    assert _told(one) == _held_by_person(one) == _told(other)


@pytest.mark.parametrize("seed", SEEDS)
def test_merged_and_told_apart_amid_it_all_everybody_has_their_own_footsteps_again(
    two_desks: tuple[FrontDesk, FrontDesk], seed: int
) -> None:
    """Bob and Cy are taken for one person for a while; what they did before, meanwhile and after comes in any order."""
    dice = random.Random(seed)
    history = _history(dice)
    apart, merged = two_desks
    for raw in history:
        apart.receive(raw)
    first = [raw for raw in history if raw.intake.dialect != "activity"]
    rest = dice.sample([raw for raw in history if raw not in first], len(history) - len(first))
    early, late = len(rest) // 3, 2 * len(rest) // 3
    merged.receive(*dice.sample([*first, *rest[:early]], len(first) + early))
    one, other = _person(merged, "bob@hill.example"), _person(merged, "cy@olson.example")
    _in_one(merged, lambda tx: merging.merge(tx, *dice.sample([one, other], 2), Grounds(by="test")))
    survivor = {row["current_id"] or row["id"] for row in merged.rows(Person) if row["id"] in (one, other)}
    for raw in rest[early:late]:
        merged.receive(raw)
    held = {row["person_id"] for row in merged.rows(Activity)}
    assert len(survivor) == 1
    assert survivor <= held
    assert held.isdisjoint({one, other} - survivor), "what either did is the survivor's"
    assert _told(merged) == _held_by_person(merged)

    (merge,) = merged.rows(PersonMerge)
    _in_one(merged, lambda tx: merging.unmerge(tx, merge["id"], "test"))
    assert _told(merged) == _held_by_person(merged)
    for raw in rest[late:]:
        merged.receive(raw)
    for desk in two_desks:
        desk.clock.forward(minutes=500)
        desk.run_due()

    assert _held(merged) == _held(apart)
    assert _told(merged) == _held_by_person(merged)
    leads = {row["id"]: row["person_id"] for row in merged.rows(Lead)}
    filed = [row for row in merged.rows(Activity) if row["lead_id"]]
    assert all(leads[row["lead_id"]] == row["person_id"] for row in filed), "each under a lead of its own person"


def _person(desk: FrontDesk, email: str) -> uuid.UUID:
    (found,) = {row["person_id"] for row in desk.rows(Inquiry) if row["parsed"]["person"]["email"] == email}
    assert isinstance(found, uuid.UUID)
    return found


def _in_one(desk: FrontDesk, act: Callable[[Transaction], object]) -> None:
    with desk.uow.begin() as tx:
        act(tx)


def _held(desk: FrontDesk) -> list[tuple[Any, ...]]:
    """Each step: of whom, by their email, whether anonymous, and the verdict."""
    emails = {row["person_id"]: row["parsed"]["person"]["email"] for row in desk.rows(Inquiry)}
    return sorted(
        (str(row["id"]), row["what"], str(emails.get(row["person_id"])), row["anonymous_before"], row["verdict"])
        for row in desk.rows(Activity)
    )


def _held_by_person(desk: FrontDesk) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    return {row["id"]: (row["person_id"], row["verdict"]) for row in desk.rows(Activity) if row["person_id"]}


def _told(desk: FrontDesk) -> dict[uuid.UUID, tuple[uuid.UUID, str]]:
    """What somebody who only hears the events believes at last; each step is recorded exactly once."""
    recorded: Sequence[ActivityRecorded] = desk.published(ActivityRecorded)
    assert len({one.activity_id for one in recorded}) == len(recorded)
    owner = {one.activity_id: (one.revision, one.person_id) for one in recorded}
    verdict = {one.activity_id: (one.revision, one.verdict) for one in recorded}
    for moved in desk.published(ActivityReassigned):
        owner[moved.activity_id] = max(owner[moved.activity_id], (moved.revision, moved.person_id))
    for changed in desk.published(ActivityReassessed):
        verdict[changed.activity_id] = max(verdict[changed.activity_id], (changed.revision, changed.verdict))
    return {activity: (owner[activity][1], verdict[activity][1]) for activity in owner}
