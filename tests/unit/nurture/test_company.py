"""Mistakes in programmes.yml are named before anything runs on them."""

from pathlib import Path

import pytest

from services.nurture.company import CompanyError, load

SHIPPED = Path(__file__).parents[3] / "deploy" / "company" / "programmes.yml"


def changed(folder: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text()
    assert old in text
    (folder / "programmes.yml").write_text(text.replace(old, new))
    return folder


def test_the_example_company_has_one_programme_of_three_steps() -> None:
    rules = load(SHIPPED.parent)
    (programme,) = rules.programmes

    assert [(step.piece, step.after_days) for step in programme.steps] == [
        ("nurture-1-guide", 3), ("nurture-2-story", 21), ("nurture-3-invite", 60)
    ]  # fmt: skip
    assert programme.horizon_months == 24
    assert rules.days_between_steps == 5


def test_a_change_of_the_file_is_a_new_version(tmp_path: Path) -> None:
    before = load(SHIPPED.parent).programmes[0].version

    assert load(changed(tmp_path, "after_days: 21", "after_days: 22")).programmes[0].version != before


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("channel: email, after_days: 3}", "channel: fax, after_days: 3}", r"steps 1: guide: channel: 'fax'"),
        ("after_days: 21", "after_days: soon", r"story: after_days: a whole number"),
        ("after_days: 21", "after_days: 2", r"after_days must grow"),
        ("after_days: 60", "after_days: 900", r"beyond horizon_months"),
        ("id: story", "id: guide", r"'guide' is there twice"),
        ("country not in", "county not in", r"when: .*county"),
        ("days_between_steps: 5", "days: 5", r"days_between_steps: a whole number"),
        ("programmes:", "programs:", r"programmes: a list"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(CompanyError, match=message):
        load(changed(tmp_path, old, new))


@pytest.mark.parametrize(
    ("facts", "is_in"),
    [
        ({"country": "US", "email_agreed": False}, True),
        ({"country": "", "email_agreed": False}, True),
        ({"country": "DE", "email_agreed": False}, False),
        ({"country": "DE", "email_agreed": True}, True),
    ],
)
def test_where_the_law_demands_a_yes_only_who_said_so_is_written_to(facts: dict[str, object], is_in: bool) -> None:
    assert load(SHIPPED.parent).programmes[0].when.holds(facts) is is_in
