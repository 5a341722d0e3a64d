"""Whose a lead is: every kind of area, the more specific one first, and always somebody."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opening_hours import OpeningHours

from services.router import gazetteer
from services.router.company import load
from services.router.domain.calendar import Absence, Calendar
from services.router.domain.choice import Choice, Market, Wanted, choose, first_objection
from services.router.domain.owner import Owner
from services.router.domain.standing import Caps, Pause, Standing
from services.router.domain.territory import Atlas, Circle, Demand, Place, Territory, ambiguities, distance_km
from services.router.domain.territory_facts import FACTS
from shared.conditions import Condition

COMPANY = Path(__file__).parents[3] / "deploy" / "company"
AMES, CHICAGO = (42.0308, -93.6319), (41.8781, -87.6298)
MONDAY = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
CENTRAL = ZoneInfo("America/Chicago")
AMES_PLACE = Place("US", "IA", "50010", "Ames", "IA/Story County", AMES)


def territory(territory_id: str, *owners: str, country: str | None = "US", **over: Any) -> Territory:
    sets = {"states", "postcodes", "products", "cities", "counties", "accounts", "industries"}
    values = {name: frozenset(value) if name in sets else value for name, value in over.items()}
    return Territory(territory_id, country, owners or ("anybody",), **values)


def owner(owner_id: str, **over: Any) -> Owner:
    values = {"kind": "dealer", "name": owner_id.title(), "email": "a@b.example", "manager_email": "m@b.example"} | over
    return Owner(owner_id=owner_id, **values)


def market(territories: list[Territory], *them: Owner) -> Market:
    everybody = (*them, owner("marketing", kind="marketing"))
    return Market(Atlas(territories), {one.owner_id: one for one in everybody}, ("marketing",))


def wanted(place: Place = AMES_PLACE, **over: Any) -> Wanted:
    values: dict[str, Any] = {"products": frozenset(), "had_before": {}, "at": MONDAY} | over
    return Wanted(place, **values)


def reasons(choice: Choice) -> dict[str, str]:
    return {candidate.owner_id: candidate.because for candidate in choice.candidates}


WORLD = [
    territory("world", country=None),
    territory("country"),
    territory("state", states=["IA"]),
    territory("county", counties=["IA/Story County"]),
    territory("city", cities=["IA/ames"]),
    territory("far", circle=Circle(AMES, 300)),
    territory("near", circle=Circle(AMES, 20)),
    territory("prefix", postcodes=["500"]),
    territory("postcode", postcodes=["50010"]),
    territory("account", country=None, accounts=["nordgren grain"]),
]


def covering(demand: Demand, territories: list[Territory] = WORLD) -> list[str]:
    return [one.territory_id for one in Atlas(territories).covering(demand)]


def test_the_more_specific_area_comes_first() -> None:
    demand = Demand(AMES_PLACE, accounts=frozenset({"nordgren grain"}))

    assert covering(demand) == [
        "account", "postcode", "prefix", "near", "far", "city", "county", "state", "country", "world"
    ]  # fmt: skip


def test_an_unknown_place_has_the_world_and_its_account_alone() -> None:
    assert covering(Demand(Place())) == ["world"]
    assert covering(Demand(Place(), accounts=frozenset({"nordgren grain"}))) == ["account", "world"]


def test_within_an_area_precedence_then_industry_then_product_then_condition() -> None:
    same = [
        territory("all", states=["IA"]),
        territory("rich", states=["IA"], when=Condition.parse("potential_value >= 50000", FACTS)),
        territory("dryers", states=["IA"], products=["grain-dryer"]),
        territory("crops", states=["IA"], industries=["crop"]),
        territory("raised", states=["IA"], precedence=1),
    ]
    demand = Demand(AMES_PLACE, frozenset({"grain-dryer"}), "crop", facts={"potential_value": 96000})

    assert covering(demand, same) == ["raised", "crops", "dryers", "rich", "all"]
    assert covering(Demand(AMES_PLACE), same) == ["raised", "all"]


@given(
    lat=st.floats(25, 49), lon=st.floats(-124, -67), km=st.floats(1, 900),
    other_lat=st.floats(25, 49), other_lon=st.floats(-124, -67),
)  # fmt: skip
def test_the_index_finds_every_circle_that_holds_a_point(
    lat: float, lon: float, km: float, other_lat: float, other_lon: float
) -> None:
    circle, place = Circle((lat, lon), km), Place("US", point=(other_lat, other_lon))

    assert bool(covering(Demand(place), [territory("one", circle=circle)])) == circle.holds(place.point or (0, 0))


def test_distance_is_that_on_the_globe() -> None:
    # Ames to Chicago is 310 miles by great circle.
    assert distance_km(AMES, CHICAGO) == pytest.approx(498, abs=2)


def test_equal_claims_are_refused_unless_precedence_settles_them() -> None:
    one, other = territory("one", cities=["IA/ames"]), territory("other", cities=["IA/ames"])

    assert ambiguities([one, other]) == [("one", "other", "city IA/ames")]
    assert ambiguities([one, replace(other, precedence=1)]) == []
    assert ambiguities([one, replace(other, industries=frozenset({"crop"}))]) == []


# --- who can take it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("over", "standing", "because"),
    [
        ({"active": False}, Standing(), "paused"),
        ({}, Standing(pause=Pause()), "paused"),
        ({}, Standing(pause=Pause(MONDAY + timedelta(days=4))), "paused until 2026-11-27"),
        ({"products": frozenset({"mower"})}, Standing(), "does not sell grain-dryer"),
        ({"industries": frozenset({"municipal"})}, Standing(), "does not serve crop"),
        ({"minimum_score": 60}, Standing(), "takes leads from 60 points on, this one has 45"),
        ({"ranks": frozenset({"hot"})}, Standing(), "takes hot leads, this one is warm"),
        ({"caps": Caps(day=5)}, Standing(today=5), "full: 5 of 5 today"),
        ({"caps": Caps(day=5)}, Standing(today=2, daily_limit=2), "full: 2 of 2 today"),
        ({"caps": Caps(week=9)}, Standing(this_week=9), "full: 9 of 9 this week"),
        ({"caps": Caps(month=9)}, Standing(this_month=10), "full: 10 of 9 this month"),
        ({"caps": Caps(open=3)}, Standing(open=3), "full: 3 of 3 open"),
        (
            {"calendar": Calendar(CENTRAL, absences=(Absence(date(2026, 11, 20), date(2026, 11, 23), "trade fair"),))},
            Standing(),
            "trade fair until 2026-11-23",
        ),
    ],
)
def test_the_first_reason_against_an_owner_is_named(over: dict[str, Any], standing: Standing, because: str) -> None:
    lead = wanted(products=frozenset({"grain-dryer"}), industry="crop", score=45, rank="warm")
    found = first_objection(owner("ames", **over), lead, {"ames": standing})

    assert found is not None
    assert found.because == because


def test_who_is_under_every_limit_takes_it() -> None:
    roomy = owner("ames", caps=Caps(day=5, week=9, month=20, open=4), minimum_score=40, ranks=frozenset({"warm"}))
    standing = Standing(today=4, this_week=8, this_month=19, open=3, pause=Pause(MONDAY - timedelta(days=1)))

    assert first_objection(roomy, wanted(score=45, rank="warm"), {"ames": standing}) is None


# --- out of hours ----------------------------------------------------------------------------------------------------

OFFICE = Calendar(CENTRAL, OpeningHours("Mo-Fr 08:00-17:00", timezone=CENTRAL))
SUNDAY = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)


def test_a_lead_that_comes_out_of_hours_is_held_for_its_owner() -> None:
    choice = choose(
        market([territory("ia", "office", "always", states=["IA"])], owner("office", calendar=OFFICE), owner("always")),
        wanted(at=SUNDAY), {}, {},
    )  # fmt: skip

    assert choice.owner_id == "office"
    assert choice.held_until == datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


def test_or_it_is_passed_on_to_somebody_who_is_there_and_to_the_fall_back_at_last() -> None:
    area = territory("ia", "office", "always", states=["IA"], closed="pass_on")
    office, always = owner("office", calendar=OFFICE), owner("always")
    choice = choose(market([area], office, always), wanted(at=SUNDAY), {}, {})

    assert (choice.owner_id, choice.held_until) == ("always", None)
    assert reasons(choice)["office"] == "closed: outside hours"
    assert (
        choose(market([replace(area, owners=("office",))], office), wanted(at=SUNDAY), {}, {}).owner_id == "marketing"
    )


# --- strategies ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "chosen"),
    [
        (("priority", "weighted"), "b"),
        (("least_loaded",), "c"),
        (("best",), "d"),
        (("priority", "least_loaded"), "d"),
        (("weighted",), "a"),
    ],
)
def test_strategies_decide_in_their_order(by: Any, chosen: str) -> None:
    area = territory("ia", "a", "b", "c", "d", states=["IA"], by=by, priorities={"a": 2, "b": 1, "c": 2, "d": 1})
    standings = {
        "a": Standing(open=9, ended=20, won=2), "b": Standing(open=5, ended=20, won=4),
        "c": Standing(open=1, ended=20, won=1), "d": Standing(open=3, ended=20, won=12),
    }  # fmt: skip
    them = [owner(name) for name in "abcd"]

    assert choose(market([area], *them), wanted(), {}, standings).owner_id == chosen


def test_of_equal_close_rates_the_quicker_one_is_the_better() -> None:
    area = territory("ia", "a", "b", states=["IA"], by=("best",))
    standings = {
        "a": Standing(ended=20, won=10, hours_to_contact=50), "b": Standing(ended=20, won=10, hours_to_contact=3)
    }  # fmt: skip

    assert choose(market([area], owner("a"), owner("b")), wanted(), {}, standings).owner_id == "b"


def test_two_sales_of_two_do_not_beat_forty_of_fifty() -> None:
    assert Standing(ended=2, won=2).close_rate < Standing(ended=50, won=40).close_rate


# --- always somebody -------------------------------------------------------------------------------------------------

RULES = load(COMPANY)


@given(
    code=st.sampled_from(sorted(gazetteer.spots())),
    products=st.sets(st.sampled_from(["compact-tractor", "zero-turn-mower", "grain-dryer", "feed-mixer"]), max_size=2),
    industry=st.sampled_from([None, "crop", "municipal"]),
    hour=st.integers(0, 24 * 14),
    full=st.sets(st.sampled_from(sorted(RULES.owners))),
)
def test_every_postcode_industry_product_and_hour_has_exactly_one_owner_and_everybody_else_a_reason(
    code: str, products: set[str], industry: str | None, hour: int, full: set[str]
) -> None:
    lead = wanted(
        gazetteer.locate(Place("US", None, code)), products=frozenset(products), industry=industry,
        at=MONDAY + timedelta(hours=hour),
    )  # fmt: skip
    standings = {name: Standing(pause=Pause()) for name in full}
    choice = RULES.choose(lead, {}, standings)

    assert choice.owner_id in RULES.owners
    assert [one.owner_id for one in choice.candidates if one.chosen] == [choice.owner_id]
    assert all(one.because for one in choice.candidates)
    assert choice.owner_id not in full - {RULES.market.fall_back[-1]}
    assert choice == RULES.choose(lead, {}, standings)
