"""What nobody thought of costs one inquiry its welcome, never its record, and never its neighbours theirs."""

from collections.abc import Callable
from typing import Any

import pytest

from services.capture.models import Inquiry
from services.capture.usecases import arriving
from tests.integration.capture.desk import FrontDesk, only, partner, sheet


def _failing_for(word: str, real: Callable[..., Any]) -> Callable[..., Any]:
    def fails(submission: Any, *rest: Any) -> Any:
        if word in str(submission.person):
            raise ZeroDivisionError
        return real(submission, *rest)

    return fails


def test_one_row_that_cannot_be_handled_leaves_the_others(desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arriving, "normalise", _failing_for("bob", arriving.normalise))
    rows = sheet("Name,Email\nAnn,ann@a.example\nBob,bob@b.example\nCy,cy@c.example\nBobby,bobby@b.example\n")
    desk.receive(rows)

    assert [(row.row, row.state) for row in desk.reply(rows).rows] == [
        (1, "registered"),
        (2, "quarantined"),
        (3, "registered"),
        (4, "quarantined"),
    ]
    assert desk.ledger()["quarantined"] == 2
    assert "ZeroDivisionError" in only(row for row in desk.rows(Inquiry) if row["row"] == 2)["detail"]


def test_a_reader_that_fails_sends_its_payload_to_quarantine(desk: FrontDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(arriving.sources, "read", fails)
    inquiry = partner({"email": "a@b.example"})
    desk.receive(inquiry)

    assert desk.reply(inquiry).reason == "unreadable"
    assert desk.ledger()["quarantined"] == 1
