"""The description of an inquiry is read quickly, and as the schema reads it."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from shared.contracts import intake as intakes
from shared.contracts import schema
from shared.contracts.errors import ContractViolation
from shared.contracts.intake import Intake

PLAIN = Intake(
    receipt_id=UUID("01a0b1c2-0000-7000-8000-000000000001"),
    received_at=datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC),
    dialect="json",
    source="partner-agrimag",
    query={"utm_source": "Ü"},
    headers={"user-agent": "a partner"},
)
FULL = replace(PLAIN, remote_address="::1", filename="a.csv", test=True, key_id="k1", suspicion="too quick")


@pytest.mark.parametrize("intake", [PLAIN, FULL])
def test_what_is_written_is_read_the_quick_way_and_is_what_the_schema_reads(intake: Intake) -> None:
    document = json.loads(intakes.encode_header(intake))

    assert intakes._as_the_gateway_writes_it(document) == intake
    assert intakes.decode_header(intakes.encode_header(intake)) == intake == schema.load(Intake, document)


@pytest.mark.parametrize(
    "change",
    [
        {"test": "yes"},
        {"test": None},
        {"receipt_id": "7"},
        {"receipt_id": 7},
        {"received_at": "2026-03-02T12:00:00"},
        {"received_at": 1},
        {"query": {"a": 1}},
        {"query": [["a", "b"]]},
        {"headers": None},
        {"dialect": None},
        {"key_id": 7},
        {"from_tomorrow": 1},
    ],
)
def test_whatever_is_written_otherwise_is_the_schema_s_to_judge(change: dict[str, Any]) -> None:
    document = json.loads(intakes.encode_header(FULL)) | change

    assert judged(lambda: intakes.decode_header(json.dumps(document))) == judged(lambda: schema.load(Intake, document))


def judged(read: Any) -> Any:
    try:
        return read()
    except ContractViolation as violation:
        return violation.fields
