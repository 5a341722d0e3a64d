"""`prediction.yml`: every field checked, each mistake named."""

from pathlib import Path

import pytest

from services.qualify.prediction.settings import Settings, load_settings, missing_outcomes
from shared.company_file import CompanyError
from tests.integration.qualify.conftest import COMPANY


def read(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "prediction.yml").write_text(text)
    return load_settings(tmp_path)


def test_without_the_file_the_defaults_hold_and_the_example_company_leaves_out_the_language(tmp_path: Path) -> None:
    assert load_settings(tmp_path) == Settings()
    assert load_settings(COMPANY) == Settings(leave_out=("language",))


def test_what_the_file_says_counts(tmp_path: Path) -> None:
    found = read(tmp_path, "days: 0.5\nminimum: {won: 80}\nalarm: {inputs: 0.4}\nknown_in_time: [acres]")

    assert found == Settings(days=0.5, least_won=80, alarm_inputs=0.4, known_in_time=("acres",))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("day: 2", "prediction.yml: day: unknown field, did you mean 'days'"),
        ("days: two", "prediction.yml: days: a number from 0 to 365"),
        ("days: true", "days: a number"),
        ("minimum: {won: 3}", "prediction.yml: minimum: won: a number from 20"),
        ("alarm: {input: 1}", "alarm: input: unknown field, did you mean 'inputs'"),
        ("leave_out: [{fact: acres}]", "leave_out: a list of texts"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(CompanyError, match=said):
        read(tmp_path, text)


def test_answers_to_a_warning_are_added_once() -> None:
    found = Settings(leave_out=("a",)).with_answers(("b", "a"), ("c",))

    assert (found.leave_out, found.known_in_time) == (("a", "b"), ("c",))


def test_what_is_missing_is_told_in_words() -> None:
    assert missing_outcomes(50, 50, Settings()) == ""
    assert missing_outcomes(49, 3, Settings()).startswith("1 more won and 47 more lost leads are missing")
