"""What a walk over all places finds: gaps, dead entries, ties, and who is asked how often."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.router.domain.calendar import Calendar
from services.router.domain.choice import Market
from services.router.domain.linting import Findings, idle, industries_of, places_abroad, unproved, walk
from services.router.domain.rules import Rules
from services.router.domain.staffing import Load, capacity, staffing
from services.router.domain.standing import Caps
from services.router.domain.territory import Atlas, Place, Territory
from services.router.domain.territory_facts import FACTS
from shared.conditions import Condition
from tests.unit.router.test_territory import CENTRAL, owner, territory

PLACES = [Place("US", "IA", "50010"), Place("US", "IA", "52401"), Place("US", "NE", "68001")]


def found(*territories: Territory, **owners: dict[str, Any]) -> tuple[Findings, list[str]]:
    names = {name for one in territories for name in one.owners} | {"marketing"}
    them = {name: owner(name, **owners.get(name, {})) for name in names}
    market = Market(Atlas(territories), them, ("marketing",))
    rules = Rules(market=market, locate=lambda place: place, **dict.fromkeys(
        ("home_country", "unready", "screeners", "plans", "links_valid", "currency", "sender", "sender_name", "version")
    ))  # type: ignore[arg-type]  # fmt: skip
    *_, findings = walk(rules, PLACES, [None, "dryer"], [None])
    return findings, findings.dead(rules)


def test_a_place_that_only_the_fall_back_takes_is_a_gap() -> None:
    findings, dead = found(
        territory(
            "ia",
            "a",
            states=["IA"],
        )
    )

    assert findings.gaps == {("NE", "no product in particular"): 1, ("NE", "dryer"): 1}
    assert dead == []


def test_a_product_that_nobody_there_sells_is_a_gap_and_so_is_one_whose_only_seller_is_paused() -> None:
    mowers = {"products": frozenset({"mower"})}
    assert found(territory("us", "a"), a=mowers)[0].gaps == {("IA", "dryer"): 2, ("NE", "dryer"): 1}
    assert sum(found(territory("us", "a"), a={"active": False})[0].gaps.values()) == 6


def test_an_entry_that_no_lead_reaches_is_dead() -> None:
    elsewhere = territory("ks", "a", states=["KS"])

    assert found(territory("us", "a"), elsewhere)[1] == ["ks"]


def test_what_takes_over_behind_a_more_specific_one_is_not_dead() -> None:
    assert found(territory("us", "a"), territory("town", "b", postcodes=["500"]))[1] == []


def test_equal_ranks_are_ties() -> None:
    one, other = territory("one", "a", states=["IA"]), territory("other", "b", states=["IA"])

    assert found(territory("us", "a"), one, other)[0].ties == {("one", "other"): 4}


def test_shared_places_count_by_weight() -> None:
    shared = territory("us", "a", "b", weights={"a": 3, "b": 1})

    assert found(shared)[0].load == {"a": 4.5, "b": 1.5}


def rules_of(market: Market) -> Rules:
    return Rules(
        market=market, home_country="US", unready="marketing", screeners={}, plans={}, links_valid=None, currency="USD",
        sender=None, sender_name="", version="",
    )  # type: ignore[arg-type]  # fmt: skip


def test_a_gap_that_nobody_of_the_fall_back_sells_either_is_ownerless() -> None:
    them = {"desk": owner("desk", products=frozenset({"dryer"})), "marketing": owner("marketing", kind="marketing")}
    rules = rules_of(Market(Atlas([]), them, ("desk", "marketing")))
    *_, findings = walk(rules, PLACES[:1], ["mower", "dryer"], [None])

    assert findings.gaps == {("IA", "mower"): 1, ("IA", "dryer"): 1}
    assert findings.ownerless == {("IA", "mower"): 1}


def test_an_industry_that_an_owner_does_not_serve_is_a_gap_of_it_alone() -> None:
    them = {"a": owner("a", industries=frozenset({"crop"})), "marketing": owner("marketing", kind="marketing")}
    rules = rules_of(Market(Atlas([territory("us", "a")]), them, ("marketing",)))
    *_, findings = walk(rules, PLACES[:1], [None], industries_of(rules))

    assert industries_of(rules) == [None, "crop"]
    assert sum(findings.gaps.values()) == 1


def test_the_territories_of_sub_dealers_are_walked_too() -> None:
    them = {name: owner(name) for name in ("top", "sub", "marketing")}
    below = {"top": Atlas([territory("town", "sub", postcodes=["500"]), territory("ks", "sub", states=["KS"])])}
    rules = rules_of(Market(Atlas([territory("us", "top")]), them, ("marketing",), below=below))
    *_, findings = walk(rules, PLACES, [None], [None])

    assert findings.load == {"sub": 1, "top": 2}
    assert findings.dead(rules) == ["ks"]


def test_parts_of_other_countries_are_places_and_owners_without_leads_are_told() -> None:
    abroad = [territory("ab", "a", country="CA", states=["AB"]), territory("hh", "a", country="DE", postcodes=["20"])]
    them = {name: owner(name) for name in ("a", "idle", "stand-in", "marketing")}
    them["a"] = owner("a", deputy="stand-in")
    rules = rules_of(Market(Atlas(abroad), them, ("marketing",)))

    assert set(places_abroad(rules, "US")) == {
        Place("CA"), Place("CA", "AB"), Place("DE"), Place("DE", None, "20")
    }  # fmt: skip
    assert idle(rules) == ["idle"]


def test_what_is_under_a_condition_is_neither_dead_nor_proved() -> None:
    rich = territory("rich", "a", when=Condition.parse("potential_value > 9", FACTS))
    findings, dead = found(territory("us", "a"), rich)

    assert dead == []
    assert unproved(rules_of(Market(Atlas([rich]), {"a": owner("a")}, ("a",)))) == ["rich"]
    assert findings.ties == {}


# --- as many owners as leads need ------------------------------------------------------------------------------------

JUNE = datetime(2026, 6, 1, 5, tzinfo=UTC)


def test_what_an_owner_takes_in_a_month_is_their_tightest_limit_on_days_they_work() -> None:
    office = Calendar(CENTRAL, None, {date(2026, 6, 19): "Juneteenth"})
    assert capacity(owner("a", caps=Caps(day=2), calendar=office), JUNE, 30) == 58
    assert capacity(owner("a", caps=Caps(day=2, week=7, month=90), calendar=office), JUNE, 30) == 30
    assert capacity(owner("a"), JUNE, 30) is None


@pytest.mark.parametrize(
    ("load", "caps", "verdict", "because"),
    [
        (Load(given=20, refused_full=9), Caps(), "understaffed", "9 times an owner was full"),
        (Load(given=28), Caps(month=30), "understaffed", "28 leads of 30 that its owners take"),
        (Load(given=30, lapsed=6), Caps(), "understaffed", "6 of 30 leads lapsed"),
        (Load(given=3), Caps(month=30), "overstaffed", "3 leads of 30 that its owners take"),
        (Load(given=15, lapsed=1, refused_full=1), Caps(month=30), "fits", "15 leads for its owners"),
        (Load(), Caps(), "fits", "0 leads for its owners"),
    ],
)
def test_a_territory_is_judged_by_what_happened(load: Load, caps: Caps, verdict: str, because: str) -> None:
    them = {"a": owner("a", caps=caps), "gone": owner("gone", active=False)}
    rules = rules_of(Market(Atlas([territory("us", "a", "gone")]), them, ("a",)))
    (one,) = staffing(rules, {"us": load.given}, {"a": load}, JUNE, 30)

    assert (one.verdict, one.because, one.given) == (verdict, because, load.given)
