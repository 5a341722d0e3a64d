"""The example company loads, and every mistake in its files is named where it stands."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from services.router.company import load
from shared.company_file import CompanyError

EXAMPLE = Path(__file__).parents[3] / "deploy" / "company"


@pytest.fixture
def edited(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A copy of the example company with one text of one file replaced."""
    for name in ("owners.yml", "territories.yml", "clocks.yml"):
        shutil.copy(EXAMPLE / name, tmp_path / name)

    def edit(name: str, old: str, new: str) -> Path:
        text = (tmp_path / name).read_text()
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new, 1))
        return tmp_path

    return edit


def test_the_example_company_loads() -> None:
    rules = load(EXAMPLE)

    assert len([owner for owner in rules.owners.values() if owner.kind == "dealer"]) >= 25
    assert rules.owners["hawkeye-implement"].webhook is not None
    assert rules.unready == rules.no_taker[-1] == "marketing"


def test_the_version_follows_the_files(edited: Callable[[str, str, str], Path]) -> None:
    assert load(edited("clocks.yml", "within: 30 days", "within: 31 days")).version != load(EXAMPLE).version


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("territories.yml", "owners: [hawkeye-implement]", "owners: [hawkeye-implemant]",
         "territories us-ia-central: owners: there is no 'hawkeye-implemant', did you mean 'hawkeye-implement'?"),
        ("territories.yml", "owners: [sandhills-ranch-supply, platte-valley-implement]",
         "owners: [sandhills-ranch-supply]", "us-ne-sandhills: owners: none of them is active"),
        ("territories.yml", 'postcodes: ["504-507"]', 'postcodes: ["503-507"]',
         "territories us-ia-central and us-ia-northeast both claim postcode 503"),
        ("territories.yml", 'postcodes: ["504-507"]', 'postcodes: ["507-504"]', "is not a range"),
        ("territories.yml", "states: [IL], owners", "states: [NO], owners", "states: a list of texts is expected"),
        ("territories.yml", "  unready: marketing", "  unready: call-centre",
         "must be an active owner of kind marketing"),
        ("territories.yml", "call-centre, marketing]", "call-centre]", "must be an active owner of kind marketing"),
        ("territories.yml", "fall_back:", "fallback:", "territories.yml: fall_back: this is needed"),
        ("owners.yml", "kind: marketing", "kind: marketeer", "owners marketing: kind: 'marketeer' is not one of"),
        ("owners.yml", "email: sales@hawkeye-implement.example", "email: a@b.example, c@d.example",
         "owners hawkeye-implement: email: 'a@b.example, c@d.example' is not one email address"),
        ("owners.yml", "manager_email: north-region", "manger_email: north-region", "did you mean 'manager_email'?"),
        ("owners.yml", "  secret: whsec_", "  secret: ",
         "hawkeye-implement: deliveries 1: secret: a key is written whsec_"),
        ("owners.yml", "webhook: https://", "webhook: ftp://", "is not a web address"),
        ("owners.yml", "webhook: https://", "webhook: https://user:pass@", "is not a web address"),
        ("owners.yml", "example/leadbus", "example/lead bus", "is not a web address"),
        ("owners.yml", "id: cedar-valley-tractor", "id: hawkeye-implement", "'hawkeye-implement' is there twice"),
        ("clocks.yml", "within: 48 hours", "within: 2 weeks", "clocks: accept: within: '2 weeks' is not a time"),
        ("clocks.yml", "do: escalate", "do: shout", "steps 2: do: 'shout' is not one of"),
        ("clocks.yml", "  review_no_taker:", "  review_nobody:", "review_no_taker: this is needed"),
        ("clocks.yml", "{after: 36 hours, do: escalate}", "{after: 12 hours, do: escalate}", "each must come later"),
        ("clocks.yml", "{after: 24 hours, do: escalate}", "{after: 24 hours, do: reassign}",
         "marketing cannot lose a lead"),
    ],
)  # fmt: skip
def test_mistakes_are_named(edited: Callable[[str, str, str], Path], name: str, old: str, new: str, said: str) -> None:
    with pytest.raises(CompanyError) as refused:
        load(edited(name, old, new))

    assert name in str(refused.value)
    assert said in str(refused.value)


def test_a_secret_never_stands_in_an_error(edited: Callable[[str, str, str], Path]) -> None:
    with pytest.raises(CompanyError) as refused:
        load(edited("owners.yml", "  secret: whsec_", "  secret: whsec_!"))

    secret = load(EXAMPLE).owners["hawkeye-implement"].webhook.secrets[0]  # type: ignore[union-attr]
    assert secret.removeprefix("whsec_") not in str(refused.value)
