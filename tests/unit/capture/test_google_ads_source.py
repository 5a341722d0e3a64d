"""Google Ads lead forms."""

import json
from typing import Any

import pytest

from services.capture.domain.submission import Submission, Unreadable
from tests.unit.capture.readers import normal, read

LEAD: dict[str, Any] = {
    "lead_id": "TeSter-1",
    "form_id": 9223372036854775807,
    "campaign_id": 123,
    "gcl_id": "click",
    "google_key": "secret",
    "user_column_data": [
        {"column_id": "FULL_NAME", "string_value": "ANN LEE"},
        {"column_id": "EMAIL", "string_value": "Ann@Lee.example"},
        {"column_id": "POSTAL_CODE", "string_value": "50010"},
        {"column_id": "QUESTION_1", "column_name": "When do you plan to buy?", "string_value": "ASAP"},
        {"column_name": "Which crop?", "string_value": "corn"},
    ],
}


def _read(**over: Any) -> Submission:
    (said,) = read(json.dumps(LEAD | over), dialect="google_ads", source="google-ads-dryers")
    return said


def test_columns_and_questions_are_read() -> None:
    said = _read()
    inquiry = normal(said, "google-ads-dryers")

    assert (inquiry.facts.name, inquiry.facts.email) == ("Ann Lee", "ann@lee.example")
    assert inquiry.answers == {"timing": "now", "Which crop?": "corn"}
    assert inquiry.products == ("grain-dryer",)
    assert inquiry.campaign == "google-search-dryers"


def test_its_own_number_is_the_key_and_ids_stay_exact() -> None:
    said = _read()

    assert said.provider_key == "lead_id:TeSter-1"
    assert said.attribution["google_form_id"] == "9223372036854775807"
    assert said.attribution["gclid"] == "click"


@pytest.mark.parametrize(("flag", "test"), [(True, True), ("true", True), (False, False), (None, False)])
def test_a_test_is_known_by_its_flag(flag: Any, test: bool) -> None:
    assert _read(is_test=flag).test is test


def test_the_secret_stays_out_of_what_is_kept_readable() -> None:
    assert "secret" not in str(_read())


def test_without_columns_it_is_no_lead() -> None:
    with pytest.raises(Unreadable):
        _read(user_column_data=None)
