"""`leadbus screening`: what a screener reads on a narrow terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from deploy.cli import screening
from shared.contracts import calls
from tests.unit.gateway.test_screening_pages import ENTRY, IN_HAND, NOTE, QUEUES


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    answers = {calls.SCREENING_QUEUES: QUEUES, calls.CLAIM_SCREENING: calls.ClaimReply(screening=IN_HAND)}

    class Rooms:
        def call(self, call: Any, **fields: Any) -> Any:
            return answers[call]

    @contextmanager
    def reached(instance: str) -> Iterator[Rooms]:
        yield Rooms()

    monkeypatch.setattr(screening, "rooms_of", reached)
    monkeypatch.setattr(screening, "console", Console(width=80))

    def run(*words: str, **over: Any) -> str:
        answers.update(over.get("answers", {}))
        result = CliRunner().invoke(screening.screening, list(words))
        assert result.exit_code == 0, result.output
        return str(result.output)

    return run


def test_the_lead_can_be_copied_from_eighty_columns(run: Any) -> None:
    said = run("list")

    assert str(ENTRY.lead_id) in said
    assert "OVERDUE" in said


def test_it_says_who_has_a_lead_and_until_when_nobody_gets_it(run: Any) -> None:
    later = replace(ENTRY, state="later", claimed_by=None, claimed_until=None)
    said = run("list", answers={calls.SCREENING_QUEUES: replace(QUEUES, entries=[ENTRY, later])})

    assert "Ann (a" in said
    assert "not before" in said


def test_a_note_without_words_is_its_outcome(run: Any) -> None:
    silent = calls.ClaimReply(screening=replace(IN_HAND, notes=[replace(NOTE, text="")]))

    assert "Bob, unreachable\n" in run("claim", answers={calls.CLAIM_SCREENING: silent})
    assert "Bob, unreachable: <script>" in run(
        "claim", answers={calls.CLAIM_SCREENING: calls.ClaimReply(screening=IN_HAND)}
    )
