"""The company's accounts at platforms, checked on load; what platforms' refusals mean."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.capture import company as companies
from services.capture.platforms import account, asking, linkedin, meta
from services.capture.platforms.account import Account
from services.capture.platforms.asking import Answer, Busy, Refused
from shared.company_file import CompanyError
from shared.secret import Secret

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
GOOD: dict[str, Any] = {
    "platform": "meta",
    "base_url": "https://graph.facebook.com/v23.0",
    "token": {"env": "T"},
    "forms": ["1"],
}
USAGE = json.dumps({"1": [{"type": "leadgen", "estimated_time_to_regain_access": 5}]})
META = Account("meta-mowers", "meta", "https://graph.example/v23.0", Secret(("T",)))
LINKEDIN = Account("linkedin-municipal", "linkedin", "https://api.example/rest", Secret(("T",)), version="202509")


def loaded(tmp_path: Path, source: str = "meta-mowers", **over: Any) -> dict[str, Account]:
    folder = tmp_path / "company"
    shutil.copytree(COMPANY, folder, dirs_exist_ok=True)
    entry = {name: value for name, value in (GOOD | over).items() if value is not None}
    (folder / "platforms.yml").write_text(yaml.safe_dump({"accounts": {source: entry}}))
    return account.load(folder, companies.load(folder))


def test_the_example_company_s_accounts_load() -> None:
    found = account.load(COMPANY, companies.load(COMPANY))
    assert {one.platform for one in found.values()} == {"meta", "linkedin"}


def test_a_stand_in_is_asked_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADBUS_PLATFORM_STAND_IN", "http://127.0.0.1:9/")
    found = account.load(COMPANY, companies.load(COMPANY))
    assert found["meta-mowers"].base_url == "http://127.0.0.1:9/graph.facebook.com/v23.0"
    assert found["linkedin-municipal"].base_url == "http://127.0.0.1:9/api.linkedin.com/rest"


def test_a_company_without_the_file_has_no_accounts(tmp_path: Path) -> None:
    assert account.load(tmp_path, companies.load(COMPANY)) == {}


@pytest.mark.parametrize(
    ("over", "word"),
    [
        ({"source": "nobody"}, "accounts.nobody: no such source"),
        ({"source": "website-contact"}, "dialect is 'form'"),
        ({"platform": "tiktok"}, "'tiktok' is not known"),
        ({"base_url": "http://graph.facebook.com"}, "https only"),
        ({"base_url": "https://user:pass@graph.facebook.com"}, "base_url"),
        ({"base_url": "graph.facebook.com"}, "base_url"),
        ({"token": "EAAB-secret"}, "must name where it is kept"),
        ({"token": None}, "must name where it is kept"),
        ({"forms": None}, "forms: meta needs it"),
        ({"forms": "1"}, "forms: a list"),
        ({"reconcile_minutes": 0}, "reconcile_minutes"),
        ({"reconcile_minutes": True}, "reconcile_minutes"),
        ({"secret": "x"}, "no field 'secret'"),
        ({"source": "linkedin-municipal", "platform": "linkedin"}, "owner: linkedin needs it"),
    ],
)
def test_a_mistake_names_entry_and_field(tmp_path: Path, over: dict[str, Any], word: str) -> None:
    with pytest.raises(CompanyError, match=word.replace(".", r"\.")) as problem:
        loaded(tmp_path, **over)
    assert "platforms.yml" in str(problem.value)
    assert "EAAB" not in str(problem.value)


@pytest.mark.parametrize("text", ["[", "accounts: [1]", "- 1", "accounts: {meta-mowers: 7}"])
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "platforms.yml").write_text(text)
    with pytest.raises(CompanyError):
        account.load(tmp_path, companies.load(COMPANY))


def test_a_token_is_read_at_each_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Secret(files=(tmp_path / "token",))
    assert kept.value() is None
    (tmp_path / "token").write_text(" one\n")
    assert kept.value() == "one"
    (tmp_path / "token").write_text("two")
    assert kept.value() == "two"
    monkeypatch.setenv("T", "")
    assert Secret(("T",)).value() is None


def answered(code: int, document: Any = None, **headers: str) -> Answer:
    return Answer(
        code, {name.replace("_", "-"): value for name, value in headers.items()}, json.dumps(document).encode()
    )


@pytest.mark.parametrize(
    ("answer", "kind", "wait"),
    [
        (answered(400, {"error": {"code": 190, "error_subcode": 463}}), Refused, None),
        (answered(400, {"error": {"code": 4}}), Busy, None),
        (answered(400, {"error": {"code": 80005}}, Retry_After="60"), Busy, 60.0),
        (answered(500, None), Busy, None),
        (answered(200, {"error": {"code": 1}}), Busy, None),
        (answered(400, {"error": {"code": 100, "error_subcode": 33}}), Refused, None),
        (answered(400, {"error": {"code": "x"}}), Refused, None),
        (answered(400, ["?"]), Refused, None),
        (answered(400, {"error": {"code": 4}}, **{"X-Business-Use-Case-Usage": "[1]"}), Busy, None),
        (answered(400, {"error": {"code": 4}}, **{"X-Business-Use-Case-Usage": USAGE}), Busy, 300.0),
    ],
)
def test_what_meta_s_refusals_mean(answer: Answer, kind: type[Exception], wait: float | None) -> None:
    with pytest.raises(kind) as refused:
        meta._good(META, answer)
    assert getattr(refused.value, "after", None) == wait


@pytest.mark.parametrize(
    ("answer", "kind", "word"),
    [
        (answered(401, {"code": "EXPIRED_ACCESS_TOKEN"}), Refused, "environment variable T"),
        (answered(403), Refused, "r_marketing_leadgen_automation"),
        (answered(404), Refused, "365"),
        (answered(426, {"code": "NONEXISTENT_VERSION"}), Refused, "202509"),
        (answered(429), Busy, "limit"),
        (answered(502), Busy, "cannot answer now"),
        (answered(301), Refused, "refused"),
    ],
)
def test_what_linkedin_s_refusals_mean(answer: Answer, kind: type[Exception], word: str) -> None:
    with pytest.raises(kind, match=word):
        linkedin._good(LINKEDIN, answer)


@pytest.mark.parametrize(
    ("value", "seconds"), [("60", 60.0), ("", None), ("soon", None), ("9" * 30, asking.LONGEST_WAIT), ("-5", None)]
)
def test_retry_after_is_bounded(value: str, seconds: float | None) -> None:
    assert asking.wait_of(answered(429, None, Retry_After=value)) == seconds


def test_retry_after_may_be_a_date() -> None:
    past = asking.wait_of(answered(429, None, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"))
    assert past == 0.0
