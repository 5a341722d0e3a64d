"""Who gets a lead, and what everybody else is told as the reason why not."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.router.domain.choice import Choice, Market, Wanted, away_in
from services.router.domain.choice import choose as choose_in
from services.router.domain.choice import serving_territory as serving_in
from services.router.domain.owner import Owner, Owners
from services.router.domain.territory import Atlas, Demand, Place, Territory, ambiguities
from services.router.domain.turns import Turns
from services.router.domain.turns import turns_after as after

IOWA = Place("US", "IA", "50010")


def owner(owner_id: str, **over: Any) -> Owner:
    values: dict[str, Any] = {
        "kind": "dealer",
        "name": owner_id.title(),
        "email": f"{owner_id}@dealer.example",
        "manager_email": "manager@maker.example",
    }
    return Owner(owner_id=owner_id, **(values | over))


def owners(*them: Owner) -> dict[str, Owner]:
    return {one.owner_id: one for one in (*them, owner("desk", kind="rep"), owner("marketing", kind="marketing"))}


def area(territory_id: str, *takers: str, **over: Any) -> Territory:
    return Territory(territory_id, over.pop("country", "US"), takers, **{k: frozenset(v) for k, v in over.items()})


def wanted(place: Place = IOWA, *products: str, **had_before: str) -> Wanted:
    return Wanted(place, frozenset(products), had_before)


FALL_BACK = ("desk", "marketing")


def matching(territories: list[Territory], place: Place, products: frozenset[str]) -> list[Territory]:
    return Atlas(territories).covering(Demand(place, products))


def choose(
    territories: list[Territory], them: Owners, fall_back: tuple[str, ...], want: Wanted, turns: Turns
) -> Choice:
    return choose_in(Market(Atlas(territories), them, fall_back), want, turns, {})


def serving_territory(territories: list[Territory], them: Owners, want: Wanted) -> Territory | None:
    return serving_in(Market(Atlas(territories), them, FALL_BACK), want, {})


def turns_after(territory: Territory, them: Owners, turns: Turns, chosen: str) -> dict[str, int]:
    return after(territory.owners, away_in(territory, them, wanted(), {}), turns, territory.weights, chosen)


def test_a_postcode_comes_before_a_state_and_a_state_before_a_country() -> None:
    country, state = area("us", "a"), area("ia", "b", states=["IA"])
    near, nearer = area("500", "c", postcodes=["500"]), area("5001", "d", postcodes=["5001"])

    found = matching([country, near, state, nearer], IOWA, frozenset())
    assert [territory.territory_id for territory in found] == ["5001", "500", "ia", "us"]


def test_within_an_area_the_entry_for_the_product_comes_first() -> None:
    everything, dryers = area("all", "a", states=["IA"]), area("dryers", "b", states=["IA"], products=["dryer"])

    assert matching([everything, dryers], IOWA, frozenset({"dryer"}))[0] is dryers
    assert matching([everything, dryers], IOWA, frozenset({"mower"})) == [everything]


def test_postcodes_are_compared_without_spaces_and_capitals() -> None:
    ottawa = area("k1a", "a", country="CA", postcodes=["K1A"])

    assert matching([ottawa], Place("CA", "ON", "k1a 0b1"), frozenset()) == [ottawa]


def test_each_reason_is_named() -> None:
    them = owners(
        owner("paused", active=False), owner("other", products=frozenset({"mower"})), owner("declined"), owner("taker"),
        owner("further"), owner("elsewhere"),
    )  # fmt: skip
    territories = [
        area("town", "paused", "other", "declined", "taker", postcodes=["500"]),
        area("state", "further", states=["IA"]),
        area("coast", "elsewhere", postcodes=["528"], states=["IA"]),
    ]
    choice = choose(territories, them, FALL_BACK, wanted(IOWA, "dryer", declined="declined"), {})

    assert (choice.owner_id, choice.territory) == ("taker", "town")
    assert {candidate.owner_id: candidate.because for candidate in choice.candidates} == {
        "paused": "paused",
        "other": "does not sell dryer",
        "declined": "had it before: declined",
        "taker": "territory town, their turn",
        "further": "a more specific territory comes first",
        "elsewhere": "outside territory",
    }


def test_a_territory_where_nobody_can_take_it_hands_on_to_the_next_wider_one() -> None:
    them = owners(owner("mowers", products=frozenset({"mower"})), owner("all"))
    territories = [area("town", "mowers", postcodes=["500"]), area("state", "all", states=["IA"])]

    assert choose(territories, them, FALL_BACK, wanted(IOWA, "dryer"), {}).owner_id == "all"


def test_without_any_taker_the_fall_back_takes_it_in_its_order_and_the_last_one_always() -> None:
    lost = wanted(Place("FR"))
    assert choose([], owners(), FALL_BACK, lost, {}).owner_id == "desk"

    tried = Wanted(Place("FR"), frozenset(), {"desk": "lapsed", "marketing": "lapsed"})
    choice = choose([], owners(), FALL_BACK, tried, {})
    assert choice.owner_id == "marketing"
    assert choice.candidates[-1].because == "fall-back: no other candidate is left"


def test_the_same_inputs_give_the_same_choice() -> None:
    them, territories = owners(owner("a"), owner("b")), [area("ia", "a", "b", states=["IA"])]

    assert choose(territories, them, FALL_BACK, wanted(), {"a": 1}) == choose(
        territories, them, FALL_BACK, wanted(), {"a": 1}
    )


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), max_size=60))
def test_turns_are_fair_within_one_among_those_who_always_can(refusals: list[str]) -> None:
    """Whoever had one of the leads before makes a hole in the order; the others share it evenly."""
    them, territory = owners(owner("a"), owner("b"), owner("c"), owner("d")), area("ia", "a", "b", "c", "d")
    turns: dict[str, int] = {}
    for refusal in refusals:
        want = wanted(IOWA, **({refusal: "declined"} if refusal else {}))
        chosen = choose([territory], them, FALL_BACK, want, turns).owner_id
        assert chosen != refusal
        turns = turns_after(territory, them, turns, chosen)
    level = [turns.get(name, 0) for name in "abcd" if name not in refusals]

    assert max(level) - min(level) <= 1


def test_who_comes_back_from_a_pause_is_not_flooded() -> None:
    territory, turns = area("ia", "a", "b", "c"), {"a": 0, "b": 0, "c": 0}
    paused = owners(owner("a"), owner("b"), owner("c", active=False))
    for _ in range(30):
        turns = turns_after(territory, paused, turns, choose([territory], paused, FALL_BACK, wanted(), turns).owner_id)
    back, given = owners(owner("a"), owner("b"), owner("c")), Counter[str]()
    for _ in range(9):
        chosen = choose([territory], back, FALL_BACK, wanted(), turns).owner_id
        given[chosen] += 1
        turns = turns_after(territory, back, turns, chosen)

    assert set(given.values()) == {3}


def test_the_serving_territory_is_the_one_whose_turns_count() -> None:
    them = owners(owner("a", active=False), owner("b"))
    town, state = area("town", "a", postcodes=["500"]), area("state", "b", states=["IA"])

    assert serving_territory([town, state], them, wanted()) is state
    assert serving_territory([town], them, wanted()) is None


def test_two_entries_of_the_same_precedence_are_found() -> None:
    one, same = area("one", "a", postcodes=["500", "501"]), area("same", "b", postcodes=["501"])
    longer, product = area("longer", "b", postcodes=["5011"]), area("product", "b", postcodes=["500"], products=["x"])

    assert ambiguities([one, same, longer, product]) == [("one", "same", "postcode 501")]
