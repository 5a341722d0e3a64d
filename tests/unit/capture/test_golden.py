"""Golden files: bodies as senders send them (good, ugly, hostile), and what we make of each.

`tests/golden/<dialect>/<name>.<ending>` is the body, `<name>.expected.json` beside it holds the request it came with
and what is expected of it: submissions with what became of them, or the reason why it cannot be read. After a change
that is meant, `LEADBUS_WRITE_GOLDEN=1 pytest tests/unit/capture/test_golden.py` writes the expectations anew; look at
the diff.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.capture import sources
from services.capture.domain.inquiry import Inquiry, fingerprint, normalise, parsed, refusal
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import READERS
from shared.contracts.intake import Intake
from tests.builders import NOON
from tests.unit.capture.readers import COMPANY

GOLDEN = Path(__file__).parents[2] / "golden"
BODIES = sorted(path for path in GOLDEN.glob("*/*") if not path.name.endswith(".expected.json"))
#: The source of each dialect that the bodies come from, unless their request names another.
SOURCE_OF = {source.dialect: source.id for source in reversed(list(COMPANY.sources.values()))}
RECEIPT = "0198f3c2-0000-7000-8000-000000000001"


@pytest.mark.requirement("CAP-1")
@pytest.mark.parametrize("body", BODIES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_body_becomes_what_is_written_beside_it(body: Path) -> None:
    beside = _expected_file(body)
    expected = json.loads(beside.read_text(encoding="utf-8"))
    request = expected["request"]

    outcome = {"request": request, **_outcome(body, request)}

    if os.environ.get("LEADBUS_WRITE_GOLDEN"):
        beside.write_text(json.dumps(outcome, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    assert outcome == expected


@pytest.mark.parametrize("dialect", sorted(READERS))
@pytest.mark.parametrize("kind", ["good", "ugly", "hostile"])
def test_every_dialect_has_a_body_of_each_kind(dialect: str, kind: str) -> None:
    assert any(path.parent.name == dialect and path.name.startswith(kind) for path in BODIES)


def test_no_expectation_is_left_over() -> None:
    wanted = {_expected_file(body) for body in BODIES}

    assert set(GOLDEN.glob("*/*.expected.json")) == wanted


def _expected_file(body: Path) -> Path:
    return body.with_name(f"{body.name.partition('.')[0]}.expected.json")


def _outcome(body: Path, request: dict[str, Any]) -> dict[str, Any]:
    try:
        said = _read(body, request)
    except Unreadable as problem:
        return {"unreadable": problem.reason}
    source = COMPANY.sources[_source(body, request)]
    return {"submissions": _cut([_told(one, normalise(one, source, COMPANY)) for one in said])}


def _read(body: Path, request: dict[str, Any]) -> list[Submission]:
    source = COMPANY.sources[_source(body, request)]
    intake = _intake(body, request)
    notice = request.get("answers")
    if notice:
        (named,) = sources.read((body.parent / notice).read_bytes(), intake, source)
        return [sources.answer(body.read_bytes(), intake, source, named)]
    return list(sources.read(body.read_bytes(), intake, source))


def _source(body: Path, request: dict[str, Any]) -> str:
    return str(request.get("source") or SOURCE_OF[body.parent.name])


def _intake(body: Path, request: dict[str, Any]) -> Intake:
    values: dict[str, Any] = {
        "receipt_id": RECEIPT, "received_at": NOON, "dialect": body.parent.name, "source": _source(body, request),
        "query": {}, "headers": {},
    }  # fmt: skip
    return Intake(**{name: value for name, value in (values | request).items() if name != "answers"})


def _told(said: Submission, inquiry: Inquiry) -> dict[str, Any]:
    fingerprint("any", said)
    told = {
        "said": parsed(said),
        "facts": _filled(asdict(inquiry.facts)),
        "products": inquiry.products,
        "campaign": inquiry.campaign,
        "answers": inquiry.answers,
        "consent": _filled(asdict(inquiry.consent)),
        "notes": [f"{note.field}: {note.problem}" for note in inquiry.notes],
        "refused": refusal(said, inquiry),
    }
    shown: dict[str, Any] = orjson.loads(orjson.dumps(told))
    return {name: value for name, value in shown.items() if value not in (None, [], {})}


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, [], {})}


def _cut(value: Any) -> Any:
    """Long texts by their length: an expectation is there to be read."""
    if isinstance(value, str) and len(value) > 1000:
        return f"{value[:60]}… {len(value)} characters"
    if isinstance(value, dict):
        return {name: _cut(item) for name, item in value.items()}
    if isinstance(value, list):
        items = [_cut(item) for item in value]
        return items if len(items) <= 20 else [*items[:3], f"… {len(items)} entries", items[-1]]
    return value
