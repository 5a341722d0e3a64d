"""`leadbus sources check`: mistakes are told by file, entry and field, before a process meets them."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deploy.cli.sources import sources
from deploy.stack.instance import REPOSITORY

COMPANY = REPOSITORY / "deploy" / "company"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return Path(shutil.copytree(COMPANY, tmp_path / "company"))


def check(folder: Path, *more: str) -> Result:
    return CliRunner().invoke(sources, ["check", "--company", str(folder), *more], env={"COLUMNS": "300"})


def changed(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text()
    assert old in text, f"the example company has no {old!r} any more"
    (folder / file).write_text(text.replace(old, new, 1))


def test_the_example_company_is_well() -> None:
    answer = check(COMPANY)

    assert (answer.exit_code, "are well" in answer.output) == (0, True)


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("sources.yml", "newsletter: consent.email", "newsletter: consent.mail",
         "sources.yml: sources.website-contact.fields.newsletter: 'mail' is not known, did you mean 'email'?"),
        ("sources.yml", "  website-catalogue:", "  website-catalog:", "'website-catalogue' is not known, did you mean"),
        ("sources.yml", "sources:", "sources: [", "sources.yml: "),
        ("entrypoints.yml", "source: website-contact", "source: web-contact", "entrypoints.yml: forms.contact"),
        ("entrypoints.yml", "    title:", "    titel:", "unknown field `titel`"),
        ("platforms.yml", "platform: meta", "platform: metta", "platforms.yml: accounts."),
    ],
)  # fmt: skip
def test_a_mistake_is_told_by_file_entry_and_field(company: Path, file: str, old: str, new: str, said: str) -> None:
    changed(company, file, old, new)
    answer = check(company)

    assert answer.exit_code == 1
    assert said in answer.output, answer.output


def test_mistakes_of_several_files_are_told_at_once(company: Path) -> None:
    changed(company, "platforms.yml", "platform: meta", "platform: metta")
    changed(company, "entrypoints.yml", "    title:", "    titel:")
    (company / "footsteps.yml").write_bytes(b"\xff\xfe")

    told = json.loads(check(company, "--json").output)
    assert not told["ok"]
    for file in ("entrypoints.yml", "footsteps.yml"):
        assert any(file in problem for problem in told["problems"]), told
