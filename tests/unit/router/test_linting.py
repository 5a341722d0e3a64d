"""What a walk over all places finds: gaps, dead entries, ties, and who is asked how often."""

from typing import Any

from services.router.domain.choice import Market
from services.router.domain.linting import Findings, walk
from services.router.domain.rules import Rules
from services.router.domain.territory import Atlas, Place, Territory
from tests.unit.router.test_territory import owner, territory

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
