"""`leadbus rules`: what it says of a mistake, of a difference, of an example, and how a draft goes live by it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.rules import rules
from deploy.stack import StackError
from tests.acceptance.qualify.rule_desk import RuleDesk, leads
from tests.integration.plumbing.conftest import eventually

REPOSITORY = Path(__file__).parents[2]
COMPANY = REPOSITORY / "deploy" / "company"
RULES = (COMPANY / "rules.yml").read_text()


@pytest.fixture
def company(tmp_path: Path) -> Path:
    """A folder with the example company's rules and examples, to be changed at will."""
    folder = tmp_path / "company"
    folder.mkdir()
    for name in ("rules.yml", "rules_tests.yml"):
        (folder / name).write_text((COMPANY / name).read_text())
    return folder


def change(company: Path, old: str, new: str) -> None:
    text = (company / "rules.yml").read_text()
    assert old in text
    (company / "rules.yml").write_text(text.replace(old, new, 1))


def run(*words: str, company: Path, **environment: str) -> Any:
    """The command's result; a failure that it tells in a sentence comes as its output."""
    env = {"COLUMNS": "200", "LEADBUS_COMPANY": str(company), **environment}
    result = CliRunner().invoke(rules, list(words), env=env)
    if result.exception is not None and not isinstance(result.exception, SystemExit | StackError):
        raise result.exception
    return result


def told(result: Any) -> str:
    """What people read."""
    return str(result.exception) if isinstance(result.exception, StackError) else result.output


def test_check_names_file_line_and_field_and_what_to_do_next(company: Path) -> None:
    change(company, "when: budget >= 25000", "when: bugdet >= 25000")
    line = 1 + (company / "rules.yml").read_text().split("bugdet")[0].count("\n")
    result = run("check", company=company)
    said = told(result)

    assert result.exit_code == 1
    assert f'rules.yml, line {line}: points "large-budget": when: ' in said
    assert "did you mean 'budget'?" in said
    assert "Put it right, then: leadbus rules check" in said
    assert json.loads(run("check", "--json", company=company).output)["ok"] is False


def test_check_finds_nothing_odd_in_the_example_company(company: Path) -> None:
    assert json.loads(told(run("check", "--json", company=company)))["advice"] == []


def test_a_rule_that_counts_every_visit_may_reach_any_rank(company: Path) -> None:
    change(company, "per: occurrence, points: 3, at_most: 9", "per: occurrence, points: 3, at_most: 900")
    change(company, "engagement: {at_most: 40, at_least: -20", "engagement: {at_most: 900, at_least: -20")
    change(company, "ranks: {hot: 55", "ranks: {hot: 800")

    assert json.loads(told(run("check", "--json", company=company)))["advice"] == []


def test_check_says_what_is_odd(company: Path) -> None:
    change(company, "ranks: {hot: 55", "ranks: {hot: 155")
    result = run("check", company=company)

    assert result.exit_code == 0
    assert "ranks: hot is 155, and no lead can have more than" in result.output


def test_the_example_company_keeps_its_own_examples(company: Path) -> None:
    result = run("test", company=company)

    assert result.exit_code == 0, result.output
    assert re.search(r"(\d+) of \1 examples hold", result.output)


def test_an_example_that_fails_says_what_is_expected_and_why_it_is_otherwise(company: Path) -> None:
    change(
        company,
        "{rule: wants-quote, group: engagement, points: 12",
        "{rule: wants-quote, group: engagement, points: -40",
    )
    result = run("test", company=company)

    assert result.exit_code == 1
    assert "rank is warm, expected hot" in result.output or "decision is not_ready, expected qualified" in result.output
    assert "-40  wants-quote: they ask for a price or a person" in result.output
    failed = [each for each in json.loads(run("test", "--json", company=company).output) if not each["holds"]]
    assert failed
    assert "expected" in failed[0]["problems"][0]


def test_a_mistake_in_an_example_is_told_like_one_in_the_rules(company: Path) -> None:
    file = company / "rules_tests.yml"
    file.write_text(file.read_text().replace("answers: {role: employee", "answers: {rolle: employee"))
    said = told(run("check", company=company))

    assert re.search(r"rules_tests\.yml, line \d+: tests \"an employee who takes a brochure\": answers", said)
    assert "did you mean 'role'?" in said


def test_diff_says_in_plain_words_what_changes_and_ignores_layout(company: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yml"
    other.write_text(RULES)
    assert "The same text" in run("diff", "--against", str(other), company=company).output
    (company / "rules.yml").write_text("# a remark\n" + RULES)
    assert "only comments or layout differ" in run("diff", "--against", str(other), company=company).output
    change(company, 'points: 15, when: role == "owner"', 'points: 20, when: role == "owner"')
    change(company, "ranks: {hot: 55", "ranks: {hot: 50")
    change(company, "[immediately, asap, right away, this month]", "[immediately, asap, this month]")
    shown = run("diff", "--against", str(other), company=company).output

    assert "~ owner: counts 20 points instead of 15" in shown
    assert "~ hot: is 50 instead of 55" in shown
    assert "~ timing: choices: now loses right away" in shown


@pytest.fixture
def process(vhost: str, room_database: Callable[[str], str], company: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    """The room after its first start, with some leads; the environment by which commands reach it."""
    url = room_database("qualify")
    desk = RuleDesk.on(url, company, RULES)
    desk.room.clock.moment = desk.room.clock.moment.now(desk.room.clock.moment.tzinfo)
    desk.room.hear(*leads(40))
    desk.room.engine.dispose()
    settings = {"LEADBUS_AMQP_URI": vhost, "LEADBUS_DATABASE_URL": url, "LEADBUS_COMPANY": str(company)}
    with (tmp_path / "log").open("wb") as output:
        command = [sys.executable, "-m", "deploy.serve", "qualify"]
        running = subprocess.Popen(command, env=os.environ | settings, cwd=REPOSITORY, stdout=output, stderr=output)
        yield {"LEADBUS_AMQP_URI": vhost, "LEADBUS_QUALIFY_DATABASE_URL": url}
        running.terminate()
        assert running.wait(timeout=40) == 0, (tmp_path / "log").read_text()[-2000:]


@pytest.mark.slow
@pytest.mark.requirement("QUA-4", "SCO-8")
def test_a_draft_goes_live_by_the_commands_alone_and_back(process: dict[str, str], company: Path) -> None:
    def rule(*words: str) -> Any:
        return run(*words, company=company, **process)

    eventually(lambda: rule("show").exit_code == 0, 60, "an answer of the room")
    change(company, 'points: 15, when: role == "owner"', 'points: 0, when: role == "owner"')
    assert "~ owner: counts 0 points instead of 15" in rule("diff").output
    page = company / "backtest.html"
    tested = rule("backtest", "--months", "120", "--workers", "1", "--html", str(page))
    assert "40 leads from" in tested.output, told(tested)
    assert "change rank or decision" in tested.output
    assert "<h3>Ranks</h3>" in page.read_text()

    assert "marketing and sales have not approved" in told(rule("publish"))
    rule("approve", "--as", "marketing", "--by", "Mara")
    assert "sales needs somebody else's approval" in told(rule("approve", "--as", "sales", "--by", "Mara"))
    assert "sales has not approved" in told(rule("publish"))
    assert rule("approve", "--as", "sales", "--by", "Sam").exit_code == 0
    shown = json.loads(rule("publish", "--share", "30", "--json").output)
    assert (shown["share"], shown["trial"]["state"], shown["backtest"]["report"]["leads"]) == (30, "trial", 40)
    assert json.loads(rule("publish", "--json").output)["live"]["state"] == "live"

    back = json.loads(rule("revert", "--json").output)
    assert [each["kind"] for each in back["publications"]] == ["revert", "publish", "publish", "first"]
    assert "there is nothing before" in told(rule("revert"))
