"""The example company loads, and every mistake in its files is named where it stands."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.router.company import load
from services.router.domain.clock import plan_for
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
    assert rules.unready == rules.market.fall_back[-1] == "marketing"


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
        ("clocks.yml", "      - {after: 96 hours, do: reassign}\n", "",
         "contact: its last step must be 'reassign': else an owner could sit on a lead"),
        ("clocks.yml", "silence:\n", "quiet:\n",
         "update: its last step must be 'reassign' where there is no 'silence:'"),
        ("territories.yml", "share: 2", "share: 3", "us-ks: share: 3 cannot work on a lead where 2 take them"),
        ("territories.yml", "price: {hot: 40", "price: {hott: 40", "unknown field, did you mean 'hot'?"),
        ("territories.yml", "{id: ca-west, country", "{id: ca-west, of: great-lakes-machinery, country",
         "western-canada-ag: parent is not 'great-lakes-machinery' in owners.yml"),
        ("owners.yml", "role: manager}", "role: boss}", "role"),
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
        ("owners.yml", "hours: Mo-Fr 08:00-17:30; Sa 08:00-12:00", "hours: weekdays", "hours: 'weekdays' is not like"),
        ("owners.yml", "holidays: US-IA", "holidays: US-XX", "holidays: 'US-XX' is not a country"),
        ("owners.yml", "time_zone: Europe/Berlin", "time_zone: Berlin", "'Berlin' is not a time zone"),
        ("owners.yml", "takes: {day: 4, open: 60}", "takes: {day: none}", "day: a whole number above 0 is expected"),
        ("owners.yml", "takes: {day: 4, open: 60}", "takes: {hour: 4}", "takes: hour: unknown field"),
        ("owners.yml", "deliver: at_opening", "deliver: later", "there is no 'later'"),
        ("owners.yml", "takes: {day: 4, open: 60}", "away: [{from: 2026-12-24, to: 2026-12-01}]", "ends before it"),
        ("owners.yml", "takes: {day: 4, open: 60}", "parent: linn-county-outdoor", "parent: nobody is their own"),
        ("owners.yml", "takes: {day: 4, open: 60}", "ranks: [hottish]", "ranks: hottish: only hot, warm, cold, future"),
        ("territories.yml", "choose: {by: [weighted]", "choose: {by: [luck]", "by: luck: only priority"),
        ("territories.yml", "closed: hold}", "closed: drop}", "closed: 'drop' is not one of hold, pass_on"),
        ("territories.yml", "industries: [municipal]", 'within: {km: 60, of: "00000"}', "'00000' is not a ZIP code"),
        ("territories.yml", "industries: [municipal]", 'within: {of: "50010"}', "either km or miles is needed"),
        ("territories.yml", "industries: [municipal]", "counties: [IA/Storey County]",
         "did you mean 'IA/Story County'?"),
        ("territories.yml", "industries: [municipal]", "cities: [Ames]", "write the state too, like IA/Ames"),
        ("territories.yml", "industries: [municipal]", "when: potential_valeu > 3", "potential_value"),
        ("territories.yml", "owners: [inside-sales-east]}", "owners: [{owner: inside-sales-east, weight: 0}]}",
         "weight: a whole number above 0"),
        ("clocks.yml", "within: 48 hours", "counts: hours\n    within: 48 hours", "counts: 'hours' is not one of"),
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


def test_working_hours_limits_and_ways_of_choosing_are_read(edited: Callable[[str, str, str], Path]) -> None:
    linn = load(EXAMPLE).owners["linn-county-outdoor"]
    assert (linn.caps.day, linn.caps.open, str(linn.calendar.zone)) == (4, 60, "America/Chicago")
    assert linn.calendar.closed(datetime(2026, 11, 26, 16, 0, tzinfo=UTC)) == "Thanksgiving Day"
    assert not load(EXAMPLE).owners["kc-landscape-supply"].delivered_at_once

    changed = load(
        edited(
            "territories.yml",
            "owners: [linn-county-outdoor, river-bend-tractor]",
            "owners: [{owner: linn-county-outdoor, weight: 60, priority: 2}, river-bend-tractor],"
            " by: [priority, weighted], closed: pass_on",
        )
    )
    east = next(one for one in changed.atlas.territories if one.territory_id == "us-ia-east")
    assert (east.by, east.closed) == (("priority", "weighted"), "pass_on")
    assert (east.weights, east.priorities["linn-county-outdoor"]) == (
        {"linn-county-outdoor": 60, "river-bend-tractor": 1}, 2
    )  # fmt: skip


def test_a_clock_may_count_working_time_and_be_quicker_for_hot_leads(edited: Callable[[str, str, str], Path]) -> None:
    hot_ones = "within: 4 hours, counts: working_time, steps: [{after: 4 hours, do: reassign}]"
    rules = load(edited("clocks.yml", "  contact:", f"  accept_hot: {{{hot_ones}}}\n  contact:"))
    hot = plan_for(rules.plans, rules.owners["linn-county-outdoor"], "qualified", "hot")
    friday = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)

    assert (hot.name, plan_for(rules.plans, rules.owners["linn-county-outdoor"], "qualified", "warm").name) == (
        "accept_hot", "accept"
    )  # fmt: skip
    # Half past four in Iowa: an hour is left of Friday, three are Saturday's.
    assert hot.due_at(rules.owners["linn-county-outdoor"].calendar, friday) == datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
