"""Who takes a lead in somebody's stead: deputies, sub-dealers, call centres, and owners who open later."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from opening_hours import OpeningHours

from services.router.domain.calendar import Absence, Calendar
from services.router.domain.choice import away_in, choose, hand_down, serving_below, share
from services.router.domain.market import held_until
from services.router.domain.standing import Caps, Pause, Standing
from services.router.domain.territory import Atlas
from tests.unit.router.test_territory import CENTRAL, MONDAY, market, owner, reasons, territory, wanted

AWAY = Calendar(CENTRAL, absences=(Absence(date(2026, 11, 20), date(2026, 11, 30), "stocktaking"),))


# --- deputies --------------------------------------------------------------------------------------------------------


def test_a_deputy_takes_over_while_the_owner_is_away_and_the_turn_is_the_owners() -> None:
    area = territory("area", "ann", "bob")
    among = market([area], owner("ann", calendar=AWAY, deputy="dan"), owner("bob"), owner("dan"))
    first = choose(among, wanted(), {}, {})
    second = choose(among, wanted(), {"ann": 1}, {})

    assert (first.owner_id, first.turn_of, second.owner_id) == ("dan", "ann", "bob")
    assert reasons(first) == {
        "ann": "stocktaking until 2026-11-30: Dan stands in",
        "bob": "not their turn",
        "dan": "territory area, stands in for Ann",
    }
    assert away_in(area, among.owners, wanted(), {}) == set()


def test_a_deputy_stands_in_for_a_pause_too_but_not_for_what_is_full_or_not_sold() -> None:
    area = territory("area", "ann")
    dan = owner("dan")
    paused = {"ann": Standing(pause=Pause())}
    full = {"ann": Standing(today=3)}
    ann = owner("ann", deputy="dan", caps=Caps(day=3), products=frozenset({"mower"}))

    assert choose(market([area], ann, dan), wanted(), {}, paused).owner_id == "dan"
    assert choose(market([area], ann, dan), wanted(), {}, full).owner_id == "marketing"
    assert choose(market([area], ann, dan), wanted(products=frozenset({"dryer"})), {}, {}).owner_id == "marketing"


def test_a_deputy_who_cannot_take_it_leaves_it_to_the_others() -> None:
    area = territory("area", "ann", "bob")
    among = market([area], owner("ann", calendar=AWAY, deputy="dan"), owner("bob"), owner("dan", calendar=AWAY))

    assert choose(among, wanted(), {}, {}).owner_id == "bob"
    had = wanted(had_before={"dan": "declined"})
    there = market([area], owner("ann", calendar=AWAY, deputy="dan"), owner("bob"), owner("dan"))
    assert choose(there, had, {}, {}).owner_id == "bob"


def test_a_deputy_stands_in_for_the_accounts_own_rep() -> None:
    area = territory("area", "bob")
    among = market([area], owner("ann", calendar=AWAY, deputy="dan"), owner("bob"), owner("dan"))
    choice = choose(among, wanted(rep="ann"), {}, {})

    assert choice.owner_id == "dan"
    assert reasons(choice)["dan"] == "stands in for Ann, who serves this account already"
    assert reasons(choice)["ann"] == "serves this account, but: stocktaking until 2026-11-30"


# --- distributors and their sub-dealers ------------------------------------------------------------------------------


def test_a_distributors_lead_is_handed_down_by_the_territory_of_the_sub_dealer() -> None:
    above = territory("west", "distributor")
    below = territory("west-ames", "sub", "other", postcodes=["500"], of="distributor")
    among = market([above], owner("distributor"), owner("sub", parent="distributor"), owner("other"), owner("desk"))
    among = replace(among, below={"distributor": Atlas([below])})
    chosen = choose(among, wanted(), {}, {})
    serving = serving_below(among, chosen.owner_id, wanted(), {})
    assert serving is below
    down = hand_down(among, chosen, below, wanted(), {}, {})

    assert (chosen.owner_id, down.owner_id, down.territory) == ("distributor", "sub", "west-ames")
    assert reasons(down) == {
        "sub": "territory west-ames, their turn",
        "other": "not their turn",
        "distributor": "hands it down to a sub-dealer",
    }
    assert sum(one.chosen for one in down.candidates) == 1


def test_a_distributor_keeps_what_no_sub_dealer_can_take() -> None:
    below = territory("west-ames", "sub", postcodes=["500"], of="distributor")
    among = market([territory("west", "distributor")], owner("distributor"), owner("sub"))
    among = replace(among, below={"distributor": Atlas([below])})

    assert serving_below(among, "distributor", wanted(had_before={"sub": "declined"}), {}) is None
    assert serving_below(among, "marketing", wanted(), {}) is None


# --- call centres ----------------------------------------------------------------------------------------------------


def test_what_qualification_gives_to_a_call_centre_goes_there_first() -> None:
    area = territory("area", "ann")
    among = replace(market([area], owner("ann"), owner("calls", kind="call_centre")), call_centres=("calls",))
    called = choose(among, wanted(party="call_centre"), {}, {})

    assert (called.owner_id, called.territory) == ("calls", None)
    assert reasons(called) == {
        "calls": "qualification gives it to a call centre",
        "ann": "it is for a call centre first",
    }
    assert choose(among, wanted(), {}, {}).owner_id == "ann"
    tired = wanted(party="call_centre", had_before={"calls": "declined"})
    assert choose(among, tired, {}, {}).owner_id == "ann"
    assert choose(among, wanted(party="call_centre", rep="ann"), {}, {}).owner_id == "ann"


# --- leads that wait for the opening ---------------------------------------------------------------------------------


def test_a_lead_is_held_until_its_owner_opens_over_a_holiday() -> None:
    hours = OpeningHours("Mo-Fr 08:00-17:00", timezone=CENTRAL)
    calendar = Calendar(CENTRAL, hours, {date(2026, 11, 26): "Thanksgiving"})
    them = owner("ann", calendar=calendar)
    wednesday_evening = datetime(2026, 11, 26, 0, 30, tzinfo=UTC)

    choice = choose(market([territory("area", "ann")], them), wanted(at=wednesday_evening), {}, {})
    assert choice.held_until == datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
    assert held_until(them, MONDAY) is None
    never = owner("bob", calendar=Calendar(CENTRAL, absences=(Absence(date(2026, 1, 1), date(2036, 1, 1)),)))
    assert held_until(never, MONDAY) is None


# --- sharing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "further"), [(1, ()), (2, ("bob",)), (3, ("bob", "cyd"))])
def test_as_many_share_a_lead_as_the_territory_says(number: int, further: tuple[str, ...]) -> None:
    area = territory("area", "ann", "bob", "cyd", share=number)
    among = market([area], owner("ann"), owner("bob"), owner("cyd"))

    assert share(among, choose(among, wanted(), {}, {}), area, wanted(), {}, {}).further == further


def test_who_takes_leads_alone_shares_none() -> None:
    area = territory("area", "ann", "bob", "cyd", share=3)
    among = market([area], owner("ann", shares=False), owner("bob"), owner("cyd"))

    alone = choose(among, wanted(), {}, {})
    assert (alone.owner_id, share(among, alone, area, wanted(), {}, {}).further) == ("ann", ())
    among_others = choose(among, wanted(), {"ann": 5}, {})
    shared = share(among, among_others, area, wanted(), {}, {})
    assert (shared.owner_id, shared.further) == ("bob", ("cyd",))


def test_a_deputy_never_has_the_same_lead_twice() -> None:
    area = territory("area", "ann", "dan", share=2)
    among = market([area], owner("ann", calendar=AWAY, deputy="dan"), owner("dan"))

    choice = choose(among, wanted(at=MONDAY + timedelta(hours=1)), {}, {})
    assert share(among, choice, area, wanted(), {}, {}).further == ()
