"""One person goes through all rooms and is erased: no word of theirs is left in any table of any database."""

from pathlib import Path

import pytest
from sqlalchemy import text

from services.analytics.usecases import filing, reading
from services.capture.models import Base
from services.capture.usecases import balancing, belongings, forgetting, merging
from services.capture.usecases.merging import Grounds
from shared.contracts.calls import LedgerDaysRequest
from tests.integration.capture.steps import page
from tests.integration.privacy.house import ANN, SECRET, House

BOB = {**ANN, "first_name": "Bob", "last_name": "Anders", "email": "bob@anders.example", "phone": "+1 515 555 0142",
       "company": "Anders Farm", "street": "1 Main St", "message": "Call me", "need": "it broke", "job_title": "owner",
       "gclid": "bobclick"}  # fmt: skip
ROOMS = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics")


def live_through_everything(house: House) -> None:
    """Ann inquires by several ways, is scored, routed, written to, nurtured; Bob beside her."""
    house.inquires()
    house.inquires(BOB, address="198.51.100.7")
    house.settle_down()
    house.inquires(message="Noch einmal: der Trockner brummelt", product="feed-mixer")
    house.inquires({**ANN, "timing": "later", "budget": "0"}, message="brummelt immer noch")
    trapped = {
        "your-email": ANN["email"],
        "your-phone": ANN["phone"],
        "fax_number": "515",
        "your-message": "Zwetschgen",
    }
    house.fills_form(trapped, headers={"user-agent": "Mozilla/Quandt"})
    house.fills_form(trapped | {"fax_number": ""}, test=True, remote_address="203.0.113.77")
    house.send("json", "partner-agrimag", b'{"email": "Annelore.Quandtberg@quandthof.example', "application/json")
    house.sends_list(
        [
            "First Name,Last Name,Email,Phone,City,State,Zip,Notes",
            'Carl,Ames,carl@ames.example,515-555-0111,Ames,IA,50010,"likes, commas"',
            f'Annelore,Quandtberg,{ANN["email"]},515-555-0187,Ames,IA,50010,"Zwetschgen,\nand brummel"',
            "Dora,Dale,dora@dale.example,515-555-0112,Ames,IA,50010,none",
        ]
    )
    house.settle_down()


def test_nothing_of_an_erased_person_is_left_anywhere(house: House, letters: Path) -> None:
    live_through_everything(house)
    before = house.traces(letters)
    assert {place.partition(".")[0] for place in before} >= set(ROOMS)

    erased = house.erase(house.person_id())
    house.settle_down()

    assert house.traces(letters) == {}
    certificate = house.certificate(erased.erasure_id)
    assert certificate.state == "complete"
    assert [room.room for room in certificate.rooms if room.removed] == list(ROOMS)
    assert {passed.to for passed in certificate.passed_on}


def test_other_people_keep_every_byte(house: House, letters: Path) -> None:
    live_through_everything(house)
    words = ("bob@anders.example", "carl@ames.example", "likes, commas", "dora@dale.example", "1 main st")
    before = house.traces(letters, words)

    house.erase(house.person_id())
    house.settle_down()

    assert house.traces(letters, words) == before


def test_every_table_of_the_front_desk_is_cleared_or_says_why_not(house: House) -> None:
    house.inquires()
    house.settle_down()
    person_id = house.person_id()
    with house.players["capture"].uow.begin() as tx:
        removed, _ = forgetting.forget(tx.session, belongings.gather(tx.session, person_id), tx.now, SECRET)

    harmless = {table for tables in forgetting.HARMLESS for table in tables.split(", ")}
    assert set(Base.metadata.tables) - harmless == {table for table in removed if " " not in table}


def test_an_erasure_that_comes_first_keeps_out_what_it_speaks_of(house: House, letters: Path) -> None:
    house.inquires()
    house.read(house.players["capture"])
    house.relay_all("capture")
    erased = house.erase(house.person_id())
    house.relay_all("capture")

    house.hear_erasures_first()
    house.settle_down()

    assert house.traces(letters) == {}
    assert house.certificate(erased.erasure_id).state == "complete"
    kept_events = house.number("analytics", text("SELECT count(*) FROM journal WHERE type = 'lead_registered'"))
    assert kept_events == 1


@pytest.mark.parametrize("house", [3, 4], indirect=True)
def test_an_erasure_among_everything_else_with_crashes_and_repeats(house: House, letters: Path) -> None:
    house.storm()
    for product in ("grain-dryer", "compact-tractor", "feed-mixer"):
        house.inquires(product=product)
        house.inquires(BOB, product=product, address="198.51.100.7")
        house.steps_of_all(25)
    while house.number("capture", text("SELECT count(*) FROM person WHERE family_name = 'Quandtberg'")) == 0:
        house.steps_of_all(5)
    erased = house.erase_at_last(house.person_id())
    house.steps_of_all(40)
    house.settle_down()

    assert house.traces(letters) == {}
    assert house.certificate(erased.erasure_id).state == "complete"
    assert all(not house.failures(room) for room in house.players)


def test_who_was_merged_and_followed_is_forgotten_under_every_id(house: House, letters: Path) -> None:
    house.follows("visitor-of-quandt-1", page("/zwetschgen-dryers"), page("/dryers?q=brummel"))
    house.inquires(lb_visitor="visitor-of-quandt-1")
    other = {"email": "hofmarschall@quandt.example", "last_name": "Quandt", "message": "Annelore", "zip": "50010"}
    house.inquires({**other, "first_name": "Anne"})
    house.settle_down()
    house.follows("visitor-of-quandt-1", page("/annelore"))
    one, two = house.person_id(), house.person_id(other["email"])
    with house.players["capture"].uow.begin() as tx:
        merging.merge(tx, one, two, Grounds(by="manager"))
    house.settle_down()
    before = house.traces(letters)
    assert {"capture.activity", "capture.visitor", "capture.person_value"} <= before.keys()

    erased = house.erase(two)
    house.settle_down()

    assert house.traces(letters) == {}
    assert set(erased.person_ids) == {one, two}
    assert house.certificate(erased.erasure_id).state == "complete"


def test_figures_worked_out_anew_from_a_blanked_journal_are_the_same(house: House, letters: Path) -> None:
    live_through_everything(house)
    house.erase(house.person_id())
    house.settle_down()
    before = sorted(house.dump("analytics")["lead_fact"])

    with house.players["analytics"].uow.begin() as tx:
        filing.rebuild(tx)
        ledger = reading.ledger(tx)

    assert sorted(house.dump("analytics")["lead_fact"]) == before
    assert ledger["balance"] == 0
    with house.players["capture"].uow.begin() as tx:
        assert balancing.days(tx.session, LedgerDaysRequest()).balance == 0
