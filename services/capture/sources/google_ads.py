"""Google Ads lead form: user_column_data with known columns and custom questions, `lead_id` as the key.

https://developers.google.com/google-ads/webhook/docs/implementation
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from services.capture.domain.cleaning import line
from services.capture.domain.mapping import submission
from services.capture.domain.register import Source
from services.capture.domain.submission import Submission, Unreadable
from services.capture.sources import json
from shared.contracts.intake import Intake

#: Google's columns to the usual names of such fields; any other column goes by its question's text.
_COLUMNS = {
    "FULL_NAME": "full name", "FIRST_NAME": "first name", "LAST_NAME": "last name", "EMAIL": "email",
    "WORK_EMAIL": "work email", "PHONE_NUMBER": "phone number", "WORK_PHONE": "work phone",
    "POSTAL_CODE": "postal code", "STREET_ADDRESS": "street address", "CITY": "city", "REGION": "region",
    "COUNTRY": "country", "COMPANY_NAME": "company name", "JOB_TITLE": "job title",
}  # fmt: skip

#: Their field to the name it is kept under.
_ATTRIBUTION = {
    "gcl_id": "gclid", "campaign_id": "google_campaign_id", "form_id": "google_form_id",
    "adgroup_id": "google_adgroup_id", "creative_id": "google_creative_id",
    "asset_group_id": "google_asset_group_id", "lead_submit_time": "submitted_at", "lead_stage": "google_lead_stage",
}  # fmt: skip


def read(body: bytes, intake: Intake, source: Source) -> list[Submission]:
    """The one lead of a webhook post. Raises Unreadable."""
    document = json.parse(body, intake.content_type)
    columns = document.get("user_column_data") if isinstance(document, dict) else None
    if not isinstance(columns, list):
        raise Unreadable("unreadable", "not a Google Ads lead: user_column_data is missing")
    read_columns = submission(_columns(columns), source, beside=intake.query)
    lead_id = line(_scalar(document.get("lead_id")))
    advertisement = {
        ours: line(_scalar(document[theirs])) for theirs, ours in _ATTRIBUTION.items() if _scalar(document.get(theirs))
    }
    return [
        replace(
            read_columns,
            attribution={**read_columns.attribution, **advertisement},
            provider_key=f"lead_id:{lead_id}" if lead_id else None,
            test=document.get("is_test") in (True, "true", "True", 1),
        )
    ]


def _columns(columns: list[Any]) -> Iterator[tuple[str, str]]:
    for column in columns:
        if not isinstance(column, dict):
            continue
        identity, question = str(column.get("column_id") or ""), str(column.get("column_name") or "")
        value = _scalar(column.get("string_value"))
        if value:
            yield _COLUMNS.get(identity) or question or identity, value


def _scalar(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) else ""
