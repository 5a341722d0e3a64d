"""Reads bodies as the front desk of the example company does."""

import uuid
from pathlib import Path
from typing import Any

from services.capture import company as companies
from services.capture import sources
from services.capture.domain.inquiry import Inquiry, normalise
from services.capture.domain.submission import Submission
from shared.contracts.intake import Intake
from tests.builders import NOON

COMPANY = companies.load(Path(__file__).parents[3] / "deploy" / "company")


def read(body: bytes | str, *, dialect: str, source: str, **over: Any) -> list[Submission]:
    """The submissions in a body."""
    values: dict[str, Any] = {
        "receipt_id": uuid.uuid4(), "received_at": NOON, "dialect": dialect, "source": source,
        "query": {}, "headers": {},
    }  # fmt: skip
    raw = body.encode() if isinstance(body, str) else body
    return list(sources.read(raw, Intake(**(values | over)), COMPANY.sources[source]))


def normal(submission: Submission, source: str) -> Inquiry:
    """The inquiry that the front desk makes of it."""
    return normalise(submission, COMPANY.sources[source], COMPANY)
