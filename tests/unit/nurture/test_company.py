"""Mistakes in programmes.yml are named before anything runs on them."""

from pathlib import Path

import pytest

from services.nurture.company import load
from shared.company_file import CompanyError

COMPANY = Path(__file__).parents[3] / "deploy" / "company"


def changed(folder: Path, old: str, new: str, name: str = "programmes.yml") -> Path:
    for file in ("programmes.yml", "pieces.yml"):
        text = (COMPANY / file).read_text()
        assert file != name or old in text
        (folder / file).write_text(text.replace(old, new) if file == name else text)
    return folder


def test_the_example_company_has_one_programme_of_three_steps() -> None:
    rules = load(COMPANY)
    (programme,) = rules.programmes

    assert [(step.piece, step.after_days) for step in programme.steps] == [
        ("nurture-1-guide", 3), ("nurture-2-story", 21), ("nurture-3-invite", 60)
    ]  # fmt: skip
    assert programme.horizon_months == 24
    assert rules.days_between_steps == 5


def test_a_change_of_the_file_is_a_new_version(tmp_path: Path) -> None:
    before = load(COMPANY).programmes[0].version

    assert load(changed(tmp_path, "after_days: 21", "after_days: 22")).programmes[0].version != before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("piece: nurture-1-guide", "piece: nurture-1-gide", r"guide: piece: .* mean 'nurture-1-guide'"),
        ("after_days: 21", "after_days: soon", r"story: after_days: a whole number"),
        ("after_days: 21", "after_days: 2", r"after_days must grow"),
        ("after_days: 60", "after_days: 900", r"beyond horizon_months"),
        ("id: story", "id: guide", r"'guide' is there twice"),
        ("when: \"true\"", "when: county == \"Story\"", r"when: .*county"),
        ("days_between_steps: 5", "days: 5", r"days_between_steps: a whole number"),
        ("programmes:", "programs:", r"programmes: a list"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CompanyError, match=message):
        load(changed(tmp_path, old, new))


def test_a_bare_no_in_the_list_of_countries_is_not_read_as_a_flag(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match="opt_in_countries: a list of texts"):
        load(changed(tmp_path, '"NO"', "NO", "pieces.yml"))
