"""The company's register is checked when it is loaded."""

from datetime import timedelta
from pathlib import Path

import pytest

from services.capture.company import load
from services.capture.sources import READERS
from shared.company_file import CompanyError
from tests.unit.capture.readers import COMPANY

SOURCES = "sources: {web: {name: Web, channel: form, dialect: form}}\n"
CAMPAIGNS = "campaigns: {spring: {name: Spring, codes: [S1]}}\n"


def _load(folder: Path, sources: str = SOURCES, campaigns: str = CAMPAIGNS) -> object:
    (folder / "sources.yml").write_text(sources)
    (folder / "campaigns.yml").write_text(campaigns)
    return load(folder)


def test_the_example_company_loads() -> None:
    assert {source.dialect for source in COMPANY.sources.values()} >= set(READERS)
    assert COMPANY.sources["website-contact"].window == timedelta(days=30)
    assert COMPANY.same_submission == timedelta(minutes=5)


def test_the_version_follows_the_files(tmp_path: Path) -> None:
    before = _load(tmp_path)
    after = _load(tmp_path, SOURCES + "# another word\n")

    assert before.version != after.version  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ("sources: {web: {channel: form, dialect: form}}", "sources.web.name: a text is required"),
        ("sources: {web: {name: W, channel: form, dialect: fax}}", "sources.web.dialect: 'fax' is not known"),
        (
            "sources: {web: {name: W, channel: form, dialect: form, campain: x}}",
            "there is no field 'campain', did you mean 'campaign'?",
        ),
        (
            "sources: {web: {name: W, channel: form, dialect: form, campaign: sprng}}",
            "sources.web.campaign: 'sprng' is not known, did you mean 'spring'?",
        ),
        (
            "sources: {web: {name: W, channel: form, dialect: form, fields: {x: person.emial}}}",
            "sources.web.fields.x: 'emial' is not known, did you mean 'email'?",
        ),
        (
            "sources: {web: {name: W, channel: form, dialect: form, fields: {x: mesage}}}",
            "sources.web.fields.x: 'mesage' is not known, did you mean 'message'?",
        ),
        (
            "sources: {web: {name: W, channel: form, dialect: form, fields: {x: opt_out.fax}}}",
            "sources.web.fields.x: 'fax' is not known; known are email, phone, post",
        ),
        (
            "sources: {web: {name: W, channel: form, dialect: form, fields: {1.10: person.email}}}",
            "sources.web.fields.1.1: put it in quotes",
        ),
        (
            "sources: {web: {name: W, channel: form, dialect: form, fields: {'?!': ignore}}}",
            "sources.web.fields.?!: a name needs a letter or a digit",
        ),
        (
            "questions: {budget: {kind: number}}\n"
            "sources: {web: {name: W, channel: form, dialect: form, fields: {x: answer.bugdet}}}",
            "did you mean 'budget'?",
        ),
        ("questions: {when: {kind: choice}}", "questions.when.choices"),
        ("asks: [emial]", "asks: 'emial' is not known"),
        ("same_submission_minutes: soon", "same_submission_minutes: 'soon' is not a positive number"),
        ("sources: [a, b]", "sources: names with values are required, not list"),
        ("sources: {", "sources.yml"),
    ],
)
def test_a_mistake_is_told_with_file_entry_and_field(tmp_path: Path, sources: str, said: str) -> None:
    with pytest.raises(CompanyError) as wrong:
        _load(tmp_path, sources)

    assert "sources.yml" in str(wrong.value)
    assert said in str(wrong.value)


@pytest.mark.parametrize(
    ("campaigns", "said"),
    [
        ("campaigns: {a: {name: A, cost: much}}", "campaigns.a.cost: 'much' is not an amount"),
        ("campaigns: {a: {name: A, starts_on: soon}}", "campaigns.a.starts_on: 'soon' is not a date"),
        ("campaigns: {a: {name: A, starts_on: 2026-03-02, ends_on: 2026-03-01}}", "before it starts"),
    ],
)
def test_a_mistake_in_a_campaign_is_told(tmp_path: Path, campaigns: str, said: str) -> None:
    with pytest.raises(CompanyError) as wrong:
        _load(tmp_path, campaigns=campaigns)

    assert said in str(wrong.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match=r"sources\.yml"):
        load(tmp_path)
