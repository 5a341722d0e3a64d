"""The company's files are checked when they are loaded, and the message says where to look."""

import shutil
from pathlib import Path

import pytest

from services.fulfillment import company
from services.fulfillment.templates import Templates
from shared.company_file import CompanyError
from tests.unit.fulfillment.builders import COMPANY


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the example company that a test may spoil."""
    for name in ("pieces.yml", "literature.yml"):
        shutil.copy(COMPANY / name, tmp_path)
    shutil.copytree(COMPANY / "templates" / "fulfillment", tmp_path / "templates" / "fulfillment")
    return tmp_path


def load(folder: Path) -> None:
    library = company.load(folder)
    Templates(folder / "templates" / "fulfillment", library)


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_example_company_loads(folder: Path) -> None:
    load(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        ("literature.yml", "piece: literature", "piece: litrature", ("literature.yml", "piece", "litrature")),
        ("literature.yml", "[full-catalogue]", "[ful-catalogue]", ("catalogue-for-the-best", "ful-catalogue")),
        ("literature.yml", 'rank in ["hot"', 'rnk in ["hot"', ("when", "rnk", "rank")),
        ("literature.yml", "link: https://", "link: http://", ("compact-tractor-brochure", "https")),
        ("literature.yml", "wait_minutes: 10", "wait_minutes: soon", ("wait_minutes",)),
        ("pieces.yml", "kind: marketing", "kind: advertising", ("kind", "advertising", "marketing")),
        ("pieces.yml", "channel: post", "channel: pigeon", ("channel", "pigeon")),
        ("pieces.yml", "first: acknowledgement", "first: thanks", ("acknowledge", "thanks")),
        (
            "pieces.yml",
            "    approved_by: Hannah Brandt, Marketing, 2026-03-02\n",
            "",
            ("nurture-1-guide", "approved_by"),
        ),
        ("pieces.yml", "stale_after_days: 3", "stale_after_day: 3", ("acknowledgement", "stale_after_day")),
        ("pieces.yml", "email: hello@", "email: a@b.example, hello@", ("sender", "email")),
        ("pieces.yml", "about our {{ products_listed }}", "on {{ produkts }}", ("acknowledgement", "produkts")),
        ("pieces.yml", "about our {{ products_listed }}", "on {% if %}", ("acknowledgement", "subject")),
        ("pieces.yml", '"NO"', "NO", ("opt_in_countries", "quotes")),
        ("pieces.yml", '"#1f4d3a"', "green", ("colour",)),
    ],
)
def test_mistake_is_named_with_file_entry_and_field(
    folder: Path, file: str, old: str, new: str, named: tuple[str, ...]
) -> None:
    spoil(folder / file, old, new)

    with pytest.raises(CompanyError) as caught:
        load(folder)

    for word in (file, *named):
        assert word in str(caught.value)


def test_marketing_piece_without_a_way_out_is_refused(folder: Path) -> None:
    spoil(folder / "pieces.yml", "template: nurture-1-guide", "template: nurture-1-guide\n    unsubscribe: false")

    with pytest.raises(CompanyError, match="must carry the link"):
        load(folder)


@pytest.mark.parametrize(
    ("template", "new", "named"),
    [
        ("literature.html", "{{ persn.greeting }}", "persn"),
        ("literature.html", "{{ person.greting }}", "person.greting"),
        ("literature.txt", "{% if language == 'fr' %}{{ owner.fax }}{% endif %}", "owner.fax"),
        ("acknowledgement.de.txt", "{{ nothing }}", "nothing"),
        ("literature.html", "{% if %}", "literature.html"),
        ("literature.html", "{{ person.__class__.__mro__ }}", "__class__"),
    ],
)
def test_template_that_cannot_work_fails_on_load(folder: Path, template: str, new: str, named: str) -> None:
    spoil(folder / "templates" / "fulfillment" / template, "{{ person.greeting }}", new)

    with pytest.raises(CompanyError, match=named):
        load(folder)


def test_missing_template_is_named(folder: Path) -> None:
    (folder / "templates" / "fulfillment" / "literature.txt").unlink()

    with pytest.raises(CompanyError, match=r"literature\.txt is missing"):
        load(folder)


def test_version_changes_with_the_rules(folder: Path) -> None:
    before = company.load(folder).version
    spoil(folder / "literature.yml", "wait_minutes: 10", "wait_minutes: 11")

    assert company.load(folder).version != before
