"""What two processes could not see of each other, and people of an older release, are compared after the fact."""

from typing import Any

from sqlalchemy import delete

from services.capture.models import Inquiry, Person, PersonBlock, PersonMerge, PersonReview
from services.capture.usecases import sweeping
from services.capture.usecases.matching import Lookout
from tests.integration.capture.desk import FrontDesk, form, only
from tests.integration.capture.test_merging import BOB, ELLEN, GUS, ROBERT

TOWN = {"city": "Ames", "state": "IA", "zip": "50010"}
JOHN = {"your-name": "John Smith", "your-email": "jsmith1@gmail.com", **TOWN}
ALSO_JOHN = {"your-name": "John Smith", "your-email": "fastjohn@yahoo.com", **TOWN}


def _unseen(monkeypatch: Any, desk: FrontDesk, *who: dict[str, str]) -> None:
    """Each is received by a process that does not see the others yet."""
    with monkeypatch.context() as patch:
        patch.setattr(Lookout, "look_up", lambda self, tx, said: set())
        for fields in who:
            desk.receive(form(fields))


def _sweep(desk: FrontDesk) -> None:
    with desk.uow.begin() as tx:
        sweeping.begin(tx)
    desk.clock.forward(minutes=3)
    desk.run_due()
    desk.clock.forward(minutes=3)
    desk.run_due()


def test_the_same_new_person_met_twice_at_once_becomes_one(desk: FrontDesk, monkeypatch: Any) -> None:
    _unseen(monkeypatch, desk, ROBERT, BOB, ELLEN, GUS)
    assert desk.rows(PersonMerge) == []
    _sweep(desk)

    merged = only(desk.rows(PersonMerge))
    assert merged["automatic"]
    assert len({row["person_id"] for row in desk.rows(Inquiry)}) == 3


def test_two_who_may_be_one_are_put_to_a_manager(desk: FrontDesk, monkeypatch: Any) -> None:
    _unseen(monkeypatch, desk, JOHN, ALSO_JOHN)
    _sweep(desk)

    assert only(desk.rows(PersonReview))["state"] == "open"
    assert desk.rows(PersonMerge) == []


def test_the_sweep_follows_those_who_come_and_compares_nobody_twice(desk: FrontDesk, monkeypatch: Any) -> None:
    _sweep(desk)
    _unseen(monkeypatch, desk, ROBERT, BOB)
    desk.clock.forward(minutes=3)
    desk.run_due()
    assert len(desk.rows(PersonMerge)) == 1

    compared: list[int] = []
    look_up = Lookout.look_up
    monkeypatch.setattr(
        Lookout, "look_up", lambda self, tx, said: compared.append(len(said)) or look_up(self, tx, said)
    )
    desk.clock.forward(minutes=10)
    desk.run_due()
    assert sum(compared) == 0


def test_people_of_an_older_release_are_made_candidates_in_batches(desk: FrontDesk, monkeypatch: Any) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 3)
    _unseen(monkeypatch, desk, ROBERT, GUS, ELLEN, JOHN)
    desk.clock.forward(days=400)
    _unseen(monkeypatch, desk, BOB, ALSO_JOHN)
    with desk.uow.begin() as tx:
        tx.session.execute(delete(PersonBlock))
    _sweep(desk)

    assert {row["person_id"] for row in desk.rows(PersonBlock)} == {row["id"] for row in desk.rows(Person)}
    assert len(desk.rows(PersonMerge)) == 1
    assert only(row for row in desk.rows(PersonReview) if row["state"] == "open")
