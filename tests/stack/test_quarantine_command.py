"""`leadbus quarantine`: what it asks of the front desk, and that nothing a sender wrote is taken for more than text."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from deploy.cli import quarantine as command
from deploy.stack import StackError
from shared.contracts import calls
from shared.contracts.calls import QuarantineEntry, QuarantineReply, ReleaseReply, ReleaseRunReply
from shared.contracts.errors import ContractViolation, NotFound

INQUIRY = UUID("01890000-0000-7000-8000-000000000001")


class Rooms:
    """Answers what a test put into `replies`; a list is answered one by one."""

    def __init__(self) -> None:
        self.replies: dict[Any, Any] = {}
        self.asked: list[dict[str, Any]] = []

    def call(self, call: Any, **fields: Any) -> Any:
        self.asked.append(fields)
        reply = self.replies[call]
        if isinstance(reply, list):
            reply = reply.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


@pytest.fixture
def rooms(monkeypatch: pytest.MonkeyPatch) -> Rooms:
    made = Rooms()

    @contextmanager
    def reached(instance: str) -> Iterator[Rooms]:
        yield made

    monkeypatch.setattr(command, "_capture", reached)
    monkeypatch.setattr(command.time, "sleep", lambda _: None)
    return made


def run(*words: str) -> Any:
    return CliRunner().invoke(command.quarantine, list(words), env={"COLUMNS": "300"})


def reply(**over: Any) -> ReleaseReply:
    values: dict[str, Any] = {"inquiry_id": INQUIRY, "receipt_id": uuid4(), "outcome": "registered"}
    return ReleaseReply(**(values | over))


def test_the_list_shows_what_senders_wrote_as_text(rooms: Rooms) -> None:
    entry = QuarantineEntry(
        inquiry_id=INQUIRY, receipt_id=uuid4(), received_at=datetime(2026, 3, 2, tzinfo=UTC), source="s",
        channel="form", reason="spam", detail="[red]d[/red]", who="[bold]Ann",
    )  # fmt: skip
    rooms.replies[calls.QUARANTINE] = QuarantineReply(entries=[entry], next="abc", groups=[])
    shown = run("list", "--reason", "spam", "--day", "2026-03-02")
    assert "[bold]Ann" in shown.output
    assert "[red]d[/red]" in shown.output
    assert str(INQUIRY) in shown.output
    assert "--cursor abc" in shown.output
    assert (rooms.asked[0]["reason"], str(rooms.asked[0]["day"])) == ("spam", "2026-03-02")
    assert json.loads(run("list", "--json").output)["next"] == "abc"


def test_a_release_sends_what_was_put_right(rooms: Rooms) -> None:
    rooms.replies[calls.RELEASE] = reply(lead_id=uuid4())
    words = ("release", str(INQUIRY), "--set", "person.email=a=b@lee.example", "--set", "person.company=", "--no-spam")
    assert "registered" in run(*words, "--by", "Ann").output
    (asked,) = rooms.asked
    assert asked["corrections"] == {"person.email": "a=b@lee.example", "person.company": ""}
    assert (asked["trusted"], asked["by"]) == (True, "Ann (command line)")
    assert json.loads(run("release", str(INQUIRY), "--json").output)["outcome"] == "registered"


def test_a_bulk_release_is_followed_to_its_end(rooms: Rooms) -> None:
    def at(handled: int) -> ReleaseRunReply:
        return ReleaseRunReply(
            run_id=uuid4(), preview=True, done=handled == 300, total=300, handled=handled, outcomes={"passes": handled}
        )

    rooms.replies = {calls.RELEASE_MANY: at(100), calls.RELEASE_RUN: [at(200), at(300)]}
    shown = run("release", "--all", "--reason", "no_contact", "--preview")
    assert "300 of 300: 300 passes" in shown.output
    assert rooms.asked[0]["preview"] is True


@pytest.mark.parametrize(
    "words", [("release",), ("release", str(INQUIRY), "--all"), ("release", str(INQUIRY), "--set", "x")]
)
def test_a_mistake_is_told(rooms: Rooms, words: tuple[str, ...]) -> None:
    assert isinstance(run(*words).exception, StackError)
    assert rooms.asked == []


def test_what_the_room_refuses_is_told_in_a_sentence(rooms: Rooms) -> None:
    rooms.replies[calls.RELEASE] = [NotFound("x"), ContractViolation("R", {"corrections.x": ["did you mean y?"]})]
    assert "no such inquiry" in str(run("release", str(INQUIRY)).exception)
    assert "did you mean y?" in str(run("release", str(INQUIRY)).exception)


def test_junk_is_marked_and_unmarked(rooms: Rooms) -> None:
    rooms.replies[calls.JUNK] = reply(outcome="quarantined", junk=True, reason="spam", detail="links")
    assert "marked as junk" in run("junk", str(INQUIRY)).output
    run("junk", str(INQUIRY), "--undo")
    assert [asked["junk"] for asked in rooms.asked] == [True, False]
