"""`leadbus prediction`: learns from a real database, and tells in words what the room tells in figures."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli import prediction as command
from deploy.stack import StackError
from services.qualify import service
from shared.contracts import calls
from shared.contracts.errors import NotAllowed
from tests.integration.qualify.conftest import COMPANY
from tests.integration.qualify.sales import sell
from tests.played_room import PlayedRoom
from tests.unit.gateway.test_prediction_pages import CARD, GOOD, NOON, NOTHING, STATE


class Rooms:
    """Answers what a test put into `replies`."""

    def __init__(self) -> None:
        self.replies: dict[Any, Any] = {
            calls.PREDICTION: STATE,
            calls.ACTIVATE_PREDICTION: STATE,
            calls.PREDICTION_CARD: calls.PredictionCardReply(
                version=GOOD, state="at_work", trained_at=NOON, trained_by="[bold]Tess", card=CARD
            ),
        }
        self.asked: list[dict[str, Any]] = []

    def call(self, call: Any, **fields: Any) -> Any:
        self.asked.append(fields)
        if isinstance(self.replies[call], Exception):
            raise self.replies[call]
        return self.replies[call]


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made = Rooms()

    @contextmanager
    def reached(instance: str) -> Iterator[Rooms]:
        yield made

    monkeypatch.setattr(command, "rooms_of", reached)
    return made


def run(*words: str, **environment: str) -> Any:
    return CliRunner().invoke(command.prediction, list(words), env={"COLUMNS": "300"} | environment)


def test_show_tells_what_is_at_work_and_why_it_is_time_to_train(rooms: Rooms) -> None:
    shown = run("show").output

    assert f"At work: {GOOD}" in shown
    assert "Time to train: the model does not hold as it did" in shown
    assert "role is not what it was" in shown
    rooms.replies[calls.PREDICTION] = NOTHING
    assert "38 more won leads are missing" in run("show").output


def test_the_card_tells_how_good_it_is_and_its_limits(rooms: Rooms) -> None:
    shown = run("card").output

    assert "[bold]Tess" in shown
    assert "0.760 to 0.800" in shown
    assert "20.0%" in shown
    assert "Limit: It says what was." in shown
    assert json.loads(run("card", GOOD, "--json").output)["card"]["kind"] == "logistic"
    assert rooms.asked[-1] == {"version": GOOD}


def test_a_model_is_put_to_work_and_back_and_stopped(rooms: Rooms) -> None:
    assert run("activate", GOOD).exit_code == 0
    assert rooms.asked[-1] == {"by": command.me(), "version": GOOD, "despite_doubts": False}
    run("rollback")
    assert rooms.asked[-1]["previous"] is True
    run("stop")
    assert rooms.asked[-1]["version"] is None
    rooms.replies[calls.ACTIVATE_PREDICTION] = NotAllowed("it is in doubt")
    assert isinstance(run("activate", GOOD).exception, StackError)


def test_it_learns_from_the_rooms_database(room_database: Callable[[str], str]) -> None:
    url = room_database("qualify")
    room = PlayedRoom.on(url, service.room(COMPANY)).start()
    where = {"LEADBUS_QUALIFY_DATABASE_URL": url, "LEADBUS_COMPANY": str(COMPANY)}
    few = run("train", **where)
    sell(room, 300)
    checked = run("check", "--json", **where)
    trained = run("train", **where)
    again = run("train", "--when-due", **where)
    room.engine.dispose()

    assert "50 more won and 50 more lost leads are missing" in str(few.exception)
    assert json.loads(checked.output)["card"]["examples"]["leads"] == 300
    assert trained.exit_code == 0, trained.output
    assert "at work" in trained.output
    assert "→" in trained.output
    assert "it is not time to train" in again.output
